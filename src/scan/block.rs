//! One segment through the engine: matches become findings with a place.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::sync::Arc;

use super::options::Options;
use super::place::{self, LineCarry, Lines};
use crate::detect::{Engine, Match, Scratch};
use crate::mask;
use crate::model::{Finding, ItemPath, Segment, Sensitive};
use crate::report::Hidden;
use crate::state::masked_line;

/// Bytes of a line on either side of a value that its id depends on.
const ID_CONTEXT: usize = 256;

/// A finding without an id, and what its id is made from.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) finding: Finding,
    /// The line it stands in, without values.
    pub(super) masked: Vec<u8>,
    pub(super) group: Group,
}

/// What one segment gave.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) findings: Vec<Draft>,
    /// The end of the segment's text.
    pub(super) lines: LineCarry,
    /// What was found and is not reported.
    pub(super) hidden: Hidden,
}

/// Scans one segment of the item at `path`. Of groups that are `full` findings
/// are only counted.
pub(super) fn scan(
    engine: &Engine,
    options: &Options,
    path: &Arc<ItemPath>,
    segment: &Segment<'_>,
    full: &BTreeSet<Group>,
    scratch: &mut Scratch,
) -> Block {
    let matches = engine.scan(segment, scratch);
    let line_text = place::line_text(segment);
    let mut block = Block {
        lines: line_text.map(LineCarry::of).unwrap_or_default(),
        ..Block::default()
    };
    let mut lines = Lines::new(line_text.unwrap_or_default());
    let spans: Vec<Range<usize>> = matches.iter().map(|m| m.span.clone()).collect();
    for (index, found) in matches.into_iter().enumerate() {
        if found.test_value && !options.include_test_values {
            block.hidden.test_values += 1;
            continue;
        }
        if found.confidence.rounded() < f64::from(options.min_confidence) - 1e-6 {
            block.hidden.below_threshold += 1;
            continue;
        }
        if engine.info(found.detector).label < options.min_label {
            continue;
        }
        let group = group(segment, &found);
        if full.contains(&group) {
            block.hidden.over_cap += 1;
            continue;
        }
        let (location, text, scope) = match segment {
            Segment::Text(text) => (
                place::in_text(text, &found.span, &mut lines),
                text.text,
                0..text.text.len(),
            ),
            Segment::Cells(batch) => {
                let cell = found.cell.unwrap_or_default() as usize;
                let span = &batch.cells[cell].span;
                let lines = line_text.map(|_| &mut lines);
                let place = place::in_cells(batch, cell, &found.span, lines);
                (place, batch.text, span.start as usize..span.end as usize)
            }
        };
        let line = line_around(text, &scope, &found.span);
        let near = neighbours(&spans, index, &line)
            .map(|s| s.start.max(line.start) - line.start..s.end.min(line.end) - line.start);
        let masked = masked_line(&text[line.clone()], near);
        let finding = finding(engine, path, segment, text, found, location);
        block.findings.push(Draft {
            finding,
            masked,
            group,
        });
    }
    block
}

/// Findings that are counted together: of one detector and, in tables, of one
/// field.
pub(super) type Group = u64;

fn group(segment: &Segment<'_>, found: &Match) -> Group {
    let mut hasher = DefaultHasher::new();
    found.detector.hash(&mut hasher);
    if let (Segment::Cells(batch), Some(cell)) = (segment, found.cell) {
        let field = batch.cells[cell as usize].field as usize;
        let table = batch.table;
        let name = table.fields.get(field).map(|field| &field.name);
        (&table.name, &table.sheet, name).hash(&mut hasher);
    }
    hasher.finish()
}

fn finding(
    engine: &Engine,
    path: &Arc<ItemPath>,
    segment: &Segment<'_>,
    text: &[u8],
    found: Match,
    location: crate::model::Location,
) -> Finding {
    let detector = engine.info(found.detector).clone();
    let evidence = engine.evidence(segment, &found);
    let value = &text[found.span];
    Finding {
        id: String::new(),
        path: path.clone(),
        location,
        preview: mask::preview(value, detector.mask),
        value: Sensitive::new(value),
        confidence: found.confidence,
        evidence,
        label: detector.label,
        test_value: found.test_value,
        detector,
    }
}

/// The line that holds `span`, cut off at some distance.
fn line_around(text: &[u8], scope: &Range<usize>, span: &Range<usize>) -> Range<usize> {
    let start = span.start.saturating_sub(ID_CONTEXT).max(scope.start);
    let end = (span.end + ID_CONTEXT).min(scope.end);
    let start = memchr::memrchr(b'\n', &text[start..span.start]).map_or(start, |at| start + at + 1);
    let end = memchr::memchr(b'\n', &text[span.end..end]).map_or(end, |at| span.end + at);
    start..end
}

/// The matches around the one at `index` that touch `line`.
fn neighbours<'s>(
    spans: &'s [Range<usize>],
    index: usize,
    line: &Range<usize>,
) -> impl Iterator<Item = &'s Range<usize>> {
    let (start, end) = (line.start, line.end);
    let before = spans[..index]
        .iter()
        .rev()
        .take_while(move |s| s.end > start);
    let after = spans[index..].iter().take_while(move |s| s.start < end);
    before.chain(after)
}

//! One segment through the engine: matches become findings with a place.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::sync::Arc;

use super::options::Options;
use super::place::{self, LineCarry, Lines};
use crate::detect::{Engine, Match, Scratch};
use crate::mask;
use crate::model::{CellBatch, Finding, ItemPath, Location, Segment, Sensitive};
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
    let mut groups = Groups::of(segment);
    for index in 0..matches.len() {
        let found = &matches[index];
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
        let group = groups.of_match(found);
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
        let near = neighbours(&matches, index, &line)
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

/// Groups of the matches in one segment.
struct Groups<'s> {
    batch: Option<&'s CellBatch<'s>>,
    /// Hashes of table and field, by field, as far as they were asked for.
    fields: Vec<Option<u64>>,
}

impl<'s> Groups<'s> {
    fn of(segment: &'s Segment<'s>) -> Self {
        Groups {
            batch: match segment {
                Segment::Text(_) => None,
                Segment::Cells(batch) => Some(batch),
            },
            fields: Vec::new(),
        }
    }

    fn of_match(&mut self, found: &Match) -> Group {
        let mut hasher = DefaultHasher::new();
        found.detector.hash(&mut hasher);
        if let (Some(batch), Some(cell)) = (self.batch, found.cell) {
            self.field(batch, batch.cells[cell as usize].field as usize)
                .hash(&mut hasher);
        }
        hasher.finish()
    }

    fn field(&mut self, batch: &CellBatch<'_>, field: usize) -> u64 {
        let fields = &batch.table.fields;
        // Fields without a description are one.
        let slot = field.min(fields.len());
        self.fields.resize(fields.len() + 1, None);
        *self.fields[slot].get_or_insert_with(|| {
            let mut hasher = DefaultHasher::new();
            let name = fields.get(field).map(|field| &field.name);
            (&batch.table.name, &batch.table.sheet, name).hash(&mut hasher);
            hasher.finish()
        })
    }
}

fn finding(
    engine: &Engine,
    path: &Arc<ItemPath>,
    segment: &Segment<'_>,
    text: &[u8],
    found: &Match,
    location: Location,
) -> Finding {
    let detector = engine.info(found.detector).clone();
    let evidence = engine.evidence(segment, found);
    let value = &text[found.span.clone()];
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
fn neighbours<'m>(
    matches: &'m [Match],
    index: usize,
    line: &Range<usize>,
) -> impl Iterator<Item = &'m Range<usize>> {
    let (start, end) = (line.start, line.end);
    let (before, after) = matches.split_at(index);
    let before = before.iter().rev().map(|found| &found.span);
    let after = after.iter().map(|found| &found.span);
    before
        .take_while(move |span| span.end > start)
        .chain(after.take_while(move |span| span.start < end))
}

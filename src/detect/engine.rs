//! The engine: a segment in, matches out.
//!
//! One pass over the text finds the places of all literals and shapes
//! (`anchor`); at each, the exact regex of the patterns behind it runs, then
//! boundary, checks and deny lists, and only for what survives the context is
//! looked at. Patterns that say too little by themselves start from their
//! context instead: from keywords in text, from field names in tables.

use std::cell::Cell as StdCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

use super::anchor::{Hit, Scanner};
use super::automaton::{Caches, Slots};
use super::catalog::reach::Reaches;
use super::catalog::{Catalog, Keyword, Pieces};
use super::context::field::{FieldNames, Role, is_of_things};
use super::context::index::{Index, Words};
use super::context::label;
use super::costs::Costs;
use super::detector::Detector;
use super::evidence::Reasons;
use super::normalize::normalize;
use super::pattern::Pattern;
use super::resolve::resolve;
use super::search::From;
use super::verdict::Refusal;
use crate::model::{Cell, CellBatch, Confidence, DetectorInfo, Segment, Table};

/// All detectors, ready to scan. Shared by all workers.
#[derive(Debug)]
pub struct Engine {
    /// Detectors and patterns that were asked for.
    detectors: Vec<OnceLock<Box<Detector>>>,
    patterns: Vec<OnceLock<Box<Pattern>>>,
    /// The patterns of each detector.
    patterns_of: Vec<Range<u32>>,
    pieces: Pieces,
    slots: Slots,
    pub(super) reaches: Reaches,
    pub(super) keywords: Vec<Keyword>,
    pub(super) scanner: Scanner,
    words: OnceLock<Words>,
    /// What patterns cost, when that is counted.
    pub(super) costs: Option<Mutex<Costs>>,
    /// Built when the first field has a name.
    fields: OnceLock<FieldNames>,
    fingerprint: String,
}

/// Memory of one worker, reused from segment to segment.
#[derive(Debug, Default)]
pub struct Scratch {
    anchors: Box<super::anchor::Scratch>,
    work: Work,
}

#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) caches: Caches,
    pub(super) index: Index,
    /// The value under judgement, normalised.
    pub(super) normalized: String,
    /// The pattern and start that an anchor led to last.
    pub(super) latest: Option<(u32, usize)>,
    /// By detector: up to where its context-bound patterns have been tried.
    pub(super) tried: Vec<usize>,
    /// What the names of fields say.
    pub(super) fields: BTreeMap<Arc<str>, Arc<Role>>,
    pub(super) matches: Vec<Match>,
    /// What each pattern costs, when that is counted.
    pub(super) costs: Option<Costs>,
    /// Pattern, match, cell and reason of what was refused, when that is asked for.
    pub(super) refused: Option<Vec<Refused>>,
}

/// A match that is no finding: pattern, span, cell, reason.
pub(super) type Refused = (u32, Range<usize>, Option<u32>, Refusal);

/// A candidate that survived its checks.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The detector, for [`Engine::info`].
    pub detector: u32,
    /// The pattern, in the engine's order.
    pub pattern: u32,
    /// The value, in the segment's text.
    pub span: Range<usize>,
    /// The cell that holds it, for [`Segment::Cells`].
    pub cell: Option<u32>,
    /// How sure.
    pub confidence: Confidence,
    /// Why, for [`Engine::evidence`].
    pub(super) reasons: Reasons,
    /// A published specimen or a reserved value.
    pub test_value: bool,
}

/// The text under scan, and the part that one value may lie in.
pub(super) struct Scope<'a> {
    pub(super) text: &'a [u8],
    pub(super) span: Range<usize>,
    pub(super) cell: Option<u32>,
    /// What the name of its field says, if it has one, or its label.
    pub(super) field: Option<&'a Role>,
    /// The label, when it is that.
    pub(super) label: Option<Range<usize>>,
    /// The other fields of the record say that it is about a thing.
    pub(super) of_thing: bool,
}

impl Engine {
    /// Builds the engine from a catalogue.
    pub fn new(catalog: Catalog) -> Engine {
        let Catalog {
            tables,
            patterns,
            keywords,
            fingerprint,
            pieces,
        } = catalog;
        let count = patterns.last().map_or(0, |range| range.end) as usize;
        Engine {
            detectors: std::iter::repeat_with(OnceLock::new)
                .take(patterns.len())
                .collect(),
            patterns: std::iter::repeat_with(OnceLock::new).take(count).collect(),
            patterns_of: patterns,
            pieces,
            slots: Slots::default(),
            reaches: tables.reaches,
            keywords,
            scanner: Scanner::new(tables.literals, tables.sieve, tables.shapes),
            words: OnceLock::new(),
            costs: None,
            fields: OnceLock::new(),
            fingerprint,
        }
    }

    #[inline]
    pub(super) fn detector(&self, number: u32) -> &Detector {
        self.detectors[number as usize].get_or_init(|| {
            let patterns = self.patterns_of[number as usize].clone();
            let detector = self.pieces.detector(number);
            Box::new(Detector::new(detector, patterns, &self.slots))
        })
    }

    #[inline]
    pub(super) fn pattern(&self, number: u32) -> &Pattern {
        self.patterns[number as usize].get_or_init(|| {
            let detector = self.patterns_of.partition_point(|of| of.end <= number);
            let piece = self.pieces.pattern(number);
            Box::new(Pattern::new(detector as u32, piece, &self.slots))
        })
    }

    /// The numbers of a detector's patterns.
    pub(super) fn patterns_of(&self, detector: u32) -> Range<u32> {
        self.patterns_of[detector as usize].clone()
    }

    /// The numbers of all patterns.
    pub(super) fn all_patterns(&self) -> Range<u32> {
        0..self.patterns.len() as u32
    }

    /// The context words.
    #[inline]
    pub(super) fn words(&self) -> &Words {
        self.words
            .get_or_init(|| Words::new(self.pieces.words(), self.detectors.len()))
    }

    /// How many detectors there are.
    pub fn len(&self) -> usize {
        self.detectors.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.detectors.is_empty()
    }

    /// What is known of a detector.
    pub fn info(&self, detector: u32) -> &Arc<DetectorInfo> {
        &self.detector(detector).info
    }

    /// A hash of what the detectors look for: equal for equal catalogues.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The value of a match in the form in which values are compared.
    pub fn normalized(&self, detector: u32, value: &[u8]) -> String {
        let how = self.detector(detector).normalise;
        normalize(value, how, &mut String::new()).to_owned()
    }

    /// Scans a segment: what starts in its core, in order of place, without
    /// overlaps, whatever the confidence.
    pub fn scan(&self, segment: &Segment<'_>, scratch: &mut Scratch) -> Vec<Match> {
        match segment {
            Segment::Text(block) => {
                let mut matches = self.scan_text(block.text, scratch);
                matches.retain(|m| block.core.contains(&m.span.start));
                matches
            }
            Segment::Cells(batch) => self.scan_cells(batch, scratch),
        }
    }

    fn scan_text(&self, text: &[u8], scratch: &mut Scratch) -> Vec<Match> {
        let Scratch { anchors, work } = scratch;
        self.begin(work, text.len());
        let scope = Scope {
            text,
            span: 0..text.len(),
            cell: None,
            field: None,
            label: None,
            of_thing: false,
        };
        self.scanner.scan(text, anchors, |hit| match hit {
            Hit::Anchor { anchor, at } => self.try_anchor(anchor, at, &scope, work),
            Hit::Keyword { keyword, at, len } => {
                self.try_keyword(keyword, at..at + len, &scope, work);
            }
        });
        self.finish(work)
    }

    fn scan_cells(&self, batch: &CellBatch<'_>, scratch: &mut Scratch) -> Vec<Match> {
        let Scratch { anchors, work } = scratch;
        self.begin(work, batch.text.len());
        let fields = batch.table.fields.iter();
        let by_field: Vec<Option<Arc<Role>>> = fields
            .map(|field| field.named.then(|| self.role_of(&field.name, work)))
            .collect();
        let of_thing = self.is_about_things(batch.table, &by_field);
        let scope_of = |index: usize| {
            let cell = &batch.cells[index];
            Scope {
                text: batch.text,
                span: cell.span.start as usize..cell.span.end as usize,
                cell: Some(index as u32),
                field: by_field.get(cell.field as usize).and_then(Option::as_deref),
                label: None,
                of_thing,
            }
        };
        // Hits come in order, block by block: the cell of the last one is near.
        let last = StdCell::new(0);
        let scope_at = |at: usize| {
            let cells = batch.cells;
            let ends_before = |cell: &Cell| cell.span.end as usize <= at;
            let mut index = last.get();
            if cells
                .get(index)
                .is_none_or(|cell| cell.span.start as usize > at)
            {
                index = cells[..index.min(cells.len())].partition_point(ends_before);
            }
            let near = cells[index..].iter().take(16);
            index += near.take_while(|cell| ends_before(cell)).count();
            if cells.get(index).is_some_and(ends_before) {
                index += cells[index..].partition_point(ends_before);
            }
            last.set(index);
            let cell = cells.get(index)?;
            (cell.span.start as usize <= at).then(|| scope_of(index))
        };
        self.scanner.scan(batch.text, anchors, |hit| match hit {
            Hit::Anchor { anchor, at } => {
                if let Some(scope) = scope_at(at) {
                    self.try_anchor(anchor, at, &scope, work);
                }
            }
            Hit::Keyword { keyword, at, len } => {
                if let Some(scope) = scope_at(at) {
                    self.try_keyword(keyword, at..at + len, &scope, work);
                }
            }
        });
        // Fields whose name speaks for a detector switch its patterns on. They
        // are gone through from the start again, keywords may have been far ahead.
        work.tried.fill(0);
        let named =
            |role: &Option<Arc<Role>>| role.as_ref().is_some_and(|role| !role.detectors.is_empty());
        if by_field.iter().any(named) {
            for (index, cell) in batch.cells.iter().enumerate() {
                let Some(Some(role)) = by_field.get(cell.field as usize) else {
                    continue;
                };
                if role.detectors.is_empty() || cell.span.is_empty() {
                    continue;
                }
                let scope = scope_of(index);
                for &detector in &role.detectors {
                    let bound = self.bound_patterns(detector, From::Field);
                    self.try_bound_patterns(bound, scope.span.clone(), &scope, work);
                }
            }
        }
        self.finish(work)
    }

    /// Whether a table is about things, by the names of its fields, and no field
    /// is about people.
    fn is_about_things(&self, table: &Table, roles: &[Option<Arc<Role>>]) -> bool {
        let of_people = |role: &Arc<Role>| {
            role.detectors.iter().any(|&detector| {
                let info = &self.detector(detector).info;
                matches!(
                    &*info.category,
                    "contact" | "government-id" | "health" | "employment"
                ) || &*info.id == "date_of_birth"
            })
        };
        let mut fields = table.fields.iter().filter(|field| field.named);
        fields.any(|field| is_of_things(&field.name)) && !roles.iter().flatten().any(of_people)
    }

    fn field_names(&self) -> &FieldNames {
        self.fields.get_or_init(|| {
            let fields = self.pieces.fields();
            let names = (0..).zip(&fields).flat_map(|(detector, names)| {
                names.iter().map(move |name| (name.as_str(), detector))
            });
            FieldNames::new(names)
        })
    }

    /// The plain form of [`Engine::scan`] for text: every pattern at every place.
    /// What the fast one is held to in the tests; thousands of times slower.
    #[doc(hidden)]
    pub fn scan_everywhere(&self, text: &[u8], scratch: &mut Scratch) -> Vec<Match> {
        let work = &mut scratch.work;
        self.begin(work, text.len());
        let scope = Scope {
            text,
            span: 0..text.len(),
            cell: None,
            field: None,
            label: None,
            of_thing: false,
        };
        for index in self.all_patterns() {
            let pattern = self.pattern(index);
            for at in 0..text.len() {
                let end = (at + pattern.max_length()).min(text.len());
                if let Some(found) = pattern.exact.match_at(text, at..end, &mut work.caches) {
                    self.consider(index, found, &scope, work);
                }
            }
        }
        for at in 0..text.len() {
            let Some(labelled) = label::labelled(text, at..at + 1) else {
                continue;
            };
            if let Some(role) = self.role_of_label(&labelled, &scope, work) {
                for &detector in &role.detectors {
                    self.try_labelled(detector, &labelled, &role, &scope, work);
                }
            }
        }
        self.finish(work)
    }

    /// Makes a worker's memory ready for a text of `length` bytes.
    fn begin(&self, work: &mut Work, length: usize) {
        work.index.begin(length);
        work.latest = None;
        work.tried.clear();
        work.tried.resize(self.detectors.len(), 0);
        work.matches.clear();
        work.costs = self.no_costs();
    }

    fn finish(&self, work: &mut Work) -> Vec<Match> {
        self.add_costs(work.costs.take());
        let mut matches = std::mem::take(&mut work.matches);
        if work.refused.is_some() {
            work.matches.clone_from(&matches);
        }
        resolve(self, &mut matches);
        matches
    }

    /// What a field name says, remembered by name.
    pub(super) fn role_of(&self, name: &str, work: &mut Work) -> Arc<Role> {
        /// Names of JSON keys can be without number.
        const MOST_NAMES: usize = 4096;
        if let Some(role) = work.fields.get(name) {
            return role.clone();
        }
        let role = Arc::new(self.field_names().role(name));
        if work.fields.len() < MOST_NAMES {
            work.fields.insert(name.into(), role.clone());
        }
        role
    }
}

impl Scratch {
    /// Notes what is refused in the next scan, and what competes.
    pub(super) fn note_refusals(&mut self) {
        self.work.refused = Some(Vec::new());
    }

    /// What was noted: refused matches, and all others before they competed.
    pub(super) fn noted(&mut self) -> (Vec<Refused>, Vec<Match>) {
        let refused = self.work.refused.take().unwrap_or_default();
        (refused, std::mem::take(&mut self.work.matches))
    }
}

impl Scope<'_> {
    /// Whether `value` is all that stands in a cell whose field has a name.
    /// That the name does not speak for the value is for the caller to know.
    pub(super) fn is_whole_cell_of_another_field(&self, value: &Range<usize>) -> bool {
        self.field.is_some() && self.span == *value
    }
}

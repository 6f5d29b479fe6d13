//! The engine: a segment in, matches out.
//!
//! One pass over the text finds the places of all literals and shapes
//! (`anchor`); at each, the exact regex of the patterns behind it runs, then
//! boundary, checks and deny lists, and only for what survives the context is
//! looked at. Patterns that say too little by themselves start from their
//! context instead: from keywords in text, from field names in tables.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::anchor::shape::Filter;
use super::anchor::{Hit, Scanner};
use super::boundary;
use super::catalog::spec::Requires;
use super::catalog::{self, ByteSet, Catalog, Factor, KeywordFactor, Shape, Sign};
use super::context::field::{self, FieldNames};
use super::context::keyword::{Buffer, Near, may_stand, stands_alone};
use super::context::score::Score;
use super::detector::{Detector, parse, supported, valid};
use super::noise::{self, Noise};
use super::normalize::normalize;
use super::pattern::{Caches, Lazy, Pattern};
use super::resolve::resolve;
use crate::model::{CellBatch, Confidence, DetectorInfo, Evidence, Kind, Segment};

/// Bytes that a keyword may be longer than the word it is found by.
const KEYWORD_SLACK: usize = 32;

/// All detectors, ready to scan. Shared by all workers.
#[derive(Debug)]
pub struct Engine {
    detectors: Vec<Detector>,
    patterns: Vec<Pattern>,
    anchors: Vec<Anchor>,
    keywords: Vec<Keyword>,
    scanner: Scanner,
    fields: FieldNames,
}

/// A place to look from, and how far around it.
#[derive(Debug)]
struct Anchor {
    pattern: u32,
    before: Range<usize>,
    walk: ByteSet,
    tail: Option<Lazy>,
}

/// A word of a context keyword, and the rest of it.
#[derive(Debug)]
struct Keyword {
    detector: u32,
    before: Vec<u8>,
    after: Vec<u8>,
}

/// Memory of one worker, reused from segment to segment.
#[derive(Debug, Default)]
pub struct Scratch {
    anchors: super::anchor::Scratch,
    work: Work,
}

#[derive(Debug, Default)]
struct Work {
    caches: Caches,
    buffer: Buffer,
    /// By detector: up to where its context-bound patterns have been tried.
    tried: Vec<usize>,
    /// Detectors by field name.
    fields: BTreeMap<Arc<str>, Arc<[u32]>>,
    matches: Vec<Match>,
}

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
    /// Why.
    pub evidence: Vec<Evidence>,
    /// A published specimen or a reserved value.
    pub test_value: bool,
}

/// The text under scan, and the part that one value may lie in.
struct Scope<'a> {
    text: &'a [u8],
    span: Range<usize>,
    cell: Option<u32>,
    field: Option<(&'a Arc<str>, Arc<[u32]>)>,
}

impl Engine {
    /// Builds the engine from a catalogue.
    pub fn new(catalog: Catalog) -> Engine {
        let mut detectors = Vec::with_capacity(catalog.detectors.len());
        let mut patterns = Vec::new();
        let mut anchors = Vec::new();
        let mut literals: Vec<(Factor, u32)> = Vec::new();
        let mut words: Vec<(Factor, u32)> = Vec::new();
        let mut keywords: Vec<Keyword> = Vec::new();
        let mut shapes: Vec<(Shape, u32, Vec<ByteSet>)> = Vec::new();
        let mut slots = 0;
        for mut spec in catalog.detectors {
            let detector = detectors.len() as u32;
            let first = patterns.len() as u32;
            for KeywordFactor {
                factor,
                before,
                after,
            } in spec.keyword_factors.drain(..)
            {
                words.push((factor, keywords.len() as u32));
                keywords.push(Keyword {
                    detector,
                    before,
                    after,
                });
            }
            for mut pattern in std::mem::take(&mut spec.patterns) {
                for anchor in std::mem::take(&mut pattern.plan.anchors) {
                    let id = anchors.len() as u32;
                    match anchor.sign {
                        Sign::Literal(factors) => {
                            literals.extend(factors.into_iter().map(|f| (f, id)))
                        }
                        Sign::Shape(shape, sets) => shapes.push((shape, id, sets)),
                    }
                    anchors.push(Anchor {
                        pattern: patterns.len() as u32,
                        before: anchor.before.0 as usize..anchor.before.1 as usize,
                        walk: anchor.walk,
                        tail: anchor.tail.map(|tail| Lazy::new(tail, &mut slots)),
                    });
                }
                patterns.push(Pattern::new(detector, pattern, &mut slots));
            }
            detectors.push(Detector::new(
                spec,
                first..patterns.len() as u32,
                &patterns[first as usize..],
            ));
        }
        let shapes: Vec<(Shape, u32, &[ByteSet])> = shapes
            .iter()
            .map(|(shape, id, sets)| (*shape, *id, sets.as_slice()))
            .collect();
        let names = (0..).zip(&detectors).flat_map(|(id, d): (u32, &Detector)| {
            d.context.fields.iter().map(move |name| (name.as_str(), id))
        });
        Engine {
            scanner: Scanner::new(
                literals.iter().map(|(f, id)| (f, *id)),
                words.iter().map(|(f, id)| (f, *id)),
                &shapes,
            ),
            fields: FieldNames::new(names),
            detectors,
            patterns,
            anchors,
            keywords,
        }
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
        &self.detectors[detector as usize].info
    }

    /// The value of a match in the form in which values are compared.
    pub fn normalized<'t>(&self, detector: u32, value: &'t [u8]) -> std::borrow::Cow<'t, str> {
        normalize(value, self.detectors[detector as usize].normalise)
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
        work.begin(self.detectors.len());
        let scope = Scope {
            text,
            span: 0..text.len(),
            cell: None,
            field: None,
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
        work.begin(self.detectors.len());
        let by_field: Vec<Arc<[u32]>> = batch
            .table
            .fields
            .iter()
            .map(|field| {
                if field.named {
                    self.detectors_of(&field.name, work)
                } else {
                    Arc::from([])
                }
            })
            .collect();
        let scope_of = |index: usize| {
            let cell = &batch.cells[index];
            let field = cell.field as usize;
            Scope {
                text: batch.text,
                span: cell.span.start as usize..cell.span.end as usize,
                cell: Some(index as u32),
                field: by_field
                    .get(field)
                    .map(|ids| (&batch.table.fields[field].name, ids.clone())),
            }
        };
        let scope_at = |at: usize| {
            let index = batch
                .cells
                .partition_point(|cell| cell.span.end as usize <= at);
            batch
                .cells
                .get(index)
                .filter(|cell| cell.span.start as usize <= at)
                .map(|_| scope_of(index))
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
        if by_field.iter().any(|ids| !ids.is_empty()) {
            for (index, cell) in batch.cells.iter().enumerate() {
                let Some(ids) = by_field.get(cell.field as usize) else {
                    continue;
                };
                if ids.is_empty() || cell.span.is_empty() {
                    continue;
                }
                let scope = scope_of(index);
                for &detector in ids.iter() {
                    self.try_bound_patterns(detector, scope.span.clone(), &scope, work);
                }
            }
        }
        self.finish(work)
    }

    /// The plain form of [`Engine::scan`] for text: every pattern at every place.
    /// What the fast one is held to in the tests; thousands of times slower.
    #[doc(hidden)]
    pub fn scan_everywhere(&self, text: &[u8], scratch: &mut Scratch) -> Vec<Match> {
        let work = &mut scratch.work;
        work.begin(self.detectors.len());
        let scope = Scope {
            text,
            span: 0..text.len(),
            cell: None,
            field: None,
        };
        for (index, pattern) in (0..).zip(&self.patterns) {
            for at in 0..text.len() {
                let end = (at + pattern.max_length()).min(text.len());
                if let Some(found) = pattern.exact.match_at(text, at..end, &mut work.caches) {
                    self.consider(index, found, &scope, work);
                }
            }
        }
        self.finish(work)
    }

    fn finish(&self, work: &mut Work) -> Vec<Match> {
        let mut matches = std::mem::take(&mut work.matches);
        resolve(self, &mut matches);
        matches
    }

    /// The detectors that a field name speaks for, remembered by name.
    fn detectors_of(&self, name: &Arc<str>, work: &mut Work) -> Arc<[u32]> {
        /// Names of JSON keys can be without number.
        const MOST_NAMES: usize = 4096;
        if let Some(ids) = work.fields.get(name) {
            return ids.clone();
        }
        let ids: Arc<[u32]> = self.fields.detectors(name).into();
        if work.fields.len() < MOST_NAMES {
            work.fields.insert(name.clone(), ids.clone());
        }
        ids
    }

    /// A literal or shape of a pattern stands at `at`: look for matches around it.
    fn try_anchor(&self, anchor: u32, at: usize, scope: &Scope<'_>, work: &mut Work) {
        let anchor = &self.anchors[anchor as usize];
        let pattern = &self.patterns[anchor.pattern as usize];
        let Some(last) = at
            .checked_sub(anchor.before.start)
            .filter(|&s| s >= scope.span.start)
        else {
            return;
        };
        let end_of = |start: usize| (start + pattern.max_length()).min(scope.span.end);
        let text = &scope.text[..scope.span.end];
        let Some(tail) = &anchor.tail else {
            if let Some(found) = pattern
                .exact
                .match_at(text, last..end_of(last), &mut work.caches)
            {
                self.consider(anchor.pattern, found, scope, work);
            }
            return;
        };
        if tail
            .match_at(text, at..end_of(at), &mut work.caches)
            .is_none()
        {
            return;
        }
        let farthest = at.saturating_sub(anchor.before.end).max(scope.span.start);
        let walked = text[farthest..at]
            .iter()
            .rev()
            .take_while(|&&b| anchor.walk.contains(b))
            .count();
        let mut from = at - walked;
        while from <= last {
            let Some(found) = pattern
                .exact
                .find(text, from..end_of(last), &mut work.caches)
            else {
                return;
            };
            if found.start > last {
                return;
            }
            from = found.start + 1;
            // A match that ends before the sign belongs to another sign.
            if found.end > at && self.consider(anchor.pattern, found, scope, work) {
                return;
            }
        }
    }

    /// A word of a keyword stands at `word`: try the patterns that need it
    /// where [`Keywords::nearest`](super::context::keyword::Keywords::nearest)
    /// would see the keyword.
    fn try_keyword(&self, keyword: u32, word: Range<usize>, scope: &Scope<'_>, work: &mut Work) {
        let keyword = &self.keywords[keyword as usize];
        let text = &scope.text[..scope.span.end];
        let alone = keyword.before.is_empty() && keyword.after.is_empty();
        if alone && !stands_alone(text, &word, word.len())
            || !alone && !may_stand(text, &word, &keyword.before, &keyword.after)
        {
            return;
        }
        let detector = &self.detectors[keyword.detector as usize];
        let reach = detector.context.window as usize + KEYWORD_SLACK;
        // Behind the keyword a value stands on its line or the next one, before
        // it on the same line.
        let mut to = (word.end + reach).min(text.len());
        if let Some(second) = memchr::memchr_iter(b'\n', &text[word.end..to]).nth(1) {
            to = word.end + second;
        }
        let mut from = word
            .start
            .saturating_sub(reach + detector.longest)
            .max(scope.span.start);
        if !detector.lines {
            if let Some(last) = memchr::memrchr(b'\n', &text[from..word.start]) {
                from += last + 1;
            }
        }
        self.try_bound_patterns(keyword.detector, from..to, scope, work);
    }

    /// Tries the patterns of a detector that need context at each place of
    /// `region`. Regions of one detector come in order.
    fn try_bound_patterns(
        &self,
        detector: u32,
        region: Range<usize>,
        scope: &Scope<'_>,
        work: &mut Work,
    ) {
        let id = detector as usize;
        let from = region.start.max(work.tried[id]);
        work.tried[id] = region.end.max(from);
        let text = &scope.text[..scope.span.end];
        for filter in self.bound_patterns(id) {
            for at in from..region.end {
                filter.fits(text, at, |index| {
                    let pattern = &self.patterns[index as usize];
                    if !boundary::can_start(text, at, pattern.boundary) {
                        return;
                    }
                    let end = (at + pattern.max_length()).min(scope.span.end);
                    if let Some(found) = pattern.exact.match_at(text, at..end, &mut work.caches) {
                        self.consider(index, found, scope, work);
                    }
                });
            }
        }
    }

    /// Where the patterns of a detector that need context can start.
    fn bound_patterns(&self, detector: usize) -> &[Filter] {
        let detector = &self.detectors[detector];
        detector.bound.get_or_init(|| {
            let starts: Vec<(u32, &[ByteSet])> = detector
                .patterns
                .clone()
                .map(|id| (id, &self.patterns[id as usize]))
                .filter(|(_, pattern)| pattern.requires != Requires::Nothing)
                .map(|(id, pattern)| (id, pattern.start()))
                .collect();
            starts.chunks(128).map(Filter::new).collect()
        })
    }

    /// The regex of a pattern matched: is it a finding? Cheap questions first.
    fn consider(
        &self,
        index: u32,
        found: Range<usize>,
        scope: &Scope<'_>,
        work: &mut Work,
    ) -> bool {
        let pattern = &self.patterns[index as usize];
        let detector = &self.detectors[pattern.detector as usize];
        let text = &scope.text[..scope.span.end];
        if !boundary::holds(text, &found, pattern.boundary) {
            return false;
        }
        let Some(value) = pattern.value(text, &found, &mut work.caches) else {
            return false;
        };
        let raw = &text[value.clone()];
        let judge = detector.judge();
        let normalized = normalize(raw, detector.normalise);
        let own: catalog::spec::ValidateSpec = if pattern.validate.is_empty() {
            Default::default()
        } else {
            parse(&pattern.validate)
        };
        if !valid(&judge.validate, &normalized) || !valid(&own, &normalized) || judge.is_denied(raw)
        {
            return false;
        }
        let doubt = match detector.info.kind {
            Kind::Data => noise::judge(text, &scope.span, &value),
            _ => None,
        };
        if doubt == Some(Noise::Part) {
            return false;
        }

        let context = &detector.context;
        let field = scope
            .field
            .as_ref()
            .filter(|(name, ids)| {
                ids.contains(&pattern.detector)
                    && (pattern.not_fields.is_empty()
                        || !pattern.not_fields.contains(&field::letters(name)))
            })
            .map(|(name, _)| *name);
        if pattern.requires == Requires::Field && field.is_none() {
            return false;
        }
        let window = context.window as usize;
        let keyword = judge
            .keywords
            .as_ref()
            .and_then(|words| words.nearest(text, &scope.span, &value, window, &mut work.buffer));
        if pattern.requires == Requires::Context && field.is_none() && keyword.is_none() {
            return false;
        }

        let mut score = Score::new(pattern.confidence);
        let mut evidence = vec![Evidence::Pattern {
            id: pattern.id.clone(),
        }];
        evidence.extend(judge.checks.clone());
        for spec in [&judge.validate, &own] {
            if supported(spec, &normalized) {
                score.supported(spec.supported_confidence);
            }
        }
        if let Some(name) = field {
            score.field(context.field_confidence);
            evidence.push(Evidence::Field { text: name.clone() });
        }
        let named = field.is_some() || keyword.as_ref().is_some_and(Near::is_beside);
        if let Some(near) = keyword {
            score.keyword(&near, context.keyword_confidence);
            evidence.push(Evidence::Keyword {
                text: near.text,
                distance: near.distance,
            });
        } else if let (None, Some(words)) = (field, &judge.negative) {
            if let Some(near) = words.nearest(text, &scope.span, &value, window, &mut work.buffer) {
                score.negative();
                evidence.push(Evidence::NegativeKeyword { text: near.text });
            }
        }
        if let (Some(Noise::Doubt(reason)), false) = (doubt, named) {
            score.doubt();
            evidence.push(Evidence::Doubt { reason });
        }
        let test_value = judge.is_test_value(&normalized)
            || detector.info.kind == Kind::Data && noise::is_sequential(&normalized);
        if test_value {
            evidence.push(Evidence::TestValue);
        }
        work.matches.push(Match {
            detector: pattern.detector,
            pattern: index,
            span: value,
            cell: scope.cell,
            confidence: score.confidence(),
            evidence,
            test_value,
        });
        true
    }
}

impl Work {
    fn begin(&mut self, detectors: usize) {
        self.tried.clear();
        self.tried.resize(detectors, 0);
        self.matches.clear();
    }
}

//! Patterns at run time: regexes that are compiled when first needed.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::{Cache, Config, Regex};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use super::boundary;
use super::catalog::spec::{Boundary, Requires, ValidateSpec};
use super::catalog::{self, ByteSet};
use super::context::field;
use super::detector::parse;

/// A regex that costs nothing until it is used.
#[derive(Debug)]
pub(super) struct Lazy {
    regex: String,
    /// Place of its cache in a worker's [`Caches`].
    slot: usize,
    compiled: OnceLock<Regex>,
}

/// Search memory of one worker, one slot a regex, filled on first use.
#[derive(Debug, Default)]
pub(super) struct Caches(Vec<Option<Box<Cache>>>);

impl Lazy {
    pub(super) fn new(regex: String, slots: &mut usize) -> Lazy {
        *slots += 1;
        Lazy {
            regex,
            slot: *slots - 1,
            compiled: OnceLock::new(),
        }
    }

    fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            Regex::builder()
                // Spans are short; a small cache that is cleared now and then
                // beats a large one that leaves the processor's.
                .configure(
                    Config::new()
                        .utf8_empty(false)
                        .hybrid_cache_capacity(256 * 1024),
                )
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .build(&self.regex)
                .expect("the catalogue compiler has parsed this regex")
        })
    }

    fn with<'c>(&self, caches: &'c mut Caches) -> (&Regex, &'c mut Cache) {
        let regex = self.regex();
        if caches.0.len() <= self.slot {
            caches.0.resize_with(self.slot + 1, || None);
        }
        let cache = caches.0[self.slot].get_or_insert_with(|| Box::new(regex.create_cache()));
        (regex, cache)
    }

    /// The match that starts at `span.start`, if there is one.
    pub(super) fn match_at(
        &self,
        text: &[u8],
        span: Range<usize>,
        caches: &mut Caches,
    ) -> Option<Range<usize>> {
        let (regex, cache) = self.with(caches);
        let input = Input::new(text).span(span).anchored(Anchored::Yes);
        regex.search_with(cache, &input).map(|m| m.range())
    }

    /// The leftmost match in `span`.
    pub(super) fn find(
        &self,
        text: &[u8],
        span: Range<usize>,
        caches: &mut Caches,
    ) -> Option<Range<usize>> {
        let (regex, cache) = self.with(caches);
        regex
            .search_with(cache, &Input::new(text).span(span))
            .map(|m| m.range())
    }

    /// Capture groups of the match that starts at `span.start`, in `slots`.
    fn captures_at(
        &self,
        text: &[u8],
        span: Range<usize>,
        caches: &mut Caches,
        slots: &mut Vec<Option<NonMaxUsize>>,
    ) -> bool {
        let (regex, cache) = self.with(caches);
        slots.clear();
        slots.resize(regex.group_info().slot_len(), None);
        let input = Input::new(text).span(span).anchored(Anchored::Yes);
        regex.search_slots_with(cache, &input, slots).is_some()
    }
}

/// One shape of a detector, ready to match.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) detector: u32,
    pub(super) id: std::sync::Arc<str>,
    pub(super) confidence: f32,
    pub(super) requires: Requires,
    /// Field names that do not count for it, as [`field::letters`] gives them.
    pub(super) not_fields: Vec<String>,
    pub(super) boundary: Boundary,
    pub(super) exact: Lazy,
    /// `ValidateSpec` as JSON; empty when there is nothing to check.
    validate: String,
    checks: OnceLock<ValidateSpec>,
    group: usize,
    same: Vec<Vec<usize>>,
    max_length: usize,
    /// True when a match can hold a line end.
    pub(super) lines: bool,
    /// Bytes that a match can have at its first places.
    start: Vec<ByteSet>,
}

impl Pattern {
    pub(super) fn new(detector: u32, spec: catalog::Pattern, slots: &mut usize) -> Pattern {
        Pattern {
            detector,
            id: spec.id.into(),
            confidence: spec.confidence,
            requires: spec.requires,
            not_fields: spec.not_fields.iter().map(|n| field::letters(n)).collect(),
            boundary: spec.boundary,
            exact: Lazy::new(boundary::wrap(&spec.regex, spec.boundary), slots),
            validate: spec.validate,
            checks: OnceLock::new(),
            group: spec.group as usize,
            same: spec.same,
            max_length: spec.plan.length.1 as usize,
            lines: spec.plan.lines,
            start: spec.plan.start,
        }
    }

    /// Checks of this shape alone.
    pub(super) fn validate(&self) -> &ValidateSpec {
        self.checks.get_or_init(|| match self.validate.as_str() {
            "" => ValidateSpec::default(),
            json => parse(json),
        })
    }

    /// Longest match, in bytes.
    pub(super) fn max_length(&self) -> usize {
        self.max_length
    }

    /// Bytes that a match can have at its first places.
    pub(super) fn start(&self) -> &[ByteSet] {
        &self.start
    }

    /// The part of the match that is the value; `None` when groups that must
    /// be equal are not, or the value's group took no part.
    pub(super) fn value(
        &self,
        text: &[u8],
        found: &Range<usize>,
        caches: &mut Caches,
    ) -> Option<Range<usize>> {
        if self.group == 0 && self.same.is_empty() {
            return Some(found.clone());
        }
        let mut slots = Vec::new();
        if !self
            .exact
            .captures_at(text, found.clone(), caches, &mut slots)
        {
            return None;
        }
        let group = |n: usize| -> Option<Range<usize>> {
            let start = slots.get(2 * n).copied().flatten()?;
            let end = slots.get(2 * n + 1).copied().flatten()?;
            Some(start.get()..end.get())
        };
        let equal = |groups: &Vec<usize>| {
            let text_of = |n: usize| group(n).map(|r| &text[r]);
            groups
                .windows(2)
                .all(|pair| text_of(pair[0]) == text_of(pair[1]))
        };
        if !self.same.iter().all(equal) {
            return None;
        }
        group(self.group)
    }
}

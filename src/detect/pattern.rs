//! Patterns at run time: regexes that are compiled when first needed.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use super::boundary;
use super::catalog::spec::{Boundary, Requires, ValidateSpec};
use super::catalog::{self, ByteSet};
use super::context::field;
use super::detector::parse;

/// A regex that costs nothing until it is used.
///
/// All the engine asks is whether a match starts here and where it ends, so
/// only a forward automaton is built; what groups hold is asked of the few
/// matches whose pattern has a use for it.
#[derive(Debug)]
pub(super) struct Lazy {
    regex: String,
    /// Place of its memory in a worker's [`Caches`].
    slot: usize,
    forward: OnceLock<DFA>,
    groups: OnceLock<PikeVM>,
}

/// Search memory of one worker, one slot a regex, filled on first use.
#[derive(Debug, Default)]
pub(super) struct Caches(Vec<Slot>);

#[derive(Debug, Default)]
struct Slot {
    forward: Option<Box<dfa::Cache>>,
    groups: Option<Box<pikevm::Cache>>,
}

impl Lazy {
    pub(super) fn new(regex: String, slots: &mut usize) -> Lazy {
        *slots += 1;
        Lazy {
            regex,
            slot: *slots - 1,
            forward: OnceLock::new(),
            groups: OnceLock::new(),
        }
    }

    /// The regex as text.
    pub(super) fn as_str(&self) -> &str {
        &self.regex
    }

    fn syntax() -> syntax::Config {
        syntax::Config::new().unicode(false).utf8(false)
    }

    fn forward(&self) -> &DFA {
        self.forward.get_or_init(|| {
            DFA::builder()
                .configure(
                    DFA::config()
                        .cache_capacity(1 << 20)
                        .skip_cache_capacity_check(true),
                )
                .syntax(Self::syntax())
                .thompson(
                    thompson::Config::new()
                        .utf8(false)
                        .which_captures(WhichCaptures::None),
                )
                .build(&self.regex)
                .expect("the catalogue compiler has parsed this regex")
        })
    }

    fn groups(&self) -> &PikeVM {
        self.groups.get_or_init(|| {
            PikeVM::builder()
                .syntax(Self::syntax())
                .thompson(thompson::Config::new().utf8(false))
                .build(&self.regex)
                .expect("the catalogue compiler has parsed this regex")
        })
    }

    fn slot<'c>(&self, caches: &'c mut Caches) -> &'c mut Slot {
        if caches.0.len() <= self.slot {
            caches.0.resize_with(self.slot + 1, Slot::default);
        }
        &mut caches.0[self.slot]
    }

    /// The match that starts at `span.start`, if there is one.
    pub(super) fn match_at(
        &self,
        text: &[u8],
        span: Range<usize>,
        caches: &mut Caches,
    ) -> Option<Range<usize>> {
        let start = span.start;
        let input = Input::new(text).span(span).anchored(Anchored::Yes);
        let forward = self.forward();
        let slot = self.slot(caches);
        let cache = slot
            .forward
            .get_or_insert_with(|| Box::new(forward.create_cache()));
        match forward.try_search_fwd(cache, &input) {
            Ok(end) => end.map(|end| start..end.offset()),
            // The automaton does not give up as configured; if it ever does,
            // the slow way has the answer.
            Err(_) => {
                let mut ends = [None; 2];
                self.search_groups(&input, slot, &mut ends);
                ends[1].map(|end| start..end.get())
            }
        }
    }

    fn search_groups(&self, input: &Input<'_>, slot: &mut Slot, ends: &mut [Option<NonMaxUsize>]) {
        let groups = self.groups();
        let cache = slot
            .groups
            .get_or_insert_with(|| Box::new(groups.create_cache()));
        groups.search_slots(cache, input, ends);
    }

    /// Capture groups of the match that starts at `span.start`: start and end
    /// of each.
    fn groups_at(
        &self,
        text: &[u8],
        span: Range<usize>,
        caches: &mut Caches,
    ) -> Vec<Option<NonMaxUsize>> {
        let mut ends = vec![None; self.groups().get_nfa().group_info().slot_len()];
        let input = Input::new(text).span(span).anchored(Anchored::Yes);
        self.search_groups(&input, self.slot(caches), &mut ends);
        ends
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
        let slots = self.exact.groups_at(text, found.clone(), caches);
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

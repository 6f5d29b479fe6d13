//! Regexes at run time: nothing until first used, a lazy automaton while they
//! are rare, a table of all transitions once they are in constant use.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, Input, dfa::onepass};

/// A regex that costs nothing until it is used.
///
/// All the engine asks is whether a match starts here and where it ends, so
/// only a forward automaton is built; what groups hold is asked of the few
/// matches whose pattern has a use for it.
#[derive(Debug)]
pub(super) struct Lazy {
    regex: String,
    forward: Forward,
    groups: OnceLock<Groups>,
}

/// Several regexes of which one may match anywhere in a text.
#[derive(Debug)]
pub(super) struct AnyOf {
    regexes: Vec<String>,
    forward: Forward,
}

/// Search memory of one worker, one slot a regex, filled on first use.
#[derive(Debug, Default)]
pub(super) struct Caches(Vec<Slot>);

#[derive(Debug, Default)]
struct Slot {
    forward: Option<Box<dfa::Cache>>,
    /// Searches with the lazy automaton so far.
    searches: u32,
    groups: Option<Box<GroupCache>>,
}

#[derive(Debug)]
struct GroupCache {
    search: EngineCache,
    ends: Vec<Option<NonMaxUsize>>,
}

#[derive(Debug)]
enum EngineCache {
    OnePass(onepass::Cache),
    Pike(pikevm::Cache),
}

/// Finds capture groups: the first where the regex allows it.
#[derive(Debug)]
enum Groups {
    OnePass(Box<onepass::DFA>),
    Pike(PikeVM),
}

impl Lazy {
    pub(super) fn new(regex: String, slots: &mut usize) -> Lazy {
        Lazy {
            regex,
            forward: Forward::new(Anchored::Yes, slots),
            groups: OnceLock::new(),
        }
    }

    /// The regex as text.
    pub(super) fn as_str(&self) -> &str {
        &self.regex
    }

    /// The match that starts at `span.start`, if there is one.
    #[inline]
    pub(super) fn match_at(
        &self,
        text: &[u8],
        span: Range<usize>,
        caches: &mut Caches,
    ) -> Option<Range<usize>> {
        let start = span.start;
        let regexes = std::slice::from_ref(&self.regex);
        let end = self.forward.end(regexes, text, span, caches)?;
        Some(start..end)
    }

    /// Calls `on` with the capture groups of the match that is `found`: start
    /// and end of each, one after the other.
    pub(super) fn groups_at<R>(
        &self,
        text: &[u8],
        found: Range<usize>,
        caches: &mut Caches,
        on: impl FnOnce(&[Option<NonMaxUsize>]) -> R,
    ) -> R {
        let groups = self.groups.get_or_init(|| Groups::new(&self.regex));
        let input = Input::new(text).span(found).anchored(Anchored::Yes);
        let cache = caches
            .slot(self.forward.slot)
            .groups
            .get_or_insert_with(|| Box::new(groups.cache()));
        cache.ends.fill(None);
        match (groups, &mut cache.search) {
            (Groups::OnePass(regex), EngineCache::OnePass(memory)) => {
                regex
                    .try_search_slots(memory, &input, &mut cache.ends)
                    .expect("anchored searches of a one-pass automaton do not fail");
            }
            (Groups::Pike(regex), EngineCache::Pike(memory)) => {
                regex.search_slots(memory, &input, &mut cache.ends);
            }
            _ => unreachable!("the cache was made for this search"),
        }
        on(&cache.ends)
    }
}

impl AnyOf {
    pub(super) fn new(regexes: Vec<String>, slot: usize) -> AnyOf {
        AnyOf {
            regexes,
            forward: Forward::at(Anchored::No, slot),
        }
    }

    /// Whether one of them matches somewhere in `text`.
    pub(super) fn is_match(&self, text: &[u8], caches: &mut Caches) -> bool {
        !self.regexes.is_empty()
            && self
                .forward
                .end(&self.regexes, text, 0..text.len(), caches)
                .is_some()
    }
}

impl Caches {
    #[inline]
    fn slot(&mut self, slot: usize) -> &mut Slot {
        if self.0.len() <= slot {
            self.0.resize_with(slot + 1, Slot::default);
        }
        &mut self.0[slot]
    }
}

/// The automaton of one or more regexes that runs forward from a place.
#[derive(Debug)]
struct Forward {
    /// Whether matches begin where the search does.
    anchored: Anchored,
    /// Place of its memory in a worker's [`Caches`].
    slot: usize,
    lazy: OnceLock<Box<DFA>>,
    /// `None` when it would be too large.
    table: OnceLock<Option<Box<Table>>>,
}

impl Forward {
    /// Searches with the lazy automaton after which a table pays.
    const OFTEN: u32 = 4096;

    fn new(anchored: Anchored, slots: &mut usize) -> Forward {
        *slots += 1;
        Forward::at(anchored, *slots - 1)
    }

    fn at(anchored: Anchored, slot: usize) -> Forward {
        Forward {
            anchored,
            slot,
            lazy: OnceLock::new(),
            table: OnceLock::new(),
        }
    }

    /// Where the match ends; where the first one is known to end for searches
    /// that are not anchored.
    #[inline]
    fn end(
        &self,
        regexes: &[String],
        text: &[u8],
        span: Range<usize>,
        caches: &mut Caches,
    ) -> Option<usize> {
        match self.table.get() {
            Some(Some(table)) => table.end(text, span, self.anchored),
            _ => self.lazy_end(regexes, text, span, caches),
        }
    }

    #[cold]
    fn lazy_end(
        &self,
        regexes: &[String],
        text: &[u8],
        span: Range<usize>,
        caches: &mut Caches,
    ) -> Option<usize> {
        let lazy = self.lazy.get_or_init(|| Box::new(lazy(regexes)));
        let slot = caches.slot(self.slot);
        slot.searches = slot.searches.saturating_add(1);
        if slot.searches == Self::OFTEN {
            self.table
                .get_or_init(|| Table::new(regexes, self.anchored).map(Box::new));
        }
        let cache = slot
            .forward
            .get_or_insert_with(|| Box::new(lazy.create_cache()));
        let input = Input::new(text)
            .span(span)
            .anchored(self.anchored)
            .earliest(self.anchored == Anchored::No);
        lazy.try_search_fwd(cache, &input)
            .expect("an automaton without quit bytes does not give up on any text")
            .map(|end| end.offset())
    }
}

/// A dense automaton.
#[derive(Debug)]
struct Table(dense::DFA<Vec<u32>>);

impl Table {
    fn new(regexes: &[String], anchored: Anchored) -> Option<Table> {
        /// Bytes of the table; of the second-level cache a search touches little.
        const MOST: usize = 1 << 19;
        /// Bytes that building it may take.
        const MOST_WORK: usize = 1 << 23;
        dense::DFA::builder()
            .configure(
                dense::DFA::config()
                    .accelerate(false)
                    .start_kind(match anchored {
                        Anchored::No => StartKind::Unanchored,
                        _ => StartKind::Anchored,
                    })
                    .dfa_size_limit(Some(MOST))
                    .determinize_size_limit(Some(MOST_WORK)),
            )
            .syntax(syntax_config())
            .thompson(without_groups())
            .build_many(regexes)
            .ok()
            .map(Table)
    }

    /// As [`Forward::end`]. States tell of a match one byte late.
    #[inline]
    fn end(&self, text: &[u8], span: Range<usize>, anchored: Anchored) -> Option<usize> {
        let Table(dfa) = self;
        let before = span.start.checked_sub(1).map(|at| text[at]);
        let start = start::Config::new().anchored(anchored).look_behind(before);
        let mut state = dfa.start_state(&start).ok()?;
        let mut end = None;
        for (at, &byte) in (span.start..).zip(&text[span.clone()]) {
            state = dfa.next_state(state, byte);
            if dfa.is_special_state(state) {
                if dfa.is_match_state(state) {
                    end = Some(at);
                    if anchored == Anchored::No {
                        return end;
                    }
                } else if dfa.is_dead_state(state) {
                    return end;
                }
            }
        }
        state = match text.get(span.end) {
            Some(&byte) => dfa.next_state(state, byte),
            None => dfa.next_eoi_state(state),
        };
        if dfa.is_match_state(state) {
            end = Some(span.end);
        }
        end
    }
}

impl Groups {
    fn new(regex: &str) -> Groups {
        /// Bytes of the automaton.
        const MOST: usize = 1 << 19;
        let config = onepass::DFA::config().size_limit(Some(MOST));
        let one_pass = onepass::DFA::builder()
            .configure(config)
            .syntax(syntax_config())
            .thompson(thompson::Config::new().utf8(false))
            .build(regex);
        one_pass.map_or_else(
            |_| {
                let pike = PikeVM::builder()
                    .syntax(syntax_config())
                    .thompson(thompson::Config::new().utf8(false))
                    .build(regex);
                Groups::Pike(pike.expect("the catalogue compiler has parsed this regex"))
            },
            |regex| Groups::OnePass(Box::new(regex)),
        )
    }

    fn cache(&self) -> GroupCache {
        let (search, info) = match self {
            Groups::OnePass(regex) => (
                EngineCache::OnePass(regex.create_cache()),
                regex.get_nfa().group_info(),
            ),
            Groups::Pike(regex) => (
                EngineCache::Pike(regex.create_cache()),
                regex.get_nfa().group_info(),
            ),
        };
        GroupCache {
            search,
            ends: vec![None; info.slot_len()],
        }
    }
}

fn lazy(regexes: &[String]) -> DFA {
    DFA::builder()
        .configure(
            DFA::config()
                .cache_capacity(1 << 20)
                .skip_cache_capacity_check(true),
        )
        .syntax(syntax_config())
        .thompson(without_groups())
        .build_many(regexes)
        .expect("the catalogue compiler has parsed these regexes")
}

fn syntax_config() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

fn without_groups() -> thompson::Config {
    thompson::Config::new()
        .utf8(false)
        .which_captures(WhichCaptures::None)
}

/// Whether a regex can be compiled, and why not.
pub(super) fn check(regex: &str) -> Result<(), String> {
    thompson::Compiler::new()
        .syntax(syntax_config())
        .configure(without_groups())
        .build(regex)
        .map(|_| ())
        .map_err(|err| err.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REGEXES: &[&str] = &[
        r"(?-u:\b{start-half})(?:\d{3}-\d{2}-\d{4})(?-u:\b{end-half})",
        r"(?-u:\b{start-half})(?:\d{1,3}(?:\.\d{1,3}){1,3}(?:/\d{1,2})?)(?-u:\b{end-half})",
        r"(?:a|ab)(?:c|bcd)?",
        r"(?u:[a-z\x{C0}-\x{24F}]){2,4}@b",
        r"a$|^b",
    ];

    proptest! {
        /// The table says what the lazy automaton says, at every place.
        #[test]
        fn the_table_is_the_lazy_automaton(text in r"[-0-9./ab@c ed_é]{0,24}", from in 0usize..24, to in 0usize..24) {
            let text = text.as_bytes();
            let (from, to) = (from.min(text.len()), to.min(text.len()));
            let span = from.min(to)..from.max(to);
            for regex in REGEXES {
                for anchored in [Anchored::Yes, Anchored::No] {
                    let regexes = [(*regex).to_owned()];
                    let forward = Forward::at(anchored, 0);
                    let table = Table::new(&regexes, anchored).expect("small");
                    let slow = forward.lazy_end(&regexes, text, span.clone(), &mut Caches::default());
                    prop_assert_eq!(table.end(text, span.clone(), anchored), slow, "{}", regex);
                }
            }
        }
    }

    #[test]
    fn constant_use_makes_a_table() {
        let regex = Lazy::new(r"\d{2}".to_owned(), &mut 0);
        let mut caches = Caches::default();
        for _ in 0..Forward::OFTEN + 2 {
            assert_eq!(regex.match_at(b"a12", 1..3, &mut caches), Some(1..3));
        }
        assert!(matches!(regex.forward.table.get(), Some(Some(_))));
        assert_eq!(regex.match_at(b"a1b", 1..3, &mut caches), None);
    }

    #[test]
    fn groups_are_found_with_and_without_a_single_pass() {
        for regex in [r"(\d+)-(\d+)", r"(\d{1,3}|\d{2}-\d{3})(?:-(\d+))?"] {
            let lazy = Lazy::new(regex.to_owned(), &mut 0);
            lazy.groups_at(b"x12-34", 1..6, &mut Caches::default(), |ends| {
                let ends: Vec<usize> = ends.iter().map(|end| end.unwrap().get()).collect();
                assert_eq!(ends, [1, 6, 1, 3, 4, 6], "{regex}");
            });
        }
    }
}

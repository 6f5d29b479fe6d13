//! Where a match that starts at a place ends.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::hybrid::dfa::DFA;
use regex_automata::nfa::thompson::NFA;
use regex_automata::util::start;
use regex_automata::{Anchored, Input};

use super::Caches;
use super::language::{Classes, Language};

/// The automaton of one or more regexes that runs forward from a place.
#[derive(Debug)]
pub(super) struct Forward {
    classes: Classes,
    /// Whether matches begin where the search does.
    anchored: Anchored,
    /// Place of its memory in a worker's [`Caches`].
    slot: usize,
    lazy: OnceLock<Box<Built>>,
    /// `None` when it would be too large.
    table: OnceLock<Option<Box<Table>>>,
}

#[derive(Debug)]
struct Built {
    dfa: DFA,
    may_err: bool,
}

impl Forward {
    /// Searches with the lazy automaton after which a table pays.
    const OFTEN: u32 = 1 << 13;

    /// `slot`: the place of its memory.
    pub(super) fn new(classes: Classes, anchored: bool, slot: usize) -> Forward {
        Forward {
            classes,
            anchored: match anchored {
                true => Anchored::Yes,
                false => Anchored::No,
            },
            slot,
            lazy: OnceLock::new(),
            table: OnceLock::new(),
        }
    }

    pub(super) fn slot(&self) -> usize {
        self.slot
    }

    /// True when a match that is not all ASCII may be none; known once there was
    /// a search.
    #[inline]
    pub(super) fn may_err(&self) -> bool {
        self.lazy.get().is_some_and(|built| built.may_err)
    }

    /// Where the match ends; where the first one is known to end for searches
    /// that are not anchored.
    #[inline]
    pub(super) fn end(
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
        let Built { dfa, .. } = &**self.lazy.get_or_init(|| {
            let language = Language::parse(regexes, self.classes);
            Box::new(Built {
                dfa: lazy(language.nfa()),
                may_err: language.may_err,
            })
        });
        let slot = caches.slot(self.slot);
        slot.searches = slot.searches.saturating_add(1);
        if slot.searches == Self::OFTEN {
            let table = || Table::new(dfa.get_nfa(), self.anchored).map(Box::new);
            self.table.get_or_init(table);
        }
        let cache = slot
            .forward
            .get_or_insert_with(|| Box::new(dfa.create_cache()));
        let input = Input::new(text)
            .span(span)
            .anchored(self.anchored)
            .earliest(self.anchored == Anchored::No);
        dfa.try_search_fwd(cache, &input)
            .expect("an automaton without quit bytes does not give up on any text")
            .map(|end| end.offset())
    }
}

fn lazy(nfa: NFA) -> DFA {
    DFA::builder()
        .configure(
            DFA::config()
                .cache_capacity(1 << 20)
                .skip_cache_capacity_check(true),
        )
        .build_from_nfa(nfa)
        .expect("there is no limit to its size")
}

/// A dense automaton.
#[derive(Debug)]
struct Table(dense::DFA<Vec<u32>>);

impl Table {
    fn new(nfa: &NFA, anchored: Anchored) -> Option<Table> {
        /// Bytes of the table; of the second-level cache a search touches little.
        const MOST: usize = 1 << 18;
        /// Bytes that building it may take.
        const MOST_WORK: usize = 1 << 20;
        // Beyond, the attempt mostly fails, after a few milliseconds.
        let most_states = match anchored {
            Anchored::No => 300,
            _ => 1600,
        };
        if nfa.states().len() > most_states {
            return None;
        }
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
            .build_from_nfa(nfa)
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
                for anchored in [true, false] {
                    let regexes = [(*regex).to_owned()];
                    let forward = Forward::new(Classes::Exact, anchored, 0);
                    let nfa = Language::parse(&regexes, Classes::Exact).nfa();
                    let table = Table::new(&nfa, forward.anchored).expect("small");
                    let slow = forward.lazy_end(&regexes, text, span.clone(), &mut Caches::default());
                    let fast = table.end(text, span.clone(), forward.anchored);
                    prop_assert_eq!(fast, slow, "{}", regex);
                }
            }
        }
    }

    #[test]
    fn constant_use_makes_a_table() {
        let regexes = [r"\d{2}".to_owned()];
        let forward = Forward::new(Classes::Loose, true, 0);
        let mut caches = Caches::default();
        for _ in 0..Forward::OFTEN + 2 {
            assert_eq!(forward.end(&regexes, b"a12", 1..3, &mut caches), Some(3));
        }
        assert!(matches!(forward.table.get(), Some(Some(_))));
        assert_eq!(forward.end(&regexes, b"a1b", 1..3, &mut caches), None);
    }
}

//! What the capture groups of a match hold.

use std::ops::Range;

use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, dfa::onepass};

use super::language::Language;

/// Finds capture groups: the first where the regex allows it.
#[derive(Debug)]
pub(super) enum Groups {
    OnePass(Box<onepass::DFA>),
    Pike(PikeVM),
}

/// Memory of one worker for [`Groups`].
#[derive(Debug)]
pub(super) struct GroupCache {
    search: SearchCache,
    ends: Vec<Option<NonMaxUsize>>,
}

#[derive(Debug)]
enum SearchCache {
    OnePass(onepass::Cache),
    Pike(pikevm::Cache),
}

impl Groups {
    pub(super) fn new(language: &Language) -> Groups {
        /// Bytes of the automaton.
        const MOST: usize = 1 << 19;
        let nfa = language.nfa_with_groups();
        let config = onepass::DFA::config().size_limit(Some(MOST));
        let one_pass = onepass::DFA::builder()
            .configure(config)
            .build_from_nfa(nfa.clone());
        one_pass.map_or_else(
            |_| {
                let pike = PikeVM::new_from_nfa(nfa);
                Groups::Pike(pike.expect("it takes every automaton"))
            },
            |regex| Groups::OnePass(Box::new(regex)),
        )
    }

    pub(super) fn cache(&self) -> GroupCache {
        let (search, info) = match self {
            Groups::OnePass(regex) => (
                SearchCache::OnePass(regex.create_cache()),
                regex.get_nfa().group_info(),
            ),
            Groups::Pike(regex) => (
                SearchCache::Pike(regex.create_cache()),
                regex.get_nfa().group_info(),
            ),
        };
        GroupCache {
            search,
            ends: vec![None; info.slot_len()],
        }
    }

    /// Start and end of each group of the match that is `found`, one after the
    /// other.
    pub(super) fn search<'c>(
        &self,
        text: &[u8],
        found: Range<usize>,
        cache: &'c mut GroupCache,
    ) -> &'c [Option<NonMaxUsize>] {
        let GroupCache { search, ends } = cache;
        let input = Input::new(text).span(found).anchored(Anchored::Yes);
        ends.fill(None);
        match (self, search) {
            (Groups::OnePass(regex), SearchCache::OnePass(memory)) => {
                regex
                    .try_search_slots(memory, &input, ends)
                    .expect("anchored searches of a one-pass automaton do not fail");
            }
            (Groups::Pike(regex), SearchCache::Pike(memory)) => {
                regex.search_slots(memory, &input, ends);
            }
            _ => unreachable!("the cache was made for this search"),
        }
        ends
    }
}

//! Regexes at run time: nothing until first used, a lazy automaton while they
//! are rare, a table of all transitions once they are in constant use.

mod forward;
mod groups;
mod language;

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use regex_automata::hybrid::dfa;
use regex_automata::util::primitives::NonMaxUsize;

use forward::Forward;
use groups::{GroupCache, Groups};
pub(super) use language::check;
use language::{Classes, Language};

/// A regex that costs nothing until it is used.
///
/// All the engine asks is whether a match starts here and where it ends, so
/// only a forward automaton is built; what groups hold is asked of the few
/// matches whose pattern has a use for it.
#[derive(Debug)]
pub(super) struct Lazy {
    regex: String,
    forward: TwoForwards,
    groups: OnceLock<Groups>,
    exact_groups: OnceLock<Groups>,
}

/// Several regexes of which one may match anywhere in a text.
#[derive(Debug)]
pub(super) struct AnyOf {
    regexes: Vec<String>,
    forward: TwoForwards,
}

/// An automaton whose classes take all letters of other scripts together, and
/// the true one for what is not ASCII; see [`Classes::Loose`].
#[derive(Debug)]
struct TwoForwards {
    loose: Forward,
    exact: Forward,
}

/// Search memory of one worker, one slot an automaton, filled on first use.
#[derive(Debug, Default)]
pub(super) struct Caches(Vec<Slot>);

/// Gives each automaton its place in the [`Caches`] of all workers.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots(Arc<AtomicUsize>);

#[derive(Debug, Default)]
struct Slot {
    forward: Option<Box<dfa::Cache>>,
    /// Searches with the lazy automaton so far.
    searches: u32,
    groups: Option<Box<GroupCache>>,
}

impl Lazy {
    pub(super) fn new(regex: String, slots: &Slots) -> Lazy {
        Lazy {
            regex,
            forward: TwoForwards::new(true, slots),
            groups: OnceLock::new(),
            exact_groups: OnceLock::new(),
        }
    }

    /// The regex as text.
    #[cfg(test)]
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
        let TwoForwards { loose, exact } = &self.forward;
        let mut end = loose.end(regexes, text, span.clone(), caches)?;
        if loose.may_err() && !text[start..end].is_ascii() {
            end = exact.end(regexes, text, span, caches)?;
        }
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
        let (groups, classes, slot) = if text[found.clone()].is_ascii() {
            (&self.groups, Classes::Loose, self.forward.loose.slot())
        } else {
            let slot = self.forward.exact.slot();
            (&self.exact_groups, Classes::Exact, slot)
        };
        let groups = groups.get_or_init(|| {
            let regex = std::slice::from_ref(&self.regex);
            Groups::new(&Language::parse(regex, classes))
        });
        let cache = caches
            .slot(slot)
            .groups
            .get_or_insert_with(|| Box::new(groups.cache()));
        on(groups.search(text, found, cache))
    }
}

impl AnyOf {
    pub(super) fn new(regexes: Vec<String>, slots: &Slots) -> AnyOf {
        AnyOf {
            regexes,
            forward: TwoForwards::new(false, slots),
        }
    }

    /// Whether one of them matches somewhere in `text`.
    pub(super) fn is_match(&self, text: &[u8], caches: &mut Caches) -> bool {
        let TwoForwards { loose, exact } = &self.forward;
        let mut matches = |forward: &Forward| {
            let end = forward.end(&self.regexes, text, 0..text.len(), caches);
            end.is_some()
        };
        !self.regexes.is_empty()
            && matches(loose)
            && (!loose.may_err() || text.is_ascii() || matches(exact))
    }
}

impl TwoForwards {
    fn new(anchored: bool, slots: &Slots) -> TwoForwards {
        TwoForwards {
            loose: Forward::new(Classes::Loose, anchored, slots.take()),
            exact: Forward::new(Classes::Exact, anchored, slots.take()),
        }
    }
}

impl Slots {
    fn take(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::forward::Forward;
    use super::*;

    const UNICODE: &[&str] = &[
        r"(?u:\p{Lu}[\p{L}\p{M}’'.-]{0,4})(?: (?u:\p{Lu}\p{L}{0,3})){0,2}",
        r"(?u:\w{2,3})-?(?:x|(?u:\w)y)?",
        r"(?u:\p{L}+?)[a-z](?-u:\b{end-half})",
    ];

    proptest! {
        /// Taking classes loosely first changes nothing.
        #[test]
        fn loose_classes_are_checked(text in r"[A-Ca-cÄé€’Ж山𐐀xy .'-]{0,16}", from in 0usize..16) {
            let from = from.min(text.len());
            let text = text.as_bytes();
            for regex in UNICODE {
                let lazy = Lazy::new((*regex).to_owned(), &Slots::default());
                let regexes = [(*regex).to_owned()];
                let exact = Forward::new(Classes::Exact, true, 0);
                let expected = exact.end(&regexes, text, from..text.len(), &mut Caches::default());
                let found = lazy.match_at(text, from..text.len(), &mut Caches::default());
                prop_assert_eq!(found.map(|found| found.end), expected, "{}", regex);
                let any = AnyOf::new(regexes.to_vec(), &Slots::default());
                let exact = Forward::new(Classes::Exact, false, 0);
                let expected = exact.end(&regexes, text, 0..text.len(), &mut Caches::default());
                let found = any.is_match(text, &mut Caches::default());
                prop_assert_eq!(found, expected.is_some(), "{}", regex);
            }
        }
    }

    #[test]
    fn groups_are_found_with_and_without_a_single_pass() {
        for regex in [r"(\d+)-(\d+)", r"(\d{1,3}|\d{2}-\d{3})(?:-(\d+))?"] {
            let lazy = Lazy::new(regex.to_owned(), &Slots::default());
            lazy.groups_at(b"x12-34", 1..6, &mut Caches::default(), |ends| {
                let ends: Vec<usize> = ends.iter().map(|end| end.unwrap().get()).collect();
                assert_eq!(ends, [1, 6, 1, 3, 4, 6], "{regex}");
            });
        }
        // Beyond ASCII with the true classes.
        let lazy = Lazy::new(
            r"(?u:(\p{Lu}\p{L}*)) (?u:(\p{Lu}\p{L}*))".to_owned(),
            &Slots::default(),
        );
        lazy.groups_at(
            "Émile Zola".as_bytes(),
            0..11,
            &mut Caches::default(),
            |ends| {
                let ends: Vec<usize> = ends.iter().map(|end| end.unwrap().get()).collect();
                assert_eq!(ends, [0, 11, 0, 6, 7, 11]);
            },
        );
    }
}

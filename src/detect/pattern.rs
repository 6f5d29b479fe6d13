//! Patterns at run time: the shapes of a detector and where in them the value is.

use std::ops::Range;
use std::sync::OnceLock;

use super::automaton::{Caches, Lazy, Slots};
use super::boundary;
use super::catalog::reach::Reach;
use super::catalog::spec::{Boundary, Requires};
use super::catalog::{ByteSet, PatternPiece};
use super::context::field;
use super::detector::Checks;

/// One shape of a detector, ready to match.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) detector: u32,
    pub(super) id: std::sync::Arc<str>,
    pub(super) confidence: f32,
    pub(super) requires: Requires,
    /// As [`field::letters`] gives them.
    not_fields: Vec<String>,
    only_fields: Vec<String>,
    /// In a field it must be all of the cell.
    pub(super) whole: bool,
    /// Doubted in records of things.
    pub(super) of_people: bool,
    /// Confidence in a field; 0 for the detector's.
    pub(super) field_confidence: f32,
    pub(super) boundary: Boundary,
    pub(super) exact: Lazy,
    /// `ValidateSpec` as JSON; empty when there is nothing to check.
    validate: String,
    checks: OnceLock<Checks>,
    group: usize,
    same: Vec<Vec<usize>>,
    inner: Option<Inner>,
    max_length: usize,
    /// True when all matches have that length.
    one_length: bool,
    /// True when its own anchors find all its matches.
    pub(super) anchored: bool,
    /// Length of every match, when the bytes at its first places are all there is
    /// to ask.
    pub(super) fixed: Option<usize>,
    /// True when a match can hold a line end.
    pub(super) lines: bool,
    /// Bytes that a match can have at its first places.
    start: Vec<ByteSet>,
    /// What follows from the sign of each anchor on, where that is tried first.
    tails: Vec<Option<Lazy>>,
}

/// Where the value is, when it is a group that can be told at once.
#[derive(Debug)]
struct Inner {
    skip: usize,
    value: Lazy,
    rest: Lazy,
}

impl Inner {
    /// The value in the match at `found`, if what follows it can follow.
    fn find(&self, text: &[u8], found: &Range<usize>, caches: &mut Caches) -> Option<Range<usize>> {
        let start = found.start + self.skip;
        let value = self.value.match_at(text, start..found.end, caches)?;
        self.rest.match_at(text, value.end..text.len(), caches)?;
        Some(value)
    }
}

impl Pattern {
    pub(super) fn new(detector: u32, piece: PatternPiece, slots: &Slots) -> Pattern {
        let PatternPiece {
            pattern: spec,
            tails,
        } = piece;
        let tails = tails.into_iter();
        let letters = |names: &[String]| names.iter().map(|name| field::letters(name)).collect();
        Pattern {
            detector,
            id: spec.id.into(),
            confidence: spec.confidence,
            requires: spec.requires,
            not_fields: letters(&spec.not_fields),
            only_fields: letters(&spec.only_fields),
            whole: spec.whole,
            of_people: spec.of_people,
            field_confidence: spec.field_confidence,
            boundary: spec.boundary,
            exact: Lazy::new(boundary::wrap(&spec.regex, spec.boundary), slots),
            validate: spec.validate,
            checks: OnceLock::new(),
            group: spec.group as usize,
            same: spec.same,
            inner: spec.inner.map(|inner| Inner {
                skip: inner.skip as usize,
                value: Lazy::new(inner.value, slots),
                rest: Lazy::new(boundary::wrap_end(&inner.rest, spec.boundary), slots),
            }),
            max_length: spec.plan.length.1 as usize,
            one_length: spec.plan.length.0 == spec.plan.length.1,
            anchored: tails.len() > 0,
            tails: tails
                .map(|tail| tail.map(|tail| Lazy::new(tail, slots)))
                .collect(),
            fixed: spec.plan.fixed.map(|length| length as usize),
            lines: spec.plan.lines,
            start: spec.plan.start,
        }
    }

    /// Checks of this shape alone.
    pub(super) fn validate(&self) -> &Checks {
        self.checks.get_or_init(|| Checks::parse(&self.validate))
    }

    /// Whether a field counts for it that is known by one of the detector's names,
    /// of which these are the [`field::letters`].
    pub(super) fn takes_field(&self, name: &str) -> bool {
        let holds = |names: &[String]| names.iter().any(|known| known == name);
        !holds(&self.not_fields) && (self.only_fields.is_empty() || holds(&self.only_fields))
    }

    /// Longest match, in bytes.
    pub(super) fn max_length(&self) -> usize {
        self.max_length
    }

    /// False when no match from `start` on can end where it would have to.
    #[inline]
    pub(super) fn can_end(&self, text: &[u8], start: usize) -> bool {
        let end = start + self.max_length;
        !self.one_length || end <= text.len() && boundary::can_end(text, end, self.boundary)
    }

    /// What must follow from the sign of an anchor on, where that is tried first.
    #[inline]
    pub(super) fn tail(&self, reach: &Reach) -> Option<&Lazy> {
        if !reach.has_tail {
            return None;
        }
        self.tails[usize::from(reach.nth)].as_ref()
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
        if let Some(inner) = &self.inner
            && let Some(value) = inner.find(text, found, caches)
        {
            return Some(value);
        }
        self.exact.groups_at(text, found.clone(), caches, |ends| {
            let group = |n: usize| -> Option<Range<usize>> {
                let start = ends.get(2 * n).copied().flatten()?;
                let end = ends.get(2 * n + 1).copied().flatten()?;
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
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::detect::catalog;

    /// The pattern that a detector file would give.
    fn pattern(regex: &str, boundary: &str, slots: &Slots) -> Pattern {
        let text = format!(
            r"
            [[detector]]
            id = 'x'
            name = 'X'
            category = 'test'
            label = 'internal'
            [[detector.pattern]]
            id = 'p'
            regex = '{regex}'
            group = 1
            confidence = 0.5
            requires = 'field'
            boundary = '{boundary}'
            [detector.context]
            fields = ['x']
            "
        );
        let file = catalog::parse_file("x.toml", &text).expect("a detector file");
        let mut detectors = catalog::compile(&[("x.toml".to_owned(), file)]).expect("no mistakes");
        let piece = PatternPiece {
            pattern: detectors.remove(0).patterns.remove(0),
            tails: Vec::new(),
        };
        Pattern::new(0, piece, slots)
    }

    /// Patterns of which the place of the value is known, under both kinds of
    /// boundary.
    static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
        let regexes = [
            r"(\d{1,3}(?:\.\d{1,3}){1,3})(?:/\d{1,2}|:\d{1,5})?",
            r"(a|ab)(?:c|bcd)?",
            r"(a{1,3}?)a?b?",
            r"\d\.(a(?:b|bc)?)c{0,2}",
            r"(?:b|c)((?:\d|a\d){1,4})(?:[ .:/]\d)?",
        ];
        let slots = Slots::default();
        let with = |boundary| regexes.map(|regex| pattern(regex, boundary, &slots));
        [with("word"), with("none")].into_iter().flatten().collect()
    });

    proptest! {
        #[test]
        fn the_value_is_what_the_group_holds(text in "[abc0-9./: é]{0,16}") {
            let text = text.as_bytes();
            let mut caches = Caches::default();
            for pattern in PATTERNS.iter() {
                let inner = pattern.inner.as_ref().expect("a group of known place");
                for at in 0..text.len() {
                    let span = at..text.len();
                    let Some(found) = pattern.exact.match_at(text, span, &mut caches) else {
                        continue;
                    };
                    let group = pattern.exact.groups_at(text, found.clone(), &mut caches, |ends| {
                        ends[2].zip(ends[3]).map(|(start, end)| start.get()..end.get())
                    });
                    // What does not know leaves it to the search for groups.
                    if let Some(value) = inner.find(text, &found, &mut caches) {
                        prop_assert_eq!(Some(value), group, "{}", pattern.exact.as_str());
                    }
                }
            }
        }
    }
}

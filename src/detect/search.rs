//! From a place that the scan found to the matches around it.

use std::ops::Range;
use std::sync::Arc;

use super::boundary;
use super::catalog::ByteSet;
use super::catalog::filter::{Filter, Row};
use super::catalog::reach::Reach;
use super::catalog::spec::{Boundary, Requires};
use super::context::field::Role;
use super::context::index::{Index, Words};
use super::context::keyword::{may_stand, stands_alone};
use super::context::label::{self, Labelled};
use super::engine::{Engine, Scope, Work};
use super::pattern::Pattern;

/// What patterns that need context start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// A word that stands near.
    Words,
    /// The name of their field.
    Field,
    /// A label before them.
    Label,
}

/// Where the patterns of a detector that need context can start.
#[derive(Debug)]
pub(super) struct Bound {
    filters: Vec<Filter>,
    /// Length of their longest match.
    longest: usize,
    /// True when a match can hold a line end.
    lines: bool,
    /// True when none starts behind a word character.
    at_word_start: bool,
}

/// Bytes that a keyword may be longer than the word it is found by.
const KEYWORD_SLACK: usize = 32;

impl Engine {
    /// A literal or shape of a pattern stands at `at`: look for matches around it.
    #[inline]
    pub(super) fn try_anchor(&self, anchor: u32, at: usize, scope: &Scope<'_>, work: &mut Work) {
        let reach = self.reaches.of(anchor);
        work.at_cost_of(reach.pattern, |work| {
            self.look_around(reach, at, scope, work);
        });
    }

    fn look_around(&self, reach: &Reach, at: usize, scope: &Scope<'_>, work: &mut Work) {
        let pattern = self.pattern(reach.pattern);
        let Some(last) = at
            .checked_sub(reach.least())
            .filter(|&s| s >= scope.span.start)
        else {
            return;
        };
        let end_of = |start: usize| (start + pattern.max_length()).min(scope.span.end);
        let text = &scope.text[..scope.span.end];
        if reach.bound && !self.may_have_word(reach, at, Index::is_known_near, scope, work) {
            return;
        }
        let Some(tail) = pattern.tail(reach) else {
            // Ways to begin that differ in length alone fit the same place.
            let latest = work.latest.replace((reach.pattern, last));
            if latest == work.latest || !pattern.can_end(text, last) {
                return;
            }
            let found = match pattern.fixed {
                // The bytes that were looked at are all that the regex asks.
                Some(length) if reach.is_start() => {
                    boundary::fixed(text, last, length, pattern.boundary)
                }
                _ => pattern
                    .exact
                    .match_at(text, last..end_of(last), &mut work.caches),
            };
            if let Some(found) = found
                && (!reach.bound || self.may_have_word(reach, at, Index::is_near, scope, work))
            {
                self.consider(reach.pattern, found, scope, work);
            }
            return;
        };
        let walk = self.reaches.walk(reach);
        let farthest = at.saturating_sub(reach.most()).max(scope.span.start);
        let walked = text[farthest..at]
            .iter()
            .rev()
            .take_while(|&&b| walk.contains(b))
            .count();
        if walked < reach.least()
            || tail
                .match_at(text, at..end_of(at), &mut work.caches)
                .is_none()
            || reach.bound && !self.may_have_word(reach, at, Index::is_near, scope, work)
        {
            return;
        }
        for start in at - walked..=last {
            if !boundary::can_start(text, start, pattern.boundary) {
                continue;
            }
            let found = pattern
                .exact
                .match_at(text, start..end_of(start), &mut work.caches);
            // A match that ends before the sign belongs to another sign.
            if let Some(found) = found
                && found.end > at
                && self.consider(reach.pattern, found, scope, work)
            {
                return;
            }
        }
    }

    /// Whether a context word may stand near a match of an anchor at `at`, as
    /// `is_near` says.
    fn may_have_word(
        &self,
        reach: &Reach,
        at: usize,
        is_near: impl Fn(&mut Index, &Words, &[u8], u32, &Range<usize>) -> bool,
        scope: &Scope<'_>,
        work: &mut Work,
    ) -> bool {
        let pattern = self.pattern(reach.pattern);
        let window = self.detector(pattern.detector).context.window as usize;
        let from = at.saturating_sub(reach.most() + window);
        let to = at + pattern.max_length() + window;
        let region = from.max(scope.span.start)..to.min(scope.span.end);
        is_near(
            &mut work.index,
            self.words(),
            scope.text,
            pattern.detector,
            &region,
        )
    }

    /// A word of a keyword stands at `word`: try the patterns that need it
    /// where [`Index::nearest`](super::context::index::Index::nearest) would see
    /// the keyword.
    pub(super) fn try_keyword(
        &self,
        keyword: u32,
        word: Range<usize>,
        scope: &Scope<'_>,
        work: &mut Work,
    ) {
        let keyword = &self.keywords[keyword as usize];
        let number = keyword.detector;
        let text = &scope.text[..scope.span.end];
        let alone = keyword.before.is_empty() && keyword.after.is_empty();
        if !keyword.is_label && alone && !stands_alone(text, &word, word.len())
            || !alone && !may_stand(text, &word, &keyword.before, &keyword.after)
        {
            return;
        }
        if keyword.is_label {
            return self.try_label(number, word, scope, work);
        }
        let detector = self.detector(number);
        let bound = self.bound_patterns(number, From::Words);
        let reach = detector.context.window as usize + KEYWORD_SLACK;
        // Behind the keyword a value stands on its line or the next one that is
        // not empty, before it on the same line.
        let mut to = (word.end + reach).min(text.len());
        let mut newlines = memchr::memchr_iter(b'\n', &text[word.end..to]);
        let (own, mut next) = (newlines.next(), newlines.next());
        if let (Some(own), Some(end)) = (own, next)
            && text[word.end + own..word.end + end].trim_ascii().is_empty()
        {
            next = newlines.next();
        }
        if let Some(end) = next {
            to = word.end + end;
        }
        let mut from = word
            .start
            .saturating_sub(reach + bound.longest)
            .max(scope.span.start);
        if !bound.lines
            && let Some(last) = memchr::memrchr(b'\n', &text[from..word.start])
        {
            from += last + 1;
        }
        work.at_cost_of(detector.patterns.start, |work| {
            let from = from.max(work.tried[number as usize]);
            work.tried[number as usize] = to.max(from);
            self.try_bound_patterns(bound, from..to, scope, work);
        });
    }

    /// A name of a field of the detector stands at `word`: when it labels a value,
    /// try the patterns that need it there.
    fn try_label(&self, detector: u32, word: Range<usize>, scope: &Scope<'_>, work: &mut Work) {
        let text = &scope.text[..scope.span.end];
        let Some(labelled) = label::labelled(text, word) else {
            return;
        };
        let Some(role) = self.role_of_label(&labelled, scope, work) else {
            return;
        };
        if role.detectors.binary_search(&detector).is_ok() {
            self.try_labelled(detector, &labelled, &role, scope, work);
        }
    }

    /// What a label says.
    pub(super) fn role_of_label(
        &self,
        labelled: &Labelled,
        scope: &Scope<'_>,
        work: &mut Work,
    ) -> Option<Arc<Role>> {
        let start = labelled.label.start.max(scope.span.start);
        let name = scope.text.get(start..labelled.label.end)?;
        Some(self.role_of(std::str::from_utf8(name).ok()?, work))
    }

    /// Tries the patterns of a detector that need a label where the value begins.
    pub(super) fn try_labelled(
        &self,
        detector: u32,
        labelled: &Labelled,
        role: &Role,
        scope: &Scope<'_>,
        work: &mut Work,
    ) {
        let Labelled { label, value } = labelled.clone();
        let bound = self.bound_patterns(detector, From::Label);
        let begins = value.start..value.start + 1;
        let scope = Scope {
            text: scope.text,
            cell: scope.cell,
            field: Some(role),
            label: Some(label.start.max(scope.span.start)..label.end),
            span: value,
            of_thing: false,
        };
        work.at_cost_of(self.patterns_of(detector).start, |work| {
            self.try_bound_patterns(bound, begins, &scope, work);
        });
    }

    /// Tries the patterns of a detector that need context at each place of
    /// `region`.
    pub(super) fn try_bound_patterns(
        &self,
        bound: &Bound,
        region: Range<usize>,
        scope: &Scope<'_>,
        work: &mut Work,
    ) {
        let text = &scope.text[..scope.span.end];
        for filter in &bound.filters {
            for at in region.clone() {
                if bound.at_word_start && !boundary::can_start(text, at, Boundary::Word) {
                    continue;
                }
                filter.fits(text, at, |index| {
                    let pattern = self.pattern(index);
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

    /// Where the patterns of a detector that need context can start: all of them
    /// from a field, those that no anchor finds from words.
    pub(super) fn bound_patterns(&self, detector: u32, from: From) -> &Bound {
        let detector = self.detector(detector);
        detector.bound[from as usize].get_or_init(|| {
            let patterns = detector.patterns.clone();
            let patterns = patterns.map(|id| (id, self.pattern(id)));
            let bound: Vec<(u32, &Pattern)> = patterns
                .filter(|(_, pattern)| match (from, pattern.requires) {
                    (From::Field, requires) => requires != Requires::Nothing,
                    (From::Label, requires) => requires == Requires::Label,
                    (From::Words, requires) => requires == Requires::Context && !pattern.anchored,
                })
                .collect();
            let starts: Vec<Row<'_>> = bound
                .iter()
                .map(|(id, pattern)| Row {
                    id: *id,
                    before: ByteSet::ALL,
                    sets: pattern.start(),
                })
                .collect();
            let patterns = bound.iter().map(|(_, pattern)| pattern);
            Bound {
                longest: patterns.map(|p| p.max_length()).max().unwrap_or(0),
                lines: bound.iter().any(|(_, pattern)| pattern.lines),
                filters: starts.chunks(Filter::MOST).map(Filter::new).collect(),
                at_word_start: bound
                    .iter()
                    .all(|(_, pattern)| pattern.boundary != Boundary::None),
            }
        })
    }
}

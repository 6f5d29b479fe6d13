//! Patterns at run time: the shapes of a detector and where in them the value is.

use std::ops::Range;
use std::sync::OnceLock;

use super::automaton::{Caches, Lazy};
use super::boundary;
use super::catalog::spec::{Boundary, Requires, ValidateSpec};
use super::catalog::{self, ByteSet};
use super::context::field;
use super::detector::parse;

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

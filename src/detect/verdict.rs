//! From a match of a pattern to a finding, or not: cheap questions first.

use std::ops::Range;

use super::boundary;
use super::catalog::spec::Requires;
use super::context::score::Score;
use super::engine::{Engine, Match, Scope, Work};
use super::evidence::{Reasons, Word};
use super::noise::{self, Noise};
use super::normalize::normalize;
use crate::model::Kind;

impl Engine {
    /// The regex of a pattern matched: is it a finding? Cheap questions first.
    pub(super) fn consider(
        &self,
        index: u32,
        found: Range<usize>,
        scope: &Scope<'_>,
        work: &mut Work,
    ) -> bool {
        let pattern = &self.patterns[index as usize];
        let text = &scope.text[..scope.span.end];
        if !boundary::holds(text, &found, pattern.boundary) {
            return false;
        }
        let field = scope.field.is_some_and(|role| {
            role.detectors.contains(&pattern.detector)
                && !pattern.not_fields.contains(&role.letters)
        });
        if pattern.requires == Requires::Field && !field {
            return false;
        }
        let Some(value) = pattern.value(text, &found, &mut work.caches) else {
            return false;
        };
        let detector = &self.detectors[pattern.detector as usize];
        let context = &detector.context;
        let judge = detector.judge();
        let raw = &text[value.clone()];
        let normalized = normalize(raw, detector.normalise, &mut work.normalized);
        let own = pattern.validate();
        if !judge.validate.hold(normalized)
            || !own.hold(normalized)
            || judge.is_denied(raw, &mut work.caches)
        {
            return false;
        }
        let is_data = detector.info.kind == Kind::Data;
        let noise = is_data.then(|| noise::judge(text, &scope.span, &value));
        let looks = match noise.flatten() {
            Some(Noise::Part) => return false,
            Some(Noise::Doubt(doubt)) => Some(doubt),
            None => None,
        };
        let window = context.window as usize;
        let mut nearest = |negative| {
            let of = (pattern.detector, negative);
            work.index
                .nearest(&self.words, scope.text, of, &scope.span, &value, window)
        };
        let keyword = nearest(false);
        if pattern.requires == Requires::Context && !field && keyword.is_none() {
            return false;
        }

        let mut score = Score::new(pattern.confidence);
        let mut reasons = Reasons {
            field,
            ..Reasons::default()
        };
        for checks in [&judge.validate, own] {
            if let Some(confidence) = checks.supported(normalized) {
                score.supported(confidence);
            }
        }
        if field {
            score.field(context.field_confidence);
        }
        let named = field || keyword.is_some_and(|near| near.is_beside());
        if let Some(near) = keyword {
            score.keyword(near, context.keyword_confidence);
            reasons.word = Word::For(near);
        } else if !field && let Some(near) = nearest(true) {
            score.negative();
            reasons.word = Word::Against(near);
        }
        if looks.is_some() && !named {
            score.doubt();
            reasons.looks = looks;
        }
        // A column that is named, and named otherwise, mostly holds otherwise.
        if !named && scope.is_whole_cell_of_another_field(&value) && is_bare_number(raw) {
            score.doubt();
            reasons.elsewhere = true;
        }
        let test_value = judge.is_test_value(normalized, &mut work.caches)
            || is_data && noise::is_sequential(normalized);
        work.matches.push(Match {
            detector: pattern.detector,
            pattern: index,
            span: value,
            cell: scope.cell,
            confidence: score.confidence(),
            reasons,
            test_value,
        });
        true
    }
}

fn is_bare_number(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_digit)
}

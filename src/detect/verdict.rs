//! From a match of a pattern to a finding, or not: cheap questions first.

use std::ops::Range;

use super::boundary;
use super::catalog::spec::Requires;
use super::context::index::Near;
use super::context::label;
use super::context::score::Score;
use super::engine::{Engine, Match, Scope, Work};
use super::evidence::{Named, Reasons, Step, Word};
use super::noise::{self, Noise};
use super::normalize::normalize;
use crate::model::{Confidence, Kind};

/// Why a place where a pattern matched holds no finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Something stands directly beside it that it would be a part of.
    Boundary,
    /// Only a field of a fitting name may hold it.
    NoField,
    /// The label or the field holds more than it.
    PartOfValue,
    /// The parts of the match do not fit each other.
    Parts,
    /// A check of the value fails.
    Check,
    /// The deny list of the detector names it.
    Denied,
    /// It is part of an identifier or hash.
    PartOfIdentifier,
    /// It needs a word near by, or a field of a fitting name.
    NoWord,
}

impl Engine {
    /// The regex of a pattern matched: is it a finding?
    pub(super) fn consider(
        &self,
        index: u32,
        found: Range<usize>,
        scope: &Scope<'_>,
        work: &mut Work,
    ) -> bool {
        let verdict = self.judge(index, &found, scope, work);
        if let Some(refused) = &mut work.refused
            && let Err(why) = verdict
        {
            let (cell, pattern) = (scope.cell, index);
            refused.push((pattern, found, cell, why));
        }
        let Ok(found) = verdict else {
            return false;
        };
        work.matches.push(found);
        true
    }

    /// Judges a match, cheap questions first.
    #[inline]
    fn judge(
        &self,
        index: u32,
        found: &Range<usize>,
        scope: &Scope<'_>,
        work: &mut Work,
    ) -> Result<Match, Refusal> {
        let pattern = self.pattern(index);
        let text = &scope.text[..scope.span.end];
        if !boundary::holds(text, found, pattern.boundary) {
            return Err(Refusal::Boundary);
        }
        let field = scope.field.is_some_and(|role| {
            let name = role.name_for(pattern.detector);
            name.is_some_and(|name| pattern.takes_field(name))
        });
        if matches!(pattern.requires, Requires::Field | Requires::Label) && !field {
            return Err(Refusal::NoField);
        }
        let must_be_whole = scope.label.is_some() || pattern.whole && scope.field.is_some();
        if must_be_whole && !label::is_whole(text, found, &scope.span) {
            return Err(Refusal::PartOfValue);
        }
        let value = pattern
            .value(text, found, &mut work.caches)
            .ok_or(Refusal::Parts)?;
        let detector = self.detector(pattern.detector);
        let judge = detector.judge();
        let raw = &text[value.clone()];
        let normalized = normalize(raw, detector.normalise, &mut work.normalized);
        if !judge.validate.hold(normalized) || !pattern.validate().hold(normalized) {
            return Err(Refusal::Check);
        }
        if judge.is_denied(raw, &mut work.caches) {
            return Err(Refusal::Denied);
        }
        let is_data = detector.info.kind == Kind::Data;
        let noise = is_data.then(|| noise::judge(text, &scope.span, &value));
        let looks = match noise.flatten() {
            Some(Noise::Part) => return Err(Refusal::PartOfIdentifier),
            Some(Noise::Doubt(doubt)) => Some(doubt),
            None => None,
        };
        let window = detector.context.window as usize;
        let mut nearest = |negative| {
            let of = (pattern.detector, negative);
            work.index
                .nearest(self.words(), scope.text, of, &scope.span, &value, window)
        };
        // A label is a word for it, and is not to count twice.
        let mut keyword = match scope.label {
            Some(_) => None,
            None => nearest(false),
        };
        if let Some(near) = keyword.filter(|near| near.before) {
            let between = value.start - near.distance as usize..value.start;
            if nearest(true).is_some_and(|n| n.before && n.distance < near.distance) {
                keyword = None;
            } else if label::names_otherwise(&text[between]) {
                keyword = Some(near.not_beside());
            }
        }
        if pattern.requires == Requires::Context && !field && keyword.is_none() {
            return Err(Refusal::NoWord);
        }
        let named = field || keyword.is_some_and(Near::is_beside);
        let reasons = Reasons {
            named: match &scope.label {
                Some(label) if field => Named::Label {
                    back: (value.start - label.start) as u16,
                    length: label.len() as u16,
                },
                _ if field => Named::Field,
                _ => Named::No,
            },
            word: match keyword {
                Some(near) => Word::For(near),
                None if field => Word::None,
                None => nearest(true).map_or(Word::None, Word::Against),
            },
            looks: looks.filter(|_| !named),
            // A column that is named, and named otherwise, mostly holds otherwise.
            elsewhere: !named
                && scope.is_whole_cell_of_another_field(&value)
                && is_bare_number(raw),
            of_thing: pattern.of_people && scope.of_thing,
        };
        let score = self.score(index, &reasons, normalized, |_, _| ());
        let test_value = judge.is_test_value(normalized, &mut work.caches)
            || is_data && noise::is_sequential(normalized);
        Ok(Match {
            detector: pattern.detector,
            pattern: index,
            span: value,
            cell: scope.cell,
            confidence: score,
            reasons,
            test_value,
        })
    }

    /// The confidence that the reasons add up to; calls `step` with what each of
    /// them made of it.
    pub(super) fn score(
        &self,
        pattern: u32,
        reasons: &Reasons,
        normalized: &str,
        mut step: impl FnMut(Step, Confidence),
    ) -> Confidence {
        let pattern = self.pattern(pattern);
        let detector = self.detector(pattern.detector);
        let context = &detector.context;
        let mut score = Score::new(pattern.confidence);
        step(Step::Pattern, score.confidence());
        for checks in [&detector.judge().validate, pattern.validate()] {
            if let Some(confidence) = checks.supported(normalized) {
                score.supported(confidence);
                step(Step::Supported, score.confidence());
            }
        }
        match reasons.named {
            Named::Field => {
                score.field(match pattern.field_confidence {
                    0.0 => context.field_confidence,
                    own => own,
                });
                step(Step::Field, score.confidence());
            }
            Named::Label { .. } => {
                score.label();
                step(Step::Label, score.confidence());
            }
            Named::No => {}
        }
        match reasons.word {
            Word::For(near) => {
                score.keyword(near, context.keyword_confidence);
                step(Step::Word, score.confidence());
            }
            Word::Against(_) => {
                score.negative();
                step(Step::Against, score.confidence());
            }
            Word::None => {}
        }
        for doubt in reasons.doubts() {
            score.doubt();
            step(Step::Doubt(doubt), score.confidence());
        }
        score.confidence()
    }
}

fn is_bare_number(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_digit)
}

//! From a match of a pattern to a finding, or not: cheap questions first.

use std::ops::Range;

use super::boundary;
use super::catalog::spec::Requires;
use super::context::field;
use super::context::index::Near;
use super::context::score::Score;
use super::detector::{supported, valid};
use super::engine::{Engine, Match, Scope, Work};
use super::noise::{self, Noise};
use super::normalize::normalize;
use crate::model::{Evidence, Kind};

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
        let detector = &self.detectors[pattern.detector as usize];
        let text = &scope.text[..scope.span.end];
        if !boundary::holds(text, &found, pattern.boundary) {
            return false;
        }
        let Some(value) = pattern.value(text, &found, &mut work.caches) else {
            return false;
        };
        let raw = &text[value.clone()];
        let judge = detector.judge();
        let normalized = normalize(raw, detector.normalise);
        let own = pattern.validate();
        if !valid(&judge.validate, &normalized) || !valid(own, &normalized) || judge.is_denied(raw)
        {
            return false;
        }
        let doubt = match detector.info.kind {
            Kind::Data => noise::judge(text, &scope.span, &value),
            _ => None,
        };
        if doubt == Some(Noise::Part) {
            return false;
        }

        let context = &detector.context;
        let field = scope
            .field
            .as_ref()
            .filter(|(name, ids)| {
                ids.contains(&pattern.detector)
                    && (pattern.not_fields.is_empty()
                        || !pattern.not_fields.contains(&field::letters(name)))
            })
            .map(|(name, _)| *name);
        if pattern.requires == Requires::Field && field.is_none() {
            return false;
        }
        let window = context.window as usize;
        let mut nearest = |negative| {
            let of = (pattern.detector, negative);
            work.index
                .nearest(&self.words, text, of, &scope.span, &value, window)
        };
        let keyword = nearest(false);
        if pattern.requires == Requires::Context && field.is_none() && keyword.is_none() {
            return false;
        }

        let mut score = Score::new(pattern.confidence);
        let mut evidence = vec![Evidence::Pattern {
            id: pattern.id.clone(),
        }];
        evidence.extend(judge.checks.clone());
        for spec in [&judge.validate, own] {
            if supported(spec, &normalized) {
                score.supported(spec.supported_confidence);
            }
        }
        if let Some(name) = field {
            score.field(context.field_confidence);
            evidence.push(Evidence::Field { text: name.clone() });
        }
        let named = field.is_some() || keyword.as_ref().is_some_and(Near::is_beside);
        if let Some(near) = keyword {
            score.keyword(&near, context.keyword_confidence);
            evidence.push(Evidence::Keyword {
                text: context.keywords[near.word as usize].as_str().into(),
                distance: near.distance,
            });
        } else if field.is_none()
            && let Some(near) = nearest(true)
        {
            score.negative();
            evidence.push(Evidence::NegativeKeyword {
                text: context.negative[near.word as usize].as_str().into(),
            });
        }
        if let (Some(Noise::Doubt(reason)), false) = (doubt, named) {
            score.doubt();
            evidence.push(Evidence::Doubt { reason });
        }
        // A column that is named, and named otherwise, mostly holds otherwise.
        if !named && scope.is_whole_cell_of_another_field(&value) && is_bare_number(raw) {
            score.doubt();
            evidence.push(Evidence::Doubt {
                reason: "field-name",
            });
        }
        let test_value = judge.is_test_value(&normalized)
            || detector.info.kind == Kind::Data && noise::is_sequential(&normalized);
        if test_value {
            evidence.push(Evidence::TestValue);
        }
        work.matches.push(Match {
            detector: pattern.detector,
            pattern: index,
            span: value,
            cell: scope.cell,
            confidence: score.confidence(),
            evidence,
            test_value,
        });
        true
    }
}

fn is_bare_number(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_digit)
}

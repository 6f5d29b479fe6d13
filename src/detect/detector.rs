//! Detectors at run time.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::automaton::{AnyOf, Caches, Slots};
use super::catalog::check::Check;
use super::catalog::spec::{ContextSpec, DenySpec, Normalise, ValidateSpec};
use super::search::Bound;
use super::validate::Test;
use super::{catalog, validate};
use crate::model::DetectorInfo;

/// One detector, ready to judge values. What is only needed for values is
/// built when the first one comes.
#[derive(Debug)]
pub(super) struct Detector {
    pub(super) info: Arc<DetectorInfo>,
    pub(super) normalise: Normalise,
    pub(super) context: ContextSpec,
    /// Its patterns in the engine's list.
    pub(super) patterns: Range<u32>,
    /// Where its patterns that need context can start, by a few bytes.
    pub(super) bound: [OnceLock<Bound>; 3],
    validate: String,
    deny: String,
    /// For the automata of the deny list.
    slots: Slots,
    judge: OnceLock<Box<Judge>>,
}

/// What a detector needs to judge values.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) validate: Checks,
    test_values: AnyOf,
    denied: AnyOf,
    /// Names of the checks that tell more than shape, joined with `+`.
    pub(super) checks: Option<Arc<str>>,
}

/// The checks of a detector or pattern.
#[derive(Debug, Default)]
pub(super) struct Checks {
    all: Vec<Test>,
    any: Vec<Test>,
    supports: Vec<Test>,
    supported_confidence: f32,
}

impl Checks {
    /// Of checks that the catalogue compiler wrote; none for an empty text.
    pub(super) fn parse(json: &str) -> Checks {
        if json.is_empty() {
            return Checks::default();
        }
        let spec: ValidateSpec = parse(json);
        let tests = |checks: Vec<Check>| checks.into_iter().map(Test::from).collect();
        Checks {
            all: tests(spec.all),
            any: tests(spec.any),
            supports: tests(spec.supports),
            supported_confidence: spec.supported_confidence,
        }
    }

    /// Whether the value may count at all.
    pub(super) fn hold(&self, normalized: &str) -> bool {
        let passes = |test: &Test| test.passes(normalized);
        self.all.iter().all(passes) && (self.any.is_empty() || self.any.iter().any(passes))
    }

    /// The confidence to which a value rises when the checks that support it
    /// hold; `None` when they do not or there are none.
    pub(super) fn supported(&self, normalized: &str) -> Option<f32> {
        let holds =
            !self.supports.is_empty() && self.supports.iter().all(|test| test.passes(normalized));
        holds.then_some(self.supported_confidence)
    }
}

impl Detector {
    pub(super) fn new(spec: catalog::Detector, patterns: Range<u32>, slots: &Slots) -> Detector {
        Detector {
            info: Arc::new(DetectorInfo {
                id: spec.id.into(),
                name: spec.name,
                description: spec.description,
                kind: spec.kind,
                category: spec.category.into(),
                label: spec.label,
                countries: spec.countries,
                regulations: spec.regulations,
                mask: spec.mask,
                priority: spec.priority,
            }),
            normalise: spec.normalise,
            context: spec.context,
            patterns,
            bound: Default::default(),
            validate: spec.validate,
            deny: spec.deny,
            slots: slots.clone(),
            judge: OnceLock::new(),
        }
    }

    pub(super) fn judge(&self) -> &Judge {
        self.judge.get_or_init(|| {
            let mut deny: DenySpec = parse(&self.deny);
            let values = deny.test_values.iter();
            let values = values.map(|value| format!("^{}$", regex_syntax::escape(value)));
            deny.test_patterns.extend(values);
            Box::new(Judge {
                test_values: AnyOf::new(deny.test_patterns, &self.slots),
                denied: AnyOf::new(deny.patterns, &self.slots),
                checks: checksum_names(&parse(&self.validate)),
                validate: Checks::parse(&self.validate),
            })
        })
    }
}

impl Judge {
    /// A published specimen or a reserved value.
    pub(super) fn is_test_value(&self, normalized: &str, caches: &mut Caches) -> bool {
        self.test_values.is_match(normalized.as_bytes(), caches)
    }

    /// A value of a shape that the detector refuses.
    pub(super) fn is_denied(&self, raw: &[u8], caches: &mut Caches) -> bool {
        self.denied.is_match(raw, caches)
    }
}

/// Parses checks that the catalogue compiler wrote.
fn parse<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("the catalogue compiler wrote this")
}

/// Names the checks that tell more than shape, for the evidence of a finding.
fn checksum_names(spec: &ValidateSpec) -> Option<Arc<str>> {
    let mut names: Vec<&str> = spec
        .all
        .iter()
        .chain(&spec.any)
        .filter_map(validate::checksum_name)
        .collect();
    names.dedup();
    (!names.is_empty()).then(|| names.join("+").into())
}

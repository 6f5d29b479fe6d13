//! Detectors at run time.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::anchor::shape::Filter;
use super::automaton::{AnyOf, Caches};
use super::catalog::spec::{ContextSpec, DenySpec, Normalise, ValidateSpec};
use super::context::keyword::Keywords;
use super::pattern::Pattern;
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
    pub(super) bound: OnceLock<Vec<Filter>>,
    /// Length of its longest match.
    pub(super) longest: usize,
    /// True when a match can hold a line end.
    pub(super) lines: bool,
    validate: String,
    deny: String,
    /// Places of the two automata of the deny list in a worker's caches.
    slots: [usize; 2],
    judge: OnceLock<Judge>,
}

/// What a detector needs to judge values.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) validate: ValidateSpec,
    test_values: AnyOf,
    denied: AnyOf,
    pub(super) keywords: Option<Keywords>,
    pub(super) negative: Option<Keywords>,
    /// Names of the checks that tell more than shape, joined with `+`.
    pub(super) checks: Option<Arc<str>>,
}

impl Detector {
    pub(super) fn new(
        spec: catalog::Detector,
        patterns: Range<u32>,
        own: &[Pattern],
        slots: &mut usize,
    ) -> Detector {
        *slots += 2;
        Detector {
            longest: own.iter().map(Pattern::max_length).max().unwrap_or(0),
            lines: own.iter().any(|pattern| pattern.lines),
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
            bound: OnceLock::new(),
            validate: spec.validate,
            deny: spec.deny,
            slots: [*slots - 2, *slots - 1],
            judge: OnceLock::new(),
        }
    }

    /// The checks and the deny list as the catalogue holds them.
    pub(super) fn rules(&self) -> [&str; 2] {
        [&self.validate, &self.deny]
    }

    pub(super) fn judge(&self) -> &Judge {
        self.judge.get_or_init(|| {
            let validate: ValidateSpec = parse(&self.validate);
            let mut deny: DenySpec = parse(&self.deny);
            let values = deny.test_values.iter();
            let values = values.map(|value| format!("^{}$", regex_syntax::escape(value)));
            deny.test_patterns.extend(values);
            Judge {
                test_values: AnyOf::new(deny.test_patterns, self.slots[0]),
                denied: AnyOf::new(deny.patterns, self.slots[1]),
                keywords: Keywords::new(&self.context.keywords),
                negative: Keywords::new(&self.context.negative),
                checks: checksum_names(&validate),
                validate,
            }
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

/// Whether all checks of `spec` hold.
pub(super) fn valid(spec: &ValidateSpec, normalized: &str) -> bool {
    spec.all
        .iter()
        .all(|check| validate::passes(check, normalized))
        && (spec.any.is_empty()
            || spec
                .any
                .iter()
                .any(|check| validate::passes(check, normalized)))
}

/// Whether the checks that support a value hold; false when there are none.
pub(super) fn supported(spec: &ValidateSpec, normalized: &str) -> bool {
    !spec.supports.is_empty()
        && spec
            .supports
            .iter()
            .all(|check| validate::passes(check, normalized))
}

/// Parses checks that the catalogue compiler wrote.
pub(super) fn parse<T: serde::de::DeserializeOwned>(json: &str) -> T {
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

//! Detectors at run time.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::anchor::shape::Filter;
use super::catalog::spec::{ContextSpec, DenySpec, Normalise, ValidateSpec};
use super::pattern::Pattern;
use super::{catalog, validate};
use crate::model::{DetectorInfo, Evidence};

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
    judge: OnceLock<Judge>,
}

/// What a detector needs to judge values.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) validate: ValidateSpec,
    deny: DenySpec,
    test_patterns: Vec<Regex>,
    deny_patterns: Vec<Regex>,
    pub(super) checks: Option<Evidence>,
}

impl Detector {
    pub(super) fn new(spec: catalog::Detector, patterns: Range<u32>, own: &[Pattern]) -> Detector {
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
            let deny: DenySpec = parse(&self.deny);
            let compile = |patterns: &[String]| -> Vec<Regex> {
                patterns
                    .iter()
                    .map(|p| compile(p).expect("the catalogue compiler has built this regex"))
                    .collect()
            };
            Judge {
                test_patterns: compile(&deny.test_patterns),
                deny_patterns: compile(&deny.patterns),
                checks: checksum_evidence(&validate),
                validate,
                deny,
            }
        })
    }
}

impl Judge {
    /// A published specimen or a reserved value.
    pub(super) fn is_test_value(&self, normalized: &str) -> bool {
        self.deny.test_values.iter().any(|v| v == normalized)
            || self.test_patterns.iter().any(|p| p.is_match(normalized))
    }

    /// A value of a shape that the detector refuses.
    pub(super) fn is_denied(&self, raw: &[u8]) -> bool {
        self.deny_patterns.iter().any(|p| p.is_match(raw))
    }
}

/// Compiles a regex of a deny list.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .build(pattern)
        .map_err(|err| err.to_string())
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
fn checksum_evidence(spec: &ValidateSpec) -> Option<Evidence> {
    let names: Vec<&str> = spec
        .all
        .iter()
        .chain(&spec.any)
        .filter_map(validate::checksum_name)
        .collect();
    let mut names: Vec<&str> = names;
    names.dedup();
    (!names.is_empty()).then(|| Evidence::Checksum {
        name: names.join("+").into(),
    })
}

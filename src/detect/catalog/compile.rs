//! Detector files to the form that the engine starts from.
//!
//! The built-in files go through this at build time, a user's at run time.
//! Checks and deny lists stay text and are parsed when a detector first has a
//! candidate.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::fold::{GAP, SEPARATORS, fold};
use super::plan::{self, Factor, Inner, Plan, factor, plan};
use super::spec::{
    Boundary, ContextSpec, DetectorSpec, FileSpec, Normalise, PatternSpec, Requires,
};
use crate::model::{Kind, Label, Mask};

/// Most anchors per byte of source code that a pattern may be expected to
/// have; more would be felt in every scan.
const MOST_ANCHORS: f64 = 0.006;

/// One detector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detector {
    /// As in the file; see [`DetectorSpec`], also for what follows.
    pub id: String,
    /// As in the file.
    pub version: u32,
    /// As in the file.
    pub name: String,
    /// As in the file.
    pub description: String,
    /// As in the file.
    pub kind: Kind,
    /// As in the file.
    pub category: String,
    /// As in the file.
    pub label: Label,
    /// As in the file.
    pub countries: Vec<String>,
    /// As in the file.
    pub regulations: Vec<String>,
    /// As in the file.
    pub references: Vec<String>,
    /// As in the file.
    pub priority: i32,
    /// As in the file.
    pub mask: Mask,
    /// As in the file.
    pub normalise: Normalise,
    /// As in the file.
    pub context: ContextSpec,
    /// Its shapes.
    pub patterns: Vec<Pattern>,
    /// `ValidateSpec` as JSON.
    pub validate: String,
    /// `DenySpec` as JSON.
    pub deny: String,
    /// Literals of the keywords from which context-bound patterns without
    /// anchors start; empty when there is no such pattern.
    pub keyword_factors: Vec<KeywordFactor>,
    /// Literals of the labels from which patterns that need one start.
    pub label_factors: Vec<KeywordFactor>,
}

/// A word by which a keyword is found, and the rest of the keyword, folded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeywordFactor {
    /// The word.
    pub factor: Factor,
    /// What stands before the word.
    pub before: Vec<u8>,
    /// What stands behind it.
    pub after: Vec<u8>,
}

/// One shape of a detector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// Id within the detector.
    pub id: String,
    /// The regex as written.
    pub regex: String,
    /// The capture group that is the value.
    pub group: u32,
    /// Groups that must hold equal text.
    pub same: Vec<Vec<usize>>,
    /// Worth of the shape alone.
    pub confidence: f32,
    /// What it needs besides its shape.
    pub requires: Requires,
    /// Field names that do not count for it.
    pub not_fields: Vec<String>,
    /// Field names of which one must be part of the field's for it.
    pub only_fields: Vec<String>,
    /// In a field it must be all of the cell.
    pub whole: bool,
    /// Doubted in records of things.
    pub of_people: bool,
    /// Confidence in a field; 0 for the detector's.
    pub field_confidence: f32,
    /// What may not touch it.
    pub boundary: Boundary,
    /// `ValidateSpec` as JSON; empty when there is nothing to check.
    pub validate: String,
    /// Where its matches can be.
    pub plan: Plan,
    /// Where in them the value is, when that is a group and can be told at once.
    pub inner: Option<Inner>,
}

/// What is wrong with a detector file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {place}: {message}")]
pub struct SpecError {
    /// The file.
    pub file: String,
    /// The detector and pattern, or `file`.
    pub place: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// Parses one detector file.
pub fn parse_file(name: &str, text: &str) -> Result<FileSpec, SpecError> {
    toml::from_str(text).map_err(|err| SpecError {
        file: name.to_owned(),
        place: "file".to_owned(),
        message: err.to_string().trim_end().to_owned(),
    })
}

/// Compiles the detectors of `(file name, file)` pairs; all that is wrong with
/// them is reported at once.
pub fn compile(files: &[(String, FileSpec)]) -> Result<Vec<Detector>, Vec<SpecError>> {
    let mut errors = Vec::new();
    let mut detectors = Vec::new();
    let mut ids = BTreeSet::new();
    for (file, spec) in files {
        for detector in &spec.detector {
            let mut wrong = |place: &str, message: String| {
                errors.push(SpecError {
                    file: file.clone(),
                    place: if place.is_empty() {
                        detector.id.clone()
                    } else {
                        format!("{}.{place}", detector.id)
                    },
                    message,
                });
            };
            if !ids.insert(detector.id.clone()) {
                wrong("", "this id is taken by another detector".into());
            }
            if let Some(compiled) = compile_detector(detector, &mut wrong) {
                detectors.push(compiled);
            }
        }
    }
    if errors.is_empty() {
        Ok(detectors)
    } else {
        Err(errors)
    }
}

fn compile_detector(spec: &DetectorSpec, wrong: &mut impl FnMut(&str, String)) -> Option<Detector> {
    let id_ok = |id: &str| {
        !id.is_empty()
            && id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if !id_ok(&spec.id) {
        wrong("", "an id is made of a-z, 0-9 and _".into());
    }
    if spec.pattern.is_empty() {
        wrong(
            "",
            "a detector needs at least one [[detector.pattern]]".into(),
        );
    }
    let mut patterns = Vec::new();
    let mut ids = BTreeSet::new();
    for pattern in &spec.pattern {
        if !id_ok(&pattern.id) || !ids.insert(&pattern.id) {
            wrong(
                &pattern.id,
                "a pattern id is made of a-z, 0-9 and _, and unique in its detector".into(),
            );
        }
        match compile_pattern(pattern) {
            Ok(pattern) => patterns.push(pattern),
            Err(message) => wrong(&pattern.id, message),
        }
    }
    for pattern in &spec.pattern {
        let named = pattern.not_fields.iter().chain(&pattern.only_fields);
        for name in named.filter(|name| !spec.context.fields.contains(name)) {
            wrong(
                &pattern.id,
                format!("`{name}` is none of the detector's fields"),
            );
        }
    }
    let needs_words = |r: Requires| patterns.iter().any(|p| p.requires == r);
    if needs_words(Requires::Context)
        && spec.context.keywords.is_empty()
        && spec.context.fields.is_empty()
    {
        wrong(
            "context",
            "a pattern requires context, but there are no keywords or fields".into(),
        );
    }
    if [Requires::Field, Requires::Label]
        .into_iter()
        .any(needs_words)
        && spec.context.fields.is_empty()
    {
        wrong(
            "context",
            "a pattern requires a field, but there are no fields".into(),
        );
    }
    for pattern in spec.deny.patterns.iter().chain(&spec.deny.test_patterns) {
        if let Err(message) = plan::parse(pattern) {
            wrong("deny", message);
        }
    }
    let from_keywords = patterns
        .iter()
        .any(|p| p.requires == Requires::Context && p.plan.anchors.is_empty());
    let mut keyword_factors = Vec::new();
    if from_keywords {
        for keyword in &spec.context.keywords {
            let factors = keyword_factors_of(keyword);
            if factors.is_empty() {
                wrong(
                    "context",
                    format!("the keyword `{keyword}` is too short to be looked for"),
                );
            }
            keyword_factors.extend(factors);
        }
        keyword_factors.sort();
        keyword_factors.dedup();
    }
    let mut label_factors = Vec::new();
    if patterns.iter().any(|p| p.requires == Requires::Label) {
        for name in &spec.context.fields {
            label_factors.extend(keyword_factors_of(&name.replace('_', " ")));
        }
        label_factors.sort();
        label_factors.dedup();
    }
    Some(Detector {
        id: spec.id.clone(),
        version: spec.version,
        name: spec.name.clone(),
        description: spec.description.clone(),
        kind: spec.kind,
        category: spec.category.clone(),
        label: spec.label,
        countries: spec.countries.clone(),
        regulations: spec.regulations.clone(),
        references: spec.references.clone(),
        priority: spec.priority,
        mask: spec.report.mask,
        normalise: spec.report.normalise,
        context: spec.context.clone(),
        patterns,
        validate: json(&spec.validate)?,
        deny: json(&spec.deny)?,
        keyword_factors,
        label_factors,
    })
}

fn compile_pattern(spec: &PatternSpec) -> Result<Pattern, String> {
    let hir = plan::parse(&spec.regex)?;
    let groups = hir.properties().explicit_captures_len();
    let used = spec
        .same
        .iter()
        .flatten()
        .chain([&spec.group])
        .max()
        .copied()
        .unwrap_or(0);
    if used > groups {
        return Err(format!("group {used} is named, but the regex has {groups}"));
    }
    if !(0.0..=1.0).contains(&spec.confidence) {
        return Err("confidence lies between 0 and 1".into());
    }
    let boundary = spec.boundary.unwrap_or(if plan::is_number(&hir) {
        Boundary::Number
    } else {
        Boundary::Word
    });
    let plan = plan(&spec.regex, boundary, spec.requires)?;
    if plan.rate > MOST_ANCHORS {
        return Err(format!(
            "too costly: about {:.0} places per MB of code to look at ({:.0} are allowed); begin with a \
             rarer literal or shape, or require context",
            plan.rate * 1e6,
            MOST_ANCHORS * 1e6
        ));
    }
    let validate = if spec.validate == Default::default() {
        String::new()
    } else {
        json(&spec.validate).ok_or("the checks cannot be stored")?
    };
    Ok(Pattern {
        id: spec.id.clone(),
        regex: spec.regex.clone(),
        group: spec.group as u32,
        same: spec.same.clone(),
        confidence: spec.confidence,
        requires: spec.requires,
        not_fields: spec.not_fields.clone(),
        only_fields: spec.only_fields.clone(),
        whole: spec.whole,
        of_people: spec.of_people,
        field_confidence: spec.field_confidence,
        boundary,
        validate,
        plan,
        inner: if spec.group > 0 && spec.same.is_empty() {
            plan::inner(&hir, spec.group)
        } else {
            None
        },
    })
}

fn json<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// The literals by which a keyword is found: its rarest word, in every case
/// that occurs. Whether the rest of the keyword stands around it is for the
/// context rules to say.
fn keyword_factors_of(keyword: &str) -> Vec<KeywordFactor> {
    let lower = keyword.to_lowercase();
    let upper = keyword.to_uppercase();
    let title: String = {
        let mut chars = lower.chars();
        chars
            .next()
            .map(|c| c.to_uppercase().chain(chars).collect())
            .unwrap_or_default()
    };
    let mut factors = Vec::new();
    let mut forms: Vec<Vec<u8>> = [lower, upper, title]
        .iter()
        .map(|form| form.bytes().map(fold).collect())
        .collect();
    forms.sort();
    forms.dedup();
    for form in forms {
        let mut at = 0;
        let mut words = Vec::new();
        for word in form.split(|&b| b == GAP) {
            words.push((at, word));
            at += word.len() + 1;
        }
        let best = words
            .iter()
            .map(|&(at, word)| (at, word, word_factors(word)))
            .filter(|(_, _, factors)| !factors.is_empty())
            .min_by(|(_, _, a), (_, _, b)| rate(a).total_cmp(&rate(b)));
        let Some((at, word, found)) = best else {
            continue;
        };
        factors.extend(found.into_iter().map(|factor| KeywordFactor {
            factor,
            before: form[..at].to_vec(),
            after: form[at + word.len()..].to_vec(),
        }));
        // `tax id` is written `taxid` too, where its short words have no
        // separators around them.
        if word.len() < 4 && words.len() > 1 {
            let joined: Vec<u8> = form.iter().copied().filter(|&b| b != GAP).collect();
            let (before, after) = (Vec::new(), Vec::new());
            factors.extend(
                word_factors(&joined)
                    .into_iter()
                    .map(|factor| KeywordFactor {
                        factor,
                        before: before.clone(),
                        after: after.clone(),
                    }),
            );
        }
    }
    factors
}

fn rate(factors: &[Factor]) -> f64 {
    let frequency = |factor: &Factor| super::fold::frequency(&factor.key) + plan::KEY_COST;
    factors.iter().map(frequency).sum()
}

/// Keys for one word. Words of two and three letters take what stands around
/// them into the key: a separator before, or a separator, digit or plural
/// behind. `context::keyword` asks no more of them than that.
fn word_factors(word: &[u8]) -> Vec<Factor> {
    let with = |key_at: i8, key: [u8; 4]| Factor {
        key,
        key_at,
        literal: word.to_vec(),
    };
    let behind = || SEPARATORS.into_iter().chain(b'0'..=b'9').chain([b's']);
    match *word {
        [a, b] => SEPARATORS
            .iter()
            .flat_map(|&left| behind().map(move |right| (left, right)))
            .map(|(left, right)| with(-1, [left, a, b, right]))
            .collect(),
        [a, b, c] => SEPARATORS
            .iter()
            .map(|&left| with(-1, [left, a, b, c]))
            .chain(behind().map(|right| with(0, [a, b, c, right])))
            .collect(),
        _ => factor(word).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_take_their_separators() {
        let factors = keyword_factors_of("SSN");
        assert!(
            factors
                .iter()
                .any(|f| &f.factor.key == b" ssn" && f.factor.key_at == -1)
        );
        assert!(
            factors
                .iter()
                .any(|f| &f.factor.key == b"ssn:" && f.factor.key_at == 0)
        );
    }

    #[test]
    fn the_rarest_word_speaks_for_a_phrase() {
        let factors = keyword_factors_of("date of birth");
        assert_eq!(factors.len(), 1);
        assert_eq!(factors[0].factor.literal, b"birth");
    }

    #[test]
    fn errors_name_the_file_and_the_pattern() {
        let text = r#"
            [[detector]]
            id = "x"
            name = "X"
            category = "test"
            label = "internal"
            [[detector.pattern]]
            id = "open"
            regex = '\d{3,}'
            confidence = 0.5
        "#;
        let file = parse_file("a.toml", text).unwrap();
        let errors = compile(&[("a.toml".into(), file)]).unwrap_err();
        assert!(
            errors[0]
                .to_string()
                .starts_with("a.toml: x.open: the regex can match text of any length")
        );
    }
}

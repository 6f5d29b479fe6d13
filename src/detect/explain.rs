//! Why a place is reported or not: the engine's own steps, in words.

use std::ops::Range;

use super::catalog::spec::Requires;
use super::catalog::{Detector, Pattern};
use super::context::index::Near;
use super::context::score::Score;
use super::engine::{Engine, Match, Scratch};
use super::evidence::{Step, Word};
use super::normalize::normalize;
use super::verdict::Refusal;
use crate::model::{Confidence, Segment};

/// A place where a pattern of a detector matched.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The detector, for [`Engine::info`].
    pub detector: u32,
    /// Id of the pattern within it.
    pub pattern: String,
    /// The value, or the match where there is none, in the segment's text.
    pub span: Range<usize>,
    /// The cell that holds it, for [`Segment::Cells`].
    pub cell: Option<u32>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a candidate.
#[derive(Clone, Debug)]
pub enum Fate {
    /// No finding.
    Refused(Refusal),
    /// A finding, unless it is below the threshold or a test value.
    Found {
        /// What each reason made of the confidence, in order.
        steps: Vec<(String, Confidence)>,
        /// A published specimen or a reserved value.
        test_value: bool,
        /// A better finding holds a part of it.
        lost: bool,
    },
}

/// What a value of a pattern is worth in each surrounding: the surrounding, and
/// the confidence there.
pub fn prospects(detector: &Detector, pattern: &Pattern) -> Vec<(&'static str, Confidence)> {
    let context = &detector.context;
    let near = |distance| Near {
        word: 0,
        distance,
        before: true,
    };
    let own = match pattern.field_confidence {
        0.0 => context.field_confidence,
        own => own,
    };
    let words = !context.keywords.is_empty();
    let labels = pattern.requires == Requires::Label;
    let fields = !context.fields.is_empty();
    let alone = pattern.requires == Requires::Nothing;
    type Lift<'a> = (&'static str, bool, &'a dyn Fn(&mut Score));
    let lifts: [Lift<'_>; 6] = [
        ("by itself", alone, &|_| ()),
        ("beside a word for it", words && !labels, &|score| {
            score.keyword(near(0), context.keyword_confidence);
        }),
        ("near a word for it", words && !labels, &|score| {
            score.keyword(near(u32::MAX), context.keyword_confidence);
        }),
        ("behind a label of its name", labels, &Score::label),
        ("in a field of its name", fields, &|score| score.field(own)),
        (
            "near a word against it",
            alone && !context.negative.is_empty(),
            &Score::negative,
        ),
    ];
    let lifts = lifts.into_iter().filter(|(_, applies, _)| *applies);
    lifts
        .map(|(surrounding, _, lift)| {
            let mut score = Score::new(pattern.confidence);
            lift(&mut score);
            (surrounding, score.confidence())
        })
        .collect()
}

impl Refusal {
    /// The reason in words, and what could be done.
    pub fn in_words(self) -> &'static str {
        match self {
            Refusal::Boundary => "it touches a longer word or number",
            Refusal::PartOfValue => "it is a part of what the label or field holds",
            Refusal::NoField => "it counts only in a column, key or form field of a fitting name",
            Refusal::Parts => {
                "its parts do not belong together (separators differ, or the value is missing)"
            }
            Refusal::Check => "a check of the value fails (check digit, date, range or form)",
            Refusal::Denied => "the detector's deny list names it",
            Refusal::PartOfIdentifier => "it is part of an identifier or hash",
            Refusal::NoWord => {
                "it needs one of the detector's words near by, or a field of a fitting name"
            }
        }
    }
}

impl Engine {
    /// All places of a segment where a pattern matched, in order of place, and
    /// what became of each. Patterns that need a word or field are tried only
    /// where there is one.
    pub fn explain(&self, segment: &Segment<'_>, scratch: &mut Scratch) -> Vec<Candidate> {
        scratch.note_refusals();
        let kept = self.scan(segment, scratch);
        let (refused, all) = scratch.noted();
        let (text, core) = match segment {
            Segment::Text(block) => (block.text, block.core.clone()),
            Segment::Cells(batch) => (batch.text, 0..usize::MAX),
        };
        let id = |pattern: u32| self.pattern(pattern).id.to_string();
        let refused = refused
            .into_iter()
            .map(|(pattern, span, cell, why)| Candidate {
                detector: self.pattern(pattern).detector,
                pattern: id(pattern),
                span,
                cell,
                fate: Fate::Refused(why),
            });
        let found = all.iter().map(|found| Candidate {
            detector: found.detector,
            pattern: id(found.pattern),
            span: found.span.clone(),
            cell: found.cell,
            fate: Fate::Found {
                steps: self.steps(text, found),
                test_value: found.test_value,
                lost: !kept.contains(found),
            },
        });
        let mut candidates: Vec<Candidate> = refused.chain(found).collect();
        candidates.retain(|candidate| core.contains(&candidate.span.start));
        candidates.sort_by_key(|c| (c.span.start, c.span.end, c.detector, c.pattern.clone()));
        candidates.dedup_by(|a, b| {
            (&a.span, a.detector, &a.pattern) == (&b.span, b.detector, &b.pattern)
        });
        candidates
    }

    fn steps(&self, text: &[u8], found: &Match) -> Vec<(String, Confidence)> {
        let detector = self.detector(found.detector);
        let mut memory = String::new();
        let normalized = normalize(&text[found.span.clone()], detector.normalise, &mut memory);
        let checks = detector.judge().checks.clone();
        let mut steps = Vec::new();
        self.score(found.pattern, &found.reasons, normalized, |step, after| {
            let words = match (step, found.reasons.word) {
                (Step::Pattern, _) => match &checks {
                    Some(checks) => format!("shape, and {checks} holds"),
                    None => "shape and checks".to_owned(),
                },
                (Step::Supported, _) => "a check holds that chance would seldom meet".to_owned(),
                (Step::Label, _) => "the label before it".to_owned(),
                (Step::Field, _) => "the name of its field".to_owned(),
                (Step::Word, Word::For(near)) => {
                    let word = &detector.context.keywords[near.word as usize];
                    format!("`{word}` stands {} bytes away", near.distance)
                }
                (Step::Against, Word::Against(near)) => {
                    let word = &detector.context.negative[near.word as usize];
                    format!("`{word}` near by speaks against it")
                }
                (Step::Word | Step::Against, _) => "a word near by".to_owned(),
                (Step::Doubt(doubt), _) => format!("doubt: {}", doubt.as_str()),
            };
            steps.push((words, after));
        });
        steps
    }
}

//! Why a match has its confidence: a few bytes while matches compete, words for
//! those that are reported.

use super::context::index::Near;
use super::engine::{Engine, Match};
use super::noise::Doubt;
use crate::model::{Evidence, Segment};

/// What was found around a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reasons {
    /// The name of its field speaks for it, or a label in the text.
    pub(super) named: Named,
    /// A word near by.
    pub(super) word: Word,
    /// What it looks like too.
    pub(super) looks: Option<Doubt>,
    /// Its field is named, and named otherwise.
    pub(super) elsewhere: bool,
    /// Its record is about a thing, and the detector about people.
    pub(super) of_thing: bool,
}

impl Reasons {
    /// What speaks against the value besides words.
    pub(super) fn doubts(&self) -> impl Iterator<Item = Doubt> + use<> {
        let elsewhere = self.elsewhere.then_some(Doubt::FieldName);
        let of_thing = self.of_thing.then_some(Doubt::Record);
        [self.looks, elsewhere, of_thing].into_iter().flatten()
    }
}

/// What says that a value is what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Named {
    /// Nothing.
    #[default]
    No,
    /// The name of its field.
    Field,
    /// A label in the text: how far before the value it begins, and its length.
    Label { back: u16, length: u16 },
}

/// A reason on the way to a confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// What shape and checks are worth alone.
    Pattern,
    /// Checks hold that issuers do not guarantee.
    Supported,
    /// The name of the field.
    Field,
    /// A label in the text.
    Label,
    /// A word for it.
    Word,
    /// A word against it.
    Against,
    /// What it looks like too.
    Doubt(Doubt),
}

/// A word near a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Word {
    /// There is none.
    #[default]
    None,
    /// A keyword.
    For(Near),
    /// One of the words that speak against it.
    Against(Near),
}

impl Engine {
    /// The reasons for the confidence of a match in `segment`, in words.
    pub fn evidence(&self, segment: &Segment<'_>, found: &Match) -> Vec<Evidence> {
        let detector = self.detector(found.detector);
        let reasons = &found.reasons;
        let mut evidence = vec![Evidence::Pattern {
            id: self.pattern(found.pattern).id.clone(),
        }];
        let checks = detector.judge().checks.clone();
        evidence.extend(checks.map(|name| Evidence::Checksum { name }));
        if let Named::Label { back, length } = reasons.named {
            let text = match segment {
                Segment::Text(block) => block.text,
                Segment::Cells(batch) => batch.text,
            };
            let start = found.span.start.saturating_sub(usize::from(back));
            let label = &text[start..start + usize::from(length)];
            evidence.push(Evidence::Field {
                text: String::from_utf8_lossy(label).into(),
            });
        }
        if let (Named::Field, Segment::Cells(batch), Some(cell)) =
            (reasons.named, segment, found.cell)
        {
            let field = batch.cells[cell as usize].field as usize;
            evidence.push(Evidence::Field {
                text: batch.table.fields[field].name.clone(),
            });
        }
        match reasons.word {
            Word::For(near) => evidence.push(Evidence::Keyword {
                text: detector.context.keywords[near.word as usize]
                    .as_str()
                    .into(),
                distance: near.distance,
            }),
            Word::Against(near) => evidence.push(Evidence::NegativeKeyword {
                text: detector.context.negative[near.word as usize]
                    .as_str()
                    .into(),
            }),
            Word::None => {}
        }
        for doubt in reasons.doubts() {
            let reason = doubt.as_str();
            evidence.push(Evidence::Doubt { reason });
        }
        if found.test_value {
            evidence.push(Evidence::TestValue);
        }
        evidence
    }
}

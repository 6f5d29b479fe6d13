//! From evidence to confidence.
//!
//! A pattern's confidence is what its shape and checks are worth alone. Every
//! independent reason *for* the value closes a share of the distance to
//! certainty (noisy or); every reason *against* it keeps a share of what there
//! is. So the order of the evidence does not matter, nothing passes 1, and a
//! strong shape stays strong next to a weak word.

use super::index::Near;
use crate::model::Confidence;

/// A keyword directly beside the value.
const KEYWORD_NEAR: f32 = 0.80;
/// A keyword further away.
const KEYWORD_FAR: f32 = 0.65;
/// A field name that says so.
const FIELD: f32 = 0.88;
/// A label in text that says so: labels are less strict than columns.
const LABEL: f32 = 0.70;
/// A word that speaks against it.
const NEGATIVE: f32 = 0.4;
/// A surrounding that makes chance more likely.
const DOUBT: f32 = 0.5;

/// Builds a confidence from evidence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Score(f32);

impl Score {
    /// Starts from what shape and checks are worth.
    pub(crate) fn new(pattern: f32) -> Score {
        Score(pattern)
    }

    fn toward_certain(&mut self, share: f32) {
        self.0 = 1.0 - (1.0 - self.0) * (1.0 - share);
    }

    /// A keyword; `lift` is the detector's own figure, 0 for the rule.
    pub(crate) fn keyword(&mut self, near: Near, lift: f32) {
        if lift > 0.0 {
            self.0 = self.0.max(lift);
        } else {
            self.toward_certain(if near.is_beside() {
                KEYWORD_NEAR
            } else {
                KEYWORD_FAR
            });
        }
    }

    /// A field name; `lift` as above.
    pub(crate) fn field(&mut self, lift: f32) {
        if lift > 0.0 {
            self.0 = self.0.max(lift);
        } else {
            self.toward_certain(FIELD);
        }
    }

    /// A label in text.
    pub(crate) fn label(&mut self) {
        self.toward_certain(LABEL);
    }

    /// A check that issuers do not guarantee holds.
    pub(crate) fn supported(&mut self, confidence: f32) {
        self.0 = self.0.max(confidence);
    }

    /// A word that speaks against it.
    pub(crate) fn negative(&mut self) {
        self.0 *= NEGATIVE;
    }

    /// A surrounding that speaks against it.
    pub(crate) fn doubt(&mut self) {
        self.0 *= DOUBT;
    }

    /// The result.
    pub(crate) fn confidence(self) -> Confidence {
        Confidence::new(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Band;

    #[test]
    fn context_lifts_a_bare_number_to_high_and_doubt_takes_it_back() {
        let mut score = Score::new(0.05);
        score.keyword(
            Near {
                before: true,
                word: 0,
                distance: 2,
            },
            0.0,
        );
        assert_eq!(score.confidence().band(), Band::High);
        score.negative();
        assert_eq!(score.confidence().band(), Band::Low);
        let mut score = Score::new(0.05);
        score.field(0.0);
        assert!(score.confidence().get() > 0.85);
    }
}

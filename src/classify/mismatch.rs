//! Documents that are marked as less than they hold.

use std::sync::{Arc, LazyLock};

use crate::model::{Confidence, DetectorInfo, Evidence, Finding, Kind, Label, Mask, Sensitive};
use crate::state::ItemIds;

/// Detector id of the findings that [`Mismatch::finding`] makes.
pub const MISMATCH_ID: &str = "marking_mismatch";

/// A marking lower than the content of the item it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What the highest marking of the item states.
    pub stated: Label,
    /// What the item holds.
    pub holds: Label,
    /// Detector id of the marking.
    pub marking: Arc<str>,
}

impl Mismatch {
    pub(super) fn between(marking: Option<&Finding>, found: Option<Label>) -> Option<Mismatch> {
        let (marking, holds) = (marking?, found?);
        (marking.label < holds).then(|| Mismatch {
            stated: marking.label,
            holds,
            marking: Arc::clone(&marking.detector.id),
        })
    }

    /// The mismatch as a finding of its own, at the place of `marking`, which
    /// is the first finding of the item's highest marking.
    pub fn finding(&self, marking: &Finding) -> Finding {
        let text = format!("{} < {}", self.stated, self.holds);
        Finding {
            id: ItemIds::new(&marking.path).next(MISMATCH_ID, &marking.location, b""),
            detector: Arc::clone(&DETECTOR),
            path: Arc::clone(&marking.path),
            location: marking.location.clone(),
            value: Sensitive::new(marking.value.reveal()),
            preview: text,
            confidence: Confidence::new(marking.confidence.get()),
            evidence: vec![Evidence::Neighbour {
                detector: Arc::clone(&self.marking),
            }],
            label: self.holds,
            test_value: false,
        }
    }
}

static DETECTOR: LazyLock<Arc<DetectorInfo>> = LazyLock::new(|| {
    Arc::new(DetectorInfo {
        id: MISMATCH_ID.into(),
        name: "Marking below content".to_owned(),
        description: "The document carries a marking that is lower than the label of what was \
                      found in it: raise the marking or remove the data."
            .to_owned(),
        kind: Kind::Marking,
        category: "document-marking".into(),
        label: Label::Restricted,
        countries: Vec::new(),
        regulations: vec!["soc2-c1.1".to_owned()],
        mask: Mask::None,
        priority: 0,
    })
});

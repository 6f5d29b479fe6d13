//! What a scan is asked to do.

use crate::classify::Policy;
use crate::model::Label;
use crate::read::Limits;
use crate::source::WalkOptions;

/// Options of a scan; the defaults are those of `terrier scan`.
#[derive(Clone, Debug)]
pub struct Options {
    /// Findings below this confidence are counted, not reported.
    pub min_confidence: f32,
    /// Findings below this label are left out.
    pub min_label: Label,
    /// Report published specimens and reserved values too.
    pub include_test_values: bool,
    /// Most findings of one detector in one field, or in the text of one item,
    /// that are kept; more are counted.
    pub most_per_field: usize,
    /// What to walk.
    pub walk: WalkOptions,
    /// Bounds on single items.
    pub limits: Limits,
    /// What makes a label.
    pub policy: Policy,
    /// Threads that scan; 0 takes one a core.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            min_confidence: 0.40,
            min_label: Label::Public,
            include_test_values: false,
            most_per_field: 10_000,
            walk: WalkOptions::default(),
            limits: Limits::default(),
            policy: Policy::default(),
            threads: 0,
        }
    }
}

impl Options {
    /// A hash of all options, so that two runs can be told to be alike.
    pub(super) fn fingerprint(&self) -> String {
        // Threads change the time a scan takes, not what it finds.
        let alike = Options {
            threads: 0,
            ..self.clone()
        };
        blake3::hash(format!("{alike:?}").as_bytes()).to_hex()[..16].to_owned()
    }
}

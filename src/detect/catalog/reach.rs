//! What lies around the sign of an anchor: all that is asked before its pattern
//! is touched.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::byteset::ByteSet;
use super::compile::Detector;
use super::spec::Requires;

/// The reach of each anchor, in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reaches {
    all: Vec<Reach>,
    walks: Vec<ByteSet>,
}

/// How far around a sign its match can be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// The pattern.
    pub pattern: u32,
    /// Which of the pattern's anchors it is.
    pub nth: u16,
    /// Part of [`Reaches::walks`].
    walk: u16,
    /// How far before the sign a match can start: fewest and most bytes.
    pub before: (u32, u32),
    /// True when the pattern needs a keyword.
    pub bound: bool,
    /// True when the match is looked for from the sign on first.
    pub has_tail: bool,
}

impl Reaches {
    pub(super) fn new(detectors: &[Detector]) -> Reaches {
        let mut reaches = Reaches::default();
        let mut known: HashMap<ByteSet, u16> = HashMap::new();
        let patterns = detectors.iter().flat_map(|detector| &detector.patterns);
        for (number, pattern) in (0..).zip(patterns) {
            for (nth, anchor) in (0..).zip(&pattern.plan.anchors) {
                let walks = &mut reaches.walks;
                let walk = *known.entry(anchor.walk).or_insert_with(|| {
                    walks.push(anchor.walk);
                    (walks.len() - 1) as u16
                });
                reaches.all.push(Reach {
                    pattern: number,
                    nth,
                    walk,
                    before: anchor.before,
                    bound: pattern.requires == Requires::Context,
                    has_tail: anchor.tail.is_some(),
                });
            }
        }
        reaches
    }

    /// Of an anchor.
    #[inline]
    pub fn of(&self, anchor: u32) -> &Reach {
        &self.all[anchor as usize]
    }

    /// Bytes that can stand between the start of a match and the sign.
    #[inline]
    pub fn walk(&self, reach: &Reach) -> &ByteSet {
        &self.walks[usize::from(reach.walk)]
    }
}

impl Reach {
    /// True when the sign is the start of the match, so that what was looked at
    /// there is the match.
    #[inline]
    pub fn is_start(&self) -> bool {
        self.before == (0, 0)
    }

    /// Fewest bytes before the sign.
    #[inline]
    pub fn least(&self) -> usize {
        self.before.0 as usize
    }

    /// Most bytes before the sign.
    #[inline]
    pub fn most(&self) -> usize {
        self.before.1 as usize
    }
}

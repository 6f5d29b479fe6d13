//! What the detectors cost, for those who write them.

use std::time::{Duration, Instant};

use super::engine::{Engine, Scratch, Work};

/// What one pattern cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Places that were looked at: signs of its anchors, or fields and words that
    /// it starts from.
    pub places: u64,
    /// Matches that passed all checks.
    pub matches: u64,
    /// Time from the places to the matches; finding the places is shared by all.
    pub time: Duration,
}

impl Scratch {
    /// Counts from now on what each pattern costs, which itself takes time.
    pub fn count_costs(&mut self) {
        self.work.costs.get_or_insert_default();
    }

    /// What was counted, by pattern; see [`Engine::pattern_name`].
    pub fn costs(&self) -> &[Cost] {
        self.work.costs.as_deref().unwrap_or_default()
    }
}

impl Engine {
    /// The detector and the id of a pattern, in the order of [`Scratch::costs`].
    pub fn pattern_name(&self, pattern: usize) -> (u32, &str) {
        let pattern = &self.patterns[pattern];
        (pattern.detector, &pattern.id)
    }
}

impl Work {
    /// Runs what looks at a place for `pattern`, and counts it if asked to.
    #[inline]
    pub(super) fn at_cost_of(&mut self, pattern: u32, look: impl FnOnce(&mut Work)) {
        if self.costs.is_none() {
            return look(self);
        }
        let (start, matches) = (Instant::now(), self.matches.len());
        look(self);
        let time = start.elapsed();
        let found = self.matches.len() - matches;
        let costs = self.costs.get_or_insert_default();
        let pattern = pattern as usize;
        if costs.len() <= pattern {
            costs.resize(pattern + 1, Cost::default());
        }
        costs[pattern].places += 1;
        costs[pattern].matches += found as u64;
        costs[pattern].time += time;
    }
}

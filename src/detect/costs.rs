//! What the detectors cost, for those who write them.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::engine::{Engine, Work};

/// What one pattern cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Places that were looked at: signs of its anchors, or words that it starts
    /// from.
    pub places: u64,
    /// Matches that passed all checks.
    pub matches: u64,
    /// Time from the places to the matches; finding the places is shared by all.
    pub time: Duration,
}

/// What a scan has cost so far, by pattern.
pub(super) type Costs = Vec<Cost>;

impl Engine {
    /// Counts from now on what each pattern costs, which itself takes time.
    pub fn count_costs(&mut self) {
        self.costs.get_or_insert_default();
    }

    /// What was counted in the scans that have ended: detector, id of the pattern
    /// and cost, in the order of the catalogue.
    pub fn costs(&self) -> Vec<(u32, &str, Cost)> {
        let costs = self.costs.iter().flat_map(|costs| lock(costs).clone());
        self.all_patterns()
            .map(|number| self.pattern(number))
            .zip(costs)
            .map(|(pattern, cost)| (pattern.detector, &*pattern.id, cost))
            .collect()
    }

    /// Whether a scan that begins counts, and with what.
    pub(super) fn no_costs(&self) -> Option<Costs> {
        let none = vec![Cost::default(); self.all_patterns().len()];
        self.costs.is_some().then_some(none)
    }

    /// Adds what one segment cost.
    pub(super) fn add_costs(&self, of_segment: Option<Costs>) {
        if let (Some(costs), Some(new)) = (&self.costs, of_segment) {
            let mut costs = lock(costs);
            costs.resize(self.all_patterns().len(), Cost::default());
            for (sum, new) in costs.iter_mut().zip(new) {
                sum.places += new.places;
                sum.matches += new.matches;
                sum.time += new.time;
            }
        }
    }
}

fn lock(costs: &Mutex<Costs>) -> std::sync::MutexGuard<'_, Costs> {
    costs.lock().unwrap_or_else(PoisonError::into_inner)
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
        if let Some(cost) = self
            .costs
            .as_mut()
            .and_then(|c| c.get_mut(pattern as usize))
        {
            cost.places += 1;
            cost.matches += found as u64;
            cost.time += time;
        }
    }
}

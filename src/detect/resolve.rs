//! Findings that overlap: who wins.

use std::cmp::Reverse;

use super::engine::{Engine, Match};
use crate::model::{Band, Kind};

/// Keeps, of matches that overlap, the one with the best case: a likely
/// credential before data, then the higher band, then the detector's priority, confidence, the earlier start, the
/// longer match, and at last the id so that the choice never depends on chance.
/// Markings are about the document, not the value; they do not compete.
/// Leaves the rest in order of place.
pub(super) fn resolve(engine: &Engine, matches: &mut Vec<Match>) {
    let by_place = |m: &Match| (m.span.start, Reverse(m.span.end), m.detector, m.pattern);
    let order = |a: &Match, b: &Match| {
        by_place(a)
            .cmp(&by_place(b))
            .then(b.confidence.get().total_cmp(&a.confidence.get()))
    };
    // Most come in the order of their places already.
    if !matches.is_sorted_by(|a, b| order(a, b).is_le()) {
        matches.sort_by(order);
    }
    matches.dedup_by(|a, b| a.span == b.span && a.detector == b.detector && a.pattern == b.pattern);

    let rank = |m: &Match| {
        let info = engine.info(m.detector);
        let band = m.confidence.band();
        // A likely credential is more urgent than what it seems to be made of:
        // the end of `smtp://robot:password@mail.host` reads like an address.
        let secret = info.kind == Kind::Secret && band >= Band::Medium;
        (secret, band, info.priority)
    };
    let better = |a: &Match, b: &Match| {
        rank(a)
            .cmp(&rank(b))
            .then(a.confidence.get().total_cmp(&b.confidence.get()))
            .then(b.span.start.cmp(&a.span.start))
            .then(a.span.end.cmp(&b.span.end))
            .then_with(|| engine.info(b.detector).id.cmp(&engine.info(a.detector).id))
            .then(b.pattern.cmp(&a.pattern))
            .is_gt()
    };
    let competes = |m: &Match| engine.info(m.detector).kind != Kind::Marking;

    // Matches fall into clusters that do not touch, mostly of one; each is
    // settled by itself, best first.
    let mut kept = 0;
    let mut best: Vec<usize> = Vec::new();
    let mut accepted: Vec<usize> = Vec::new();
    let mut from = 0;
    while from < matches.len() {
        let mut end = matches[from].span.end;
        let mut to = from + 1;
        while to < matches.len() && matches[to].span.start < end {
            end = end.max(matches[to].span.end);
            to += 1;
        }
        accepted.clear();
        if to - from == 1 {
            accepted.push(from);
        } else {
            best.clear();
            best.extend(from..to);
            best.sort_by(|&a, &b| match better(&matches[a], &matches[b]) {
                true => std::cmp::Ordering::Less,
                false if a == b => std::cmp::Ordering::Equal,
                false => std::cmp::Ordering::Greater,
            });
            for &at in &best {
                let rival = |&other: &usize| {
                    let (a, b) = (&matches[at], &matches[other]);
                    let overlap = a.span.start < b.span.end && b.span.start < a.span.end;
                    let same_marking = !competes(a) && a.detector == b.detector;
                    overlap && (competes(a) && competes(b) || same_marking)
                };
                if !accepted.iter().any(rival) {
                    accepted.push(at);
                }
            }
            accepted.sort_unstable();
        }
        for &at in &accepted {
            if kept != at {
                matches.swap(kept, at);
            }
            kept += 1;
        }
        from = to;
    }
    matches.truncate(kept);
}

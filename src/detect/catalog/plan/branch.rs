//! The ways a pattern can begin.

use regex_syntax::hir::{Hir, HirKind, Repetition};

/// Splits a pattern at alternations and optional parts near its start, so that
/// each way to begin is planned by itself. Gives up, leaving parts whole, when
/// there would be too many.
pub(super) fn branches(hir: &Hir) -> Vec<Hir> {
    const MOST: usize = 96;
    let mut open = vec![flatten(hir)];
    let mut done = Vec::new();
    while let Some(parts) = open.pop() {
        let split = parts.iter().take(3).enumerate().find_map(|(at, part)| {
            alternatives(part)
                .filter(|a| open.len() + done.len() + a.len() <= MOST)
                .map(|a| (at, a))
        });
        match split {
            Some((at, choices)) => {
                for choice in choices {
                    let mut parts = parts.clone();
                    parts.splice(at..=at, choice);
                    open.push(parts);
                }
            }
            None => done.push(Hir::concat(parts)),
        }
    }
    done
}

/// The ways to match `part`, if it is an alternation or an optional part.
fn alternatives(part: &Hir) -> Option<Vec<Vec<Hir>>> {
    match part.kind() {
        HirKind::Alternation(choices) => Some(choices.iter().map(flatten).collect()),
        HirKind::Repetition(Repetition {
            min: 0,
            max: Some(max),
            sub,
            greedy,
        }) if *max > 0 => {
            let at_least_one = Hir::repetition(Repetition {
                min: 1,
                max: Some(*max),
                greedy: *greedy,
                sub: sub.clone(),
            });
            Some(vec![Vec::new(), flatten(&at_least_one)])
        }
        // `[A-Z]{1,2}` and its like: one branch for each count.
        HirKind::Repetition(Repetition {
            min,
            max: Some(max),
            sub,
            greedy,
        }) if *min < *max && *max <= 3 => {
            let exactly = |count| {
                let (sub, greedy) = (sub.clone(), *greedy);
                flatten(&Hir::repetition(Repetition {
                    min: count,
                    max: Some(count),
                    greedy,
                    sub,
                }))
            };
            Some((*min..=*max).map(exactly).collect())
        }
        _ => None,
    }
}

/// The parts of a concatenation, without capture groups and look-around. A
/// repetition that matches at least once gives its first turn as parts.
pub(super) fn flatten(hir: &Hir) -> Vec<Hir> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Vec::new(),
        HirKind::Capture(capture) => flatten(&capture.sub),
        HirKind::Concat(parts) => parts.iter().flat_map(flatten).collect(),
        HirKind::Repetition(Repetition {
            min: 1,
            max: Some(1),
            sub,
            ..
        }) => flatten(sub),
        _ => vec![hir.clone()],
    }
}

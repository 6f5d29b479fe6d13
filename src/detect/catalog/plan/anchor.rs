//! The cheapest thing to look for in one way to match.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::super::byteset::ByteSet;
use super::super::fold::frequency;
use super::super::number::{MOST_DIGITS, MOST_MORE};
use super::super::shape::Shape;
use super::super::spec::Boundary;
use super::branch::flatten;
use super::literal::literals;
use super::places::{places, runs};
use super::{Anchor, Sign, all_bytes, printed};

/// The cheapest anchor of one branch, with its rate; `None` when there is nothing
/// to look for.
pub(super) fn best_anchor(
    branch: &Hir,
    boundary: Boundary,
) -> Result<Option<(Anchor, f64)>, String> {
    /// A start further away than this is not worth walking back to.
    const FARTHEST: usize = 256;
    /// What one more key in the tables costs, as anchors per byte.
    const KEY_COST: f64 = 2e-6;
    let parts = flatten(branch);
    let mut best: Option<(usize, Sign, f64)> = None;
    let reach = |cut: usize| {
        let properties = Hir::concat(parts[..cut].to_vec()).properties().clone();
        (
            properties.minimum_len().unwrap_or(0),
            properties.maximum_len().unwrap_or(usize::MAX),
        )
    };
    for cut in 0..parts.len() {
        let before = reach(cut);
        if before.1 > FARTHEST {
            break;
        }
        let mut offer = |sign: Sign, rate: f64| {
            // A known start saves the search for it.
            let rate = if before.0 == before.1 {
                rate
            } else {
                rate * 2.0
            };
            if best.as_ref().is_none_or(|(_, _, lowest)| rate < *lowest) {
                best = Some((cut, sign, rate));
            }
        };
        // Small limits give few, short literals; larger ones spell out classes,
        // which pays only when nothing else is there to hold on to.
        let tail = Hir::concat(parts[cut..].to_vec());
        for class_limit in [4, 12, 48] {
            if let Some(factors) = literals(&tail, class_limit) {
                let rate: f64 = factors.iter().map(|f| frequency(&f.key)).sum();
                let keys = factors.len() as f64 * KEY_COST;
                offer(Sign::Literal(factors), rate + keys);
            }
        }
        // Shapes that start anywhere start with a mark of their own.
        if cut > 0 && !begins_with_a_mark(&parts[cut]) {
            continue;
        }
        let beginning = beginning(&parts[cut..]);
        let sets = places(&beginning, boundary)?;
        for shape in Shape::ALL {
            if shape_serves(shape, &sets, cut == 0, boundary) {
                let sign = match shape {
                    Shape::Digits => Sign::Number(runs(&beginning, boundary)?),
                    _ => Sign::Shape(shape),
                };
                offer(sign, shape.frequency());
            }
        }
    }
    let Some((cut, sign, rate)) = best else {
        return Ok(None);
    };
    let before = reach(cut);
    let (head, tail) = parts.split_at(cut);
    let anchor = Anchor {
        sign,
        sets: places(&beginning(tail), boundary)?,
        before: (before.0 as u32, before.1 as u32),
        walk: all_bytes(&Hir::concat(head.to_vec())),
        tail: (before.0 != before.1).then(|| printed(&Hir::concat(tail.to_vec()))),
    };
    Ok(Some((anchor, rate)))
}

/// As many parts as the first places and runs of digits depend on.
fn beginning(parts: &[Hir]) -> Hir {
    const ENOUGH: usize = MOST_DIGITS + MOST_MORE + 2;
    let mut length = 0;
    let enough = parts.iter().position(|part| {
        length += part.properties().minimum_len().unwrap_or(0);
        length >= ENOUGH
    });
    Hir::concat(parts[..enough.map_or(parts.len(), |last| last + 1)].to_vec())
}

/// Whether a part begins with one of the characters that shapes which start
/// anywhere begin with.
fn begins_with_a_mark(part: &Hir) -> bool {
    let is_mark = |byte: u8| matches!(byte, b'@' | b'+' | b'(');
    match part.kind() {
        HirKind::Literal(literal) => literal.0.first().is_some_and(|&b| is_mark(b)),
        HirKind::Class(Class::Bytes(class)) => class
            .ranges()
            .iter()
            .all(|range| (range.start()..=range.end()).all(is_mark)),
        _ => false,
    }
}

/// Whether every match has `shape` at the place that `sets` describes.
fn shape_serves(shape: Shape, sets: &[ByteSet], at_start: bool, boundary: Boundary) -> bool {
    if shape.at_word_start() && !(at_start && boundary != Boundary::None) {
        return false;
    }
    let wanted = shape.sets();
    wanted.len() <= sets.len()
        && sets
            .iter()
            .zip(&wanted)
            .all(|(have, want)| have.is_subset(want))
}

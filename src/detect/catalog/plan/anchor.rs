//! The cheapest thing to look for in one way to match.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::super::byteset::ByteSet;
use super::super::fold::{byte_frequency, frequency};
use super::super::keys::Key;
use super::super::number::{MOST_DIGITS, MOST_MORE, is_decimal};
use super::super::shape::Shape;
use super::super::spec::Boundary;
use super::branch::flatten;
use super::literal::{KEY_COST, literals};
use super::places::{first_keys, is_house_number, places, runs};
use super::{Anchor, Factor, Sign, all_bytes, printed};

/// The cheapest anchor of one branch, with its rate; `None` when there is nothing
/// to look for.
pub(super) fn best_anchor(
    branch: &Hir,
    boundary: Boundary,
) -> Result<Option<(Anchor, f64)>, String> {
    /// A start further away than this is not worth walking back to.
    const FARTHEST: usize = 320;
    /// More ways to begin than this say little about where.
    const MOST_FIRST_KEYS: usize = 96;
    let parts = flatten(branch);
    let mut best: Option<(usize, Sign, f64)> = None;
    let mut lowest = f64::INFINITY;
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
        let mut nothing_yet = lowest.is_infinite();
        let mut offer = |sign: Sign, rate: f64, keys: usize| {
            // A known start saves the search for it.
            let rate = if before.0 == before.1 {
                rate
            } else {
                rate * 2.0
            };
            let cost = rate + keys as f64 * KEY_COST;
            if cost < lowest {
                lowest = cost;
                best = Some((cut, sign, rate));
            }
        };
        // Small limits give few, short literals; larger ones spell out classes,
        // which pays only when nothing else is there to hold on to.
        let tail = Hir::concat(parts[cut..].to_vec());
        for (class_limit, length) in [(4, 6), (4, 10), (4, 24), (12, 6), (12, 24), (48, 6)] {
            if let Some(factors) = literals(&tail, class_limit, length) {
                let rate: f64 = factors.iter().map(|f| frequency(&f.key)).sum();
                let keys = distinct(&factors).count();
                offer(Sign::Literal(factors), rate, keys);
                nothing_yet = false;
            }
        }
        if nothing_yet && let Some(keys) = first_keys(&tail, MOST_FIRST_KEYS)? {
            let factor = |key| Factor {
                key,
                key_at: 0,
                literal: Vec::new(),
            };
            let rate = keys.iter().map(|key| frequency(key)).sum();
            let count = keys.len();
            offer(
                Sign::Literal(keys.into_iter().map(factor).collect()),
                rate,
                count,
            );
        }
        // Words start where no word character can stand before; other shapes
        // start with a mark of their own.
        let word_start = match cut {
            0 => boundary != Boundary::None,
            _ => end_apart(&parts[..cut]),
        };
        if !word_start && !begins_with_a_mark(&parts[cut]) {
            continue;
        }
        let beginning = beginning(&parts[cut..]);
        let sets = places(&beginning, boundary)?;
        for shape in Shape::ALL {
            if shape_serves(shape, &sets, word_start) {
                let sign = if shape.is_number() {
                    Sign::Number(runs(&beginning, boundary)?)
                } else {
                    Sign::Shape(shape)
                };
                offer(sign, shape_rate(shape, &sets), 0);
            }
        }
        if word_start && sets[0].is_subset(&ByteSet::of(|b| b.is_ascii_digit())) {
            let runs = runs(&beginning, boundary)?;
            if !runs.is_empty() && runs.iter().all(|&run| is_decimal(run)) {
                offer(Sign::Number(runs), Shape::Decimal.frequency(), 0);
            }
        }
        if word_start && is_house_number(&beginning)? {
            offer(Sign::Shape(Shape::House), Shape::House.frequency(), 0);
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

/// The keys of factors, each once; they are sorted.
fn distinct(factors: &[Factor]) -> impl Iterator<Item = Key> {
    factors
        .chunk_by(|a, b| a.key == b.key)
        .map(|group| group[0].key)
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

/// Whether parts end with a byte that is no word character, whichever of the
/// optional ones take part.
fn end_apart(parts: &[Hir]) -> bool {
    let optional = |part: &&Hir| match part.kind() {
        HirKind::Repetition(rep) => rep.min == 0 && ends_apart(&rep.sub),
        _ => false,
    };
    parts
        .iter()
        .rev()
        .find(|part| !optional(part))
        .is_some_and(ends_apart)
}

/// Whether a part ends with a byte that is no word character.
fn ends_apart(part: &Hir) -> bool {
    let apart = |byte: u8| !ByteSet::word().contains(byte);
    match part.kind() {
        HirKind::Literal(literal) => literal.0.last().is_some_and(|&b| apart(b)),
        HirKind::Repetition(rep) => rep.min > 0 && ends_apart(&rep.sub),
        HirKind::Capture(capture) => ends_apart(&capture.sub),
        HirKind::Class(Class::Bytes(class)) => class
            .ranges()
            .iter()
            .all(|range| (range.start()..=range.end()).all(apart)),
        _ => false,
    }
}

/// Whether a part begins as shapes do that start anywhere.
fn begins_with_a_mark(part: &Hir) -> bool {
    let is_mark = |byte: u8| matches!(byte, b'@' | b'+' | b'(');
    match part.kind() {
        HirKind::Literal(literal) => {
            is_mark(literal.0[0]) || matches!(literal.0[..], [_, b'~', ..] | [0xC2, 0xB0, ..])
        }
        HirKind::Class(Class::Bytes(class)) => class
            .ranges()
            .iter()
            .all(|range| (range.start()..=range.end()).all(is_mark)),
        _ => false,
    }
}

/// How often a place that has `shape` fits `sets`, about, as anchors per byte.
fn shape_rate(shape: Shape, sets: &[ByteSet]) -> f64 {
    /// Places that depend on each other too much say little together.
    const TRUSTED: usize = 3;
    /// Looking at a place costs something even where nothing fits.
    const LEAST: f64 = 1e-5;
    let share = |set: &ByteSet| -> f64 { set.iter().map(|b| byte_frequency(b & 0x7F)).sum() };
    let fits: f64 = sets
        .iter()
        .zip(&shape.sets())
        .take(TRUSTED)
        .map(|(have, want)| (share(have) / share(want)).min(1.0))
        .product();
    shape.frequency() * fits + LEAST
}

/// Whether every match has `shape` at the place that `sets` describes.
fn shape_serves(shape: Shape, sets: &[ByteSet], word_start: bool) -> bool {
    if shape.at_word_start() && !word_start {
        return false;
    }
    let wanted = shape.sets();
    wanted.len() <= sets.len()
        && sets
            .iter()
            .zip(&wanted)
            .all(|(have, want)| have.is_subset(want))
}

//! All that the scan looks for, built once from the detectors: for the built-in
//! ones when the program is built.

use serde::{Deserialize, Serialize};

use super::byteset::ByteSet;
use super::compile::{Detector, Pattern};
use super::filter::Row;
use super::literals::Literals;
use super::plan::{Anchor, Sign};
use super::reach::Reaches;
use super::shape::Shape;
use super::shapes::{ShapeAnchor, Shapes};
use super::sieve::Sieve;
use super::spec::Boundary;

/// What the scan looks for. Anchors and keyword factors are numbered in the order
/// of detectors and patterns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tables {
    /// Literals of signs and of the words that patterns start from.
    pub literals: Literals,
    /// What stands around the literals of signs.
    pub sieve: Sieve,
    /// Anchors without a literal.
    pub shapes: Shapes,
    /// What lies around the signs.
    pub reaches: Reaches,
}

/// What may stand directly before the sign of an anchor.
fn before(pattern: &Pattern, anchor: &Anchor) -> ByteSet {
    let outside = match pattern.boundary {
        Boundary::None => ByteSet::ALL,
        Boundary::Word | Boundary::Number | Boundary::HexGroups => ByteSet::word().complement(),
        Boundary::Token => ByteSet::token().complement(),
    };
    match anchor.before {
        (0, 0) => outside,
        (0, _) => outside.union(anchor.walk),
        _ => anchor.walk,
    }
}

impl Tables {
    /// The tables of detectors in their order.
    pub fn new(detectors: &[Detector]) -> Tables {
        let patterns = || detectors.iter().flat_map(|detector| &detector.patterns);
        let anchors = || {
            patterns()
                .flat_map(|pattern| pattern.plan.anchors.iter().map(move |a| (pattern, a)))
                .zip(0u32..)
        };
        let signs = anchors().flat_map(|((_, anchor), id)| {
            let factors = match &anchor.sign {
                Sign::Literal(factors) => &factors[..],
                _ => &[],
            };
            factors.iter().map(move |factor| (factor, id))
        });
        let factors = detectors
            .iter()
            .flat_map(|d| d.keyword_factors.iter().chain(&d.label_factors))
            .zip(0u32..);
        let shapes: Vec<(Shape, ShapeAnchor<'_>)> = anchors()
            .filter_map(|((pattern, anchor), id)| {
                let (shape, runs): (_, &[u16]) = match &anchor.sign {
                    Sign::Literal(_) => return None,
                    Sign::Shape(shape) => (*shape, &[]),
                    Sign::Number(runs) => (Shape::Digits, runs),
                };
                let is_start = anchor.before == (0, 0);
                let shape_anchor = ShapeAnchor {
                    row: Row {
                        id,
                        before: before(pattern, anchor),
                        sets: &anchor.sets,
                    },
                    runs,
                    stands_alone: is_start && pattern.boundary == Boundary::Number,
                };
                Some((shape, shape_anchor))
            })
            .collect();
        let sets = anchors().map(|((pattern, anchor), _)| match &anchor.sign {
            Sign::Literal(_) => (before(pattern, anchor), &anchor.sets[..]),
            // Their filter asks the same.
            _ => (ByteSet::ALL, &[] as &[ByteSet]),
        });
        Tables {
            literals: Literals::new(signs, factors.map(|(word, id)| (&word.factor, id))),
            sieve: Sieve::new(sets),
            shapes: Shapes::new(&shapes),
            reaches: Reaches::new(detectors),
        }
    }
}

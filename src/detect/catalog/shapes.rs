//! The anchors of shapes, and those of numbers by how these begin.

use serde::{Deserialize, Serialize};

use super::filter::{Filter, Row};
use super::number::SLOTS;
use super::shape::Shape;

/// An anchor of a shape.
#[derive(Clone, Copy, Debug)]
pub struct ShapeAnchor<'a> {
    /// Its number and the bytes that can stand around its first places.
    pub row: Row<'a>,
    /// For shapes of numbers: the ways in which it begins.
    pub runs: &'a [u16],
    /// True when no number may go on into it, as in `1.2345678`.
    pub stands_alone: bool,
}

/// All shapes that some anchor uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shapes {
    /// By shape; none for shapes of numbers, which `numbers` has.
    pub filters: Vec<Vec<Filter>>,
    /// By shape: true when no number may go on into any of its anchors.
    pub stand_alone: Vec<bool>,
    /// Anchors that begin with a number.
    pub numbers: Numbers,
}

/// Anchors that begin with a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// By slot, first for numbers that stand alone, then for those that go on
    /// from another: a place in `filters`.
    index: [Vec<u16>; 2],
    /// Groups of filters; the first is empty.
    filters: Vec<Vec<Filter>>,
}

impl Numbers {
    fn new(anchors: &[&ShapeAnchor<'_>]) -> Numbers {
        let mut filters: Vec<Vec<Filter>> = vec![Vec::new()];
        let mut groups: Vec<Vec<usize>> = vec![Vec::new()];
        let index = [false, true].map(|attached| {
            let mut at_slot: Vec<Vec<usize>> = vec![Vec::new(); SLOTS];
            for (n, anchor) in anchors.iter().enumerate() {
                if !(attached && anchor.stands_alone) {
                    for &slot in anchor.runs {
                        at_slot[usize::from(slot)].push(n);
                    }
                }
            }
            let mut index = vec![0; SLOTS];
            for (entry, group) in index.iter_mut().zip(at_slot) {
                let known = groups.iter().position(|known| *known == group);
                *entry = known.unwrap_or_else(|| {
                    let rows: Vec<Row<'_>> = group.iter().map(|&n| anchors[n].row).collect();
                    filters.push(rows.chunks(Filter::MOST).map(Filter::new).collect());
                    groups.push(group);
                    groups.len() - 1
                }) as u16;
            }
            index
        });
        Numbers { index, filters }
    }

    /// The filters for a number in `slot`; `attached` when it goes on from another.
    #[inline]
    pub fn filters(&self, slot: u16, attached: bool) -> &[Filter] {
        &self.filters[usize::from(self.index[usize::from(attached)][usize::from(slot)])]
    }
}

impl Shapes {
    /// The anchors of each shape.
    pub fn new(anchors: &[(Shape, ShapeAnchor<'_>)]) -> Shapes {
        let of = |shape: Shape| anchors.iter().filter(move |(s, _)| *s == shape);
        let rows = |shape| -> Vec<Row<'_>> { of(shape).map(|(_, anchor)| anchor.row).collect() };
        let mut filters = vec![Vec::new(); Shape::COUNT];
        for shape in Shape::ALL.into_iter().filter(|shape| !shape.is_number()) {
            filters[shape as usize] = rows(shape).chunks(Filter::MOST).map(Filter::new).collect();
        }
        let numbers: Vec<&ShapeAnchor<'_>> = anchors
            .iter()
            .filter(|(shape, _)| shape.is_number())
            .map(|(_, anchor)| anchor)
            .collect();
        let stand_alone = |shape| of(shape).all(|(_, anchor)| anchor.stands_alone);
        Shapes {
            filters,
            stand_alone: Shape::ALL.map(stand_alone).to_vec(),
            numbers: Numbers::new(&numbers),
        }
    }
}

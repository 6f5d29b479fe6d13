//! Finds literals: one filter over the text, one hash a place that passes,
//! then tables.

use super::simd::{BLOCK, Buckets, Fold, Level, Places};
use crate::detect::catalog::buckets::Closure;
use crate::detect::catalog::fold::{FOLDED, GAP, fold};
use crate::detect::catalog::literals::Literals;

/// The alphabet of literals.
pub(super) const FOLD: Fold = Fold::new(&FOLDED, fold);

/// Folded bytes that are kept before and after the part that is searched, so
/// that literals are compared without looking at its edges.
const MARGIN: usize = 64;

/// Literals, ready to be looked for.
#[derive(Debug)]
pub(super) struct LiteralTable {
    literals: Literals,
    buckets: Buckets,
}

/// Buffers of one scan.
#[derive(Debug)]
pub(super) struct Buffers {
    /// `folded[MARGIN + i]` is the folded byte at place `i` of the block.
    folded: Box<[u8; MARGIN + BLOCK + MARGIN]>,
    places: Places,
    passed: Box<[u16; BLOCK + 1]>,
}

impl Default for Buffers {
    fn default() -> Buffers {
        Buffers {
            folded: Box::new([GAP; MARGIN + BLOCK + MARGIN]),
            places: Places::new(),
            passed: Box::new([0; BLOCK + 1]),
        }
    }
}

impl LiteralTable {
    pub(super) fn new(literals: Literals) -> LiteralTable {
        LiteralTable {
            buckets: Buckets::new(
                literals.keys.admits(Closure::Exact).rows(),
                literals.keys.admits(Closure::Nibbles).rows(),
            ),
            literals,
        }
    }

    /// Leaves in `passed` those of `places` whose four bytes may be a key, as
    /// places of the buffer, and says how many. `at_start`: the separator that
    /// one can think before the text is a place too.
    #[inline(never)]
    fn sift(
        &self,
        folded: &[u8; MARGIN + BLOCK + MARGIN],
        at_start: bool,
        places: &Places,
        passed: &mut [u16; BLOCK + 1],
    ) -> usize {
        let mut count = 0;
        if at_start {
            count += usize::from(self.literals.keys.may_hold(key_at(folded, MARGIN - 1)));
            passed[0] = MARGIN as u16 - 1;
        }
        for &place in places.as_slice() {
            let place = MARGIN + usize::from(place);
            // Written always, counted only when it passes: no branch to miss.
            passed[count.min(BLOCK)] = place as u16;
            count += usize::from(self.literals.keys.may_hold(key_at(folded, place)));
        }
        count
    }

    /// Calls `sign(start, target)` where a sign may begin and `word(start,
    /// length, target)` where a word does, for each whose key starts in the
    /// block of `text` at `from`, in order of their keys; a key may start at the
    /// separator that one can think before the text.
    #[expect(
        clippy::too_many_arguments,
        reason = "the text, its block, and who wants to know"
    )]
    pub(super) fn scan(
        &self,
        level: Level,
        text: &[u8],
        from: usize,
        words: usize,
        buffers: &mut Buffers,
        mut sign: impl FnMut(usize, u32),
        mut word: impl FnMut(usize, usize, u32),
    ) {
        if self.literals.entries.is_empty() {
            return;
        }
        let Buffers {
            folded,
            places,
            passed,
        } = buffers;
        let before = from.min(MARGIN);
        let to = (from + words * 64 + MARGIN).min(text.len());
        folded[..MARGIN - before].fill(GAP);
        let filled = MARGIN + (to - from);
        level.fold(
            FOLD,
            &text[from - before..to],
            &mut folded[MARGIN - before..filled],
        );
        let searched = MARGIN + words * 64 + MARGIN;
        folded[filled..searched.max(filled)].fill(GAP);
        level.filter(&self.buckets, &folded[MARGIN..], words, places);
        let count = self.sift(folded, from == 0, places, passed);
        for &place in &passed[..count] {
            let place = usize::from(place);
            for &entry in self.literals.keys.numbers_of(key_at(folded, place)) {
                let entry = &self.literals.entries[entry as usize];
                let start = (place as i32 - entry.back) as usize;
                // What starts with a gap may seem to start before the text.
                let Some(at) = (start + from).checked_sub(MARGIN) else {
                    continue;
                };
                for &target in &entry.signs {
                    sign(at, target);
                }
                for (literal, target) in &entry.words {
                    if folded.get(start..start + literal.len()) == Some(literal) {
                        word(at, literal.len(), *target);
                    }
                }
            }
        }
    }
}

/// The four folded bytes at a place of the buffer.
#[inline(always)]
fn key_at(folded: &[u8; MARGIN + BLOCK + MARGIN], place: usize) -> u32 {
    let bytes = folded[place..].first_chunk().expect("inside the margins");
    u32::from_le_bytes(*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::catalog::Factor;

    #[test]
    fn finds_each_literal_once_wherever_it_stands() {
        let words = ["akia", "password", "secret_key", "://x"];
        let factors: Vec<Factor> = words
            .iter()
            .map(|w| {
                let literal: Vec<u8> = w.bytes().map(fold).collect();
                let key_at = (literal.len() - 4) / 2;
                Factor {
                    key: literal[key_at..key_at + 4].try_into().unwrap(),
                    key_at: key_at as i8,
                    literal,
                }
            })
            .collect();
        let table = LiteralTable::new(Literals::new([], factors.iter().zip(0..)));
        for level in Level::all() {
            for shift in [0, 1, 50, 60, 64, 127, BLOCK - 20, BLOCK - 8, BLOCK - 1] {
                let mut text = vec![b'.'; shift];
                text.extend(b"AKIA password=1 Secret-Key http://x akia");
                let mut got = Vec::new();
                let mut buffers = Buffers::default();
                for from in (0..text.len()).step_by(BLOCK) {
                    let words = (text.len() - from).min(BLOCK).div_ceil(64);
                    let word = |at: usize, _, target| got.push((at - shift, target));
                    table.scan(level, &text, from, words, &mut buffers, |_, _| {}, word);
                }
                got.sort_unstable();
                assert_eq!(got, [(0, 0), (5, 1), (16, 2), (31, 3), (36, 0)], "{shift}");
            }
        }
    }
}

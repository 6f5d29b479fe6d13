//! Finds literals: one filter over the text, one hash a place that passes,
//! then tables.

use super::simd::{BLOCK, Buckets, Fold, Level, Places};
use crate::detect::catalog::Factor;
use crate::detect::catalog::fold::{FOLDED, GAP, fold};
use crate::detect::catalog::keys::KeyTable;

/// The alphabet of literals.
pub(super) const FOLD: Fold = Fold::new(&FOLDED, fold);

/// Folded bytes that are kept before and after the part that is searched, so
/// that literals are compared without looking at its edges.
const MARGIN: usize = 64;

/// What a literal stands for; the meaning is the caller's.
pub(super) type Target = u32;

/// Literals and what they stand for.
#[derive(Debug)]
pub(super) struct LiteralTable {
    keys: KeyTable,
    buckets: Buckets,
    entries: Vec<Entry>,
}

/// A literal, and all that it stands for: `number` is a word of fifty keywords
/// and is compared once.
#[derive(Debug)]
struct Entry {
    /// Where the literal starts, seen from the key.
    back: i32,
    literal: Box<[u8]>,
    targets: Vec<Target>,
}

/// Buffers of one scan.
#[derive(Debug)]
pub(super) struct Buffers {
    /// `folded[MARGIN + i]` is the folded byte at place `i` of the block.
    folded: Box<[u8; MARGIN + BLOCK + MARGIN]>,
    places: Places,
    passed: Vec<u16>,
}

impl Default for Buffers {
    fn default() -> Buffers {
        Buffers {
            folded: Box::new([GAP; MARGIN + BLOCK + MARGIN]),
            places: Places::new(),
            passed: vec![0; BLOCK + 1],
        }
    }
}

impl LiteralTable {
    /// Each factor with its target.
    pub(super) fn new<'a>(factors: impl IntoIterator<Item = (&'a Factor, Target)>) -> LiteralTable {
        let mut all: Vec<(&Factor, Target)> = factors.into_iter().collect();
        all.sort();
        let mut keys = Vec::new();
        let mut entries = Vec::new();
        for group in all.chunk_by(|(a, _), (b, _)| a == b) {
            let factor = group[0].0;
            keys.push((factor.key, entries.len() as u32));
            entries.push(Entry {
                back: i32::from(factor.key_at),
                literal: factor.literal.clone().into(),
                targets: group.iter().map(|(_, target)| *target).collect(),
            });
        }
        let keys = KeyTable::new(keys, fold);
        LiteralTable {
            buckets: Buckets::new(keys.admits()),
            keys,
            entries,
        }
    }

    /// Calls `found(start, length, target)` for each literal whose key starts
    /// in the block of `text` at `from`, in order of their keys; a key may
    /// start at the separator that one can think before the text. `ahead` is
    /// the text from there on, with room behind it.
    pub(super) fn scan(
        &self,
        level: Level,
        text: &[u8],
        from: usize,
        ahead: &[u8],
        words: usize,
        buffers: &mut Buffers,
        mut found: impl FnMut(usize, usize, Target),
    ) {
        if self.entries.is_empty() {
            return;
        }
        let Buffers {
            folded,
            places,
            passed,
        } = buffers;
        level.filter(&self.buckets, ahead, words, places);
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
        let key_at = |place: usize| {
            let bytes = folded[place..].first_chunk().expect("inside the margins");
            u32::from_le_bytes(*bytes)
        };
        let mut count = 0;
        if from == 0 {
            count += usize::from(self.keys.may_hold(key_at(MARGIN - 1)));
            passed[0] = MARGIN as u16 - 1;
        }
        for &place in places.as_slice() {
            let place = MARGIN + usize::from(place);
            // Written always, counted only when it passes: no branch to miss.
            passed[count] = place as u16;
            count += usize::from(self.keys.may_hold(key_at(place)));
        }
        for &place in &passed[..count] {
            let place = usize::from(place);
            for &entry in self.keys.numbers_of(key_at(place)) {
                let entry = &self.entries[entry as usize];
                let start = (place as i32 - entry.back) as usize;
                let held = folded.get(start..start + entry.literal.len());
                // A literal that starts with a gap may seem to start before the text.
                if held == Some(&entry.literal) && start + from >= MARGIN {
                    for &target in &entry.targets {
                        found(start + from - MARGIN, entry.literal.len(), target);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::simd::AHEAD;
    use super::*;

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
        let table = LiteralTable::new(factors.iter().zip(0..));
        for level in Level::all() {
            for shift in [0, 1, 50, 60, 64, 127, BLOCK - 20, BLOCK - 8, BLOCK - 1] {
                let mut text = vec![b'.'; shift];
                text.extend(b"AKIA password=1 Secret-Key http://x akia");
                let mut padded = text.clone();
                padded.resize(text.len() + 2 * BLOCK, 0);
                let mut got = Vec::new();
                let mut buffers = Buffers::default();
                for from in (0..text.len()).step_by(BLOCK) {
                    let words = (text.len() - from).min(BLOCK).div_ceil(64);
                    let ahead = &padded[from..from + words * 64 + AHEAD];
                    table.scan(
                        level,
                        &text,
                        from,
                        ahead,
                        words,
                        &mut buffers,
                        |at, _, t| {
                            got.push((at - shift, t));
                        },
                    );
                }
                got.sort_unstable();
                assert_eq!(got, [(0, 0), (5, 1), (16, 2), (31, 3), (36, 0)], "{shift}");
            }
        }
    }
}

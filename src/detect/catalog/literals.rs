//! The literals of all signs and words, by their keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::keys::{Key, KeyTable};
use super::plan::Factor;

/// Literals and what they stand for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Literals {
    /// Keys to entries.
    pub keys: KeyTable,
    /// What a key at a place can be part of.
    pub entries: Vec<Entry>,
}

/// What a key at a place can be part of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Where the literal starts, seen from the key.
    pub back: i32,
    /// Anchors whose sign begins there; what stands around the key is for the
    /// caller to look at.
    pub signs: Vec<u32>,
    /// Words that begin there, folded, and the keyword factors that they are of.
    pub words: Vec<(Vec<u8>, u32)>,
}

impl Literals {
    /// The factors of signs, each with its anchor, and of words.
    pub fn new<'a>(
        signs: impl IntoIterator<Item = (&'a Factor, u32)>,
        words: impl IntoIterator<Item = (&'a Factor, u32)>,
    ) -> Literals {
        let mut by_key: BTreeMap<(Key, i8), Entry> = BTreeMap::new();
        let mut entry = |factor: &Factor, add: &dyn Fn(&mut Entry)| {
            let entry = by_key.entry((factor.key, factor.key_at));
            add(entry.or_insert_with(|| Entry {
                back: i32::from(factor.key_at),
                signs: Vec::new(),
                words: Vec::new(),
            }));
        };
        for (factor, anchor) in signs {
            entry(factor, &|entry| {
                if entry.signs.last() != Some(&anchor) {
                    entry.signs.push(anchor);
                }
            });
        }
        for (factor, word) in words {
            entry(factor, &|entry| {
                entry.words.push((factor.literal.clone(), word));
            });
        }
        let keys = by_key.keys().zip(0..).map(|(&(key, _), id)| (key, id));
        Literals {
            keys: KeyTable::new(keys.collect()),
            entries: by_key.into_values().collect(),
        }
    }
}

//! Keys of four folded bytes: which places of a text can hold one, and what
//! stands behind it.
//!
//! A text goes through three sieves. The buckets admit a place when one of
//! sixteen groups of keys has a key with such a byte at each of the four
//! places (`buckets`); vector code asks that of many places at once. A bitmap
//! over a hash of the four bytes leaves few of those, and a table of keys the
//! true ones.

use serde::{Deserialize, Serialize};

use super::buckets::{Admits, Closure, share_out};

/// Bits of the hash: the bitmap takes 16 KiB and stays in the first-level cache.
const HASH_BITS: u32 = 17;

/// Four folded bytes.
pub type Key = [u8; 4];

/// Keys and the numbers behind them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct KeyTable {
    stored: Stored,
    /// One bit for each hash that a key has.
    bitmap: Vec<u64>,
    /// Open addressing: a key and its place in the list of keys, from 1 on.
    slots: Vec<(u32, u32)>,
}

/// What is kept of a table; the rest is soon made of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Stored {
    /// See [`KeyTable::admits`].
    exact: Admits,
    /// The same for lookups by nibbles.
    by_nibbles: Admits,
    /// The keys, in order, each with the place of its first number.
    keys: Vec<(u32, u32)>,
    numbers: Vec<u32>,
}

impl From<KeyTable> for Stored {
    fn from(table: KeyTable) -> Stored {
        table.stored
    }
}

impl From<Stored> for KeyTable {
    fn from(stored: Stored) -> KeyTable {
        let mut bitmap = vec![0u64; 1 << (HASH_BITS - 6)];
        let mut slots = vec![(0, 0); (stored.keys.len() * 2).next_power_of_two().max(4)];
        for (&(key, _), place) in stored.keys.iter().zip(1..) {
            let hash = hash(key);
            bitmap[hash >> 6] |= 1 << (hash & 63);
            let mut slot = hash & (slots.len() - 1);
            while slots[slot].1 != 0 {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] = (key, place);
        }
        KeyTable {
            stored,
            bitmap,
            slots,
        }
    }
}

impl KeyTable {
    /// A table of keys.
    pub fn new(mut keys: Vec<(Key, u32)>) -> KeyTable {
        keys.sort_unstable();
        keys.dedup();
        let mut distinct = Vec::new();
        let mut stored = Stored::default();
        for group in keys.chunk_by(|(a, _), (b, _)| a == b) {
            distinct.push(group[0].0);
            let first = stored.numbers.len() as u32;
            stored.keys.push((u32::from_le_bytes(group[0].0), first));
            stored
                .numbers
                .extend(group.iter().map(|(_, number)| *number));
        }
        stored.exact = share_out(&distinct, Closure::Exact);
        stored.by_nibbles = share_out(&distinct, Closure::Nibbles);
        stored.into()
    }

    /// True when there are no keys.
    pub fn is_empty(&self) -> bool {
        self.stored.numbers.is_empty()
    }

    /// The buckets that admit a byte, for lookups that are `closure`.
    pub fn admits(&self, closure: Closure) -> &Admits {
        match closure {
            Closure::Exact => &self.stored.exact,
            Closure::Nibbles => &self.stored.by_nibbles,
        }
    }

    /// False when `key` is none of the keys; true for nearly none but them.
    #[inline(always)]
    pub fn may_hold(&self, key: u32) -> bool {
        let hash = hash(key);
        let bitmap: &[u64; 1 << (HASH_BITS - 6)] =
            (&*self.bitmap).try_into().expect("made with this length");
        bitmap[hash >> 6] >> (hash & 63) & 1 == 1
    }

    /// The numbers behind a key.
    #[inline]
    pub fn numbers_of(&self, key: u32) -> &[u32] {
        let mut at = hash(key) & (self.slots.len() - 1);
        loop {
            let (held, place) = self.slots[at];
            if place == 0 {
                return &[];
            }
            if held == key {
                let Stored { keys, numbers, .. } = &self.stored;
                let first = keys[place as usize - 1].1 as usize;
                let end = keys.get(place as usize).map(|key| key.1 as usize);
                return &numbers[first..end.unwrap_or(numbers.len())];
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

#[inline(always)]
fn hash(key: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B1) >> (32 - HASH_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    #[test]
    fn every_key_passes_its_sieves() {
        let keys: Vec<(Key, u32)> = (0..2000u32)
            .map(|i| {
                let letter =
                    |n: u32| fold((b'A' + (n % 58) as u8) | (u8::from(n.is_multiple_of(31)) << 7));
                ([letter(i), letter(i / 7), letter(i / 3), letter(i * 5)], i)
            })
            .collect();
        let table = KeyTable::new(keys.clone());
        for (key, number) in keys {
            let word = u32::from_le_bytes(key);
            assert!(table.may_hold(word));
            assert!(table.numbers_of(word).contains(&number));
            for closure in [Closure::Exact, Closure::Nibbles] {
                assert_ne!(table.admits(closure).of(&key), 0, "{key:?}");
            }
        }
        assert!(table.numbers_of(0).is_empty());
    }
}

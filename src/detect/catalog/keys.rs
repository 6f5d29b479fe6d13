//! Keys of four folded bytes: which places of a text can hold one, and what
//! stands behind it.
//!
//! A text goes through three sieves. The buckets admit a place when one of
//! sixteen groups of keys has a key with such a byte at each of the four
//! places; vector code asks that of sixty-four places at once. A bitmap over a
//! hash of the four bytes leaves few of those, and a table of keys the true
//! ones.

use serde::{Deserialize, Serialize};

use super::fold::byte_frequency;

/// Bits of the hash: the bitmap takes 16 KiB and stays in the first-level cache.
const HASH_BITS: u32 = 17;

/// How many groups the keys are shared out among.
const BUCKETS: usize = 16;

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
    /// Four rows of 128; see [`KeyTable::admits`].
    admits: Vec<u16>,
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
    /// A table of keys in the alphabet of `fold`.
    pub fn new(mut keys: Vec<(Key, u32)>, fold: fn(u8) -> u8) -> KeyTable {
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
        stored.admits = share_out(&distinct, fold);
        stored.into()
    }

    /// True when there are no keys.
    pub fn is_empty(&self) -> bool {
        self.stored.numbers.is_empty()
    }

    /// By place and the lower seven bits of a byte: the buckets that admit it.
    pub fn admits(&self) -> &[[u16; 128]; 4] {
        self.stored
            .admits
            .as_chunks()
            .0
            .first_chunk()
            .expect("made with this length")
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

/// A group of keys: how many of them need each byte at each place.
struct Bucket {
    needs: [[u32; 128]; 4],
    /// How often text has a byte that is admitted, by place.
    passes: [f64; 4],
}

impl Bucket {
    fn cost(&self) -> f64 {
        self.passes.iter().product()
    }

    fn add(&mut self, bytes: &[Vec<u8>; 4], frequency: &[f64; 128]) {
        for ((needs, passes), bytes) in self.needs.iter_mut().zip(&mut self.passes).zip(bytes) {
            for &byte in bytes {
                let byte = usize::from(byte);
                if needs[byte] == 0 {
                    *passes += frequency[byte];
                }
                needs[byte] += 1;
            }
        }
    }

    fn remove(&mut self, bytes: &[Vec<u8>; 4], frequency: &[f64; 128]) {
        for ((needs, passes), bytes) in self.needs.iter_mut().zip(&mut self.passes).zip(bytes) {
            for &byte in bytes {
                let byte = usize::from(byte);
                needs[byte] -= 1;
                if needs[byte] == 0 {
                    *passes -= frequency[byte];
                }
            }
        }
    }

    /// What the cost would be with one more key.
    fn cost_with(&self, bytes: &[Vec<u8>; 4], frequency: &[f64; 128]) -> f64 {
        let with = |place: usize| {
            let new = bytes[place]
                .iter()
                .map(|&byte| usize::from(byte))
                .filter(|&byte| self.needs[place][byte] == 0);
            self.passes[place] + new.map(|byte| frequency[byte]).sum::<f64>()
        };
        with(0) * with(1) * with(2) * with(3)
    }
}

/// Shares the keys out among the buckets so that few places of a text pass:
/// each key goes where it adds least, and again when the others have a place.
fn share_out(keys: &[Key], fold: fn(u8) -> u8) -> Vec<u16> {
    const ROUNDS: usize = 6;
    // The lower seven bits of all bytes that fold to one.
    let spread: Vec<Vec<u8>> = (0..=255u8)
        .map(|folded| {
            let mut bytes: Vec<u8> = (0..=255u8)
                .filter(|&byte| fold(byte) == folded)
                .map(|byte| byte & 0x7F)
                .collect();
            bytes.sort_unstable();
            bytes.dedup();
            bytes
        })
        .collect();
    let frequency: [f64; 128] = std::array::from_fn(|byte| byte_frequency(byte as u8));
    let spread_of = |key: &Key| key.map(|byte| spread[usize::from(byte)].clone());
    let mut buckets: Vec<Bucket> = (0..BUCKETS)
        .map(|_| Bucket {
            needs: [[0; 128]; 4],
            passes: [0.0; 4],
        })
        .collect();
    let mut home: Vec<Option<usize>> = vec![None; keys.len()];
    for _ in 0..ROUNDS {
        for (key, home) in keys.iter().zip(&mut home) {
            let bytes = spread_of(key);
            if let Some(old) = *home {
                buckets[old].remove(&bytes, &frequency);
            }
            let added =
                |bucket: &Bucket| bucket.cost_with(&bytes, &frequency) - bucket.cost().max(0.0);
            let best = (0..BUCKETS)
                .min_by(|&a, &b| added(&buckets[a]).total_cmp(&added(&buckets[b])))
                .expect("there are buckets");
            buckets[best].add(&bytes, &frequency);
            *home = Some(best);
        }
    }
    (0..4)
        .flat_map(|place| (0..128).map(move |byte| (place, byte)))
        .map(|(place, byte)| {
            (0..BUCKETS)
                .filter(|&bucket| buckets[bucket].needs[place][byte] != 0)
                .fold(0u16, |bits, bucket| bits | 1 << bucket)
        })
        .collect()
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
        let table = KeyTable::new(keys.clone(), fold);
        for (key, number) in keys {
            let word = u32::from_le_bytes(key);
            assert!(table.may_hold(word));
            assert!(table.numbers_of(word).contains(&number));
            let admitted = (0..4).fold(u16::MAX, |bits, place| {
                bits & table.admits()[place][usize::from(key[place] & 0x7F)]
            });
            assert_ne!(admitted, 0, "{key:?}");
        }
        assert!(table.numbers_of(0).is_empty());
    }
}

//! Which keys share a bucket of the filter.
//!
//! A bucket admits four bytes when it has a key with each of them at its place,
//! not only when they are a key of it. So keys that have bytes in common belong
//! together, and what matters is how much of real text a bucket admits: that is
//! counted on the four-byte pieces that text is mostly made of.

use serde::{Deserialize, Serialize};

use super::fold::{SEPARATORS, frequency};
use super::frequency::grams;
use super::keys::Key;

/// How many groups the keys are shared out among.
const BUCKETS: usize = 16;

/// By place, the lower seven bits of a folded byte: a bit for each bucket that
/// admits it there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Admits(Vec<u16>);

impl Default for Admits {
    fn default() -> Admits {
        Admits(vec![0; 4 * 128])
    }
}

impl Admits {
    /// The rows of the four places.
    pub fn rows(&self) -> &[[u16; 128]; 4] {
        let rows = self.0.as_chunks().0.first_chunk();
        rows.expect("made with this length")
    }

    /// The buckets that admit four bytes.
    pub fn of(&self, key: &Key) -> u16 {
        let rows = self.rows().iter().zip(key);
        rows.fold(u16::MAX, |buckets, (row, &byte)| {
            buckets & row[usize::from(byte & 0x7F)]
        })
    }
}

/// What a bucket admits at a place besides the bytes of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closure {
    /// Nothing.
    Exact,
    /// What has the upper half of one of them and the lower half of another.
    Nibbles,
}

/// The pieces of text, a bit each; those of a word are equally frequent.
struct Pieces {
    weights: Vec<f64>,
    /// By place and byte: those with that byte there.
    with: [Vec<Vec<u64>>; 4],
    /// How often text has something else.
    rest: f64,
    /// By byte: how often text has it.
    bytes: [f64; 128],
}

impl Pieces {
    fn new(closure: Closure) -> Pieces {
        // The nibbles take longer to follow; the most frequent pieces will do.
        let most = match closure {
            Closure::Exact => 33,
            Closure::Nibbles => 29,
        };
        let mut weights = Vec::new();
        let mut with = [(); 4].map(|()| vec![Vec::new(); 128]);
        for (level, keys) in grams().filter(|(level, _)| *level <= most) {
            let keys = keys.as_bytes().as_chunks::<4>().0;
            for word in keys.chunks(64) {
                weights.push((-f64::from(level) / 2.0).exp2());
                for (bit, key) in word.iter().enumerate() {
                    for (with, &byte) in with.iter_mut().zip(key) {
                        let with = &mut with[usize::from(byte & 0x7F)];
                        with.resize(weights.len(), 0u64);
                        with[weights.len() - 1] |= 1 << bit;
                    }
                }
            }
        }
        for with in with.iter_mut().flatten() {
            with.resize(weights.len(), 0);
        }
        let all: f64 = grams()
            .filter(|(level, _)| *level <= most)
            .map(|(level, keys)| (keys.len() / 4) as f64 * (-f64::from(level) / 2.0).exp2())
            .sum();
        let mut bytes = [0.0; 128];
        for byte in (b'a'..=b'z').chain(b'0'..=b'9').chain(SEPARATORS) {
            bytes[usize::from(byte)] = frequency(&[byte]);
        }
        Pieces {
            weights,
            with,
            rest: (1.0 - all).max(0.1),
            bytes,
        }
    }
}

/// What a bucket admits at one place.
#[derive(Clone)]
struct Place {
    /// How many of its keys have a byte.
    needs: [u32; 128],
    admitted: u128,
    pieces: Vec<u64>,
    frequency: f64,
}

impl Place {
    fn new(pieces: &Pieces) -> Place {
        Place {
            needs: [0; 128],
            admitted: 0,
            pieces: vec![0; pieces.weights.len()],
            frequency: 0.0,
        }
    }

    /// The bytes that it would admit with one more.
    fn with(&self, byte: u8, closure: Closure) -> u128 {
        let admitted = self.admitted | 1 << byte;
        if closure == Closure::Exact || admitted == self.admitted {
            return admitted;
        }
        close(admitted)
    }

    fn admit(&mut self, admitted: u128, place: usize, pieces: &Pieces) {
        let mut new = admitted & !self.admitted;
        self.admitted = admitted;
        while new != 0 {
            let byte = new.trailing_zeros() as usize;
            new &= new - 1;
            self.frequency += pieces.bytes[byte];
            for (all, with) in self.pieces.iter_mut().zip(&pieces.with[place][byte]) {
                *all |= with;
            }
        }
    }
}

/// All bytes made of halves of these.
fn close(bytes: u128) -> u128 {
    let rows: [u16; 8] = std::array::from_fn(|row| (bytes >> (16 * row)) as u16);
    let low = rows.iter().fold(0, |all, row| all | row);
    (0..8)
        .filter(|&row| rows[row] != 0)
        .fold(0, |all, row| all | u128::from(low) << (16 * row))
}

/// How often text has four bytes that the places admit.
fn cost(places: &[Place; 4], pieces: &Pieces) -> f64 {
    let [a, b, c, d] = places;
    let mut measured = 0.0;
    for (word, weight) in pieces.weights.iter().enumerate() {
        let all = a.pieces[word] & b.pieces[word] & c.pieces[word] & d.pieces[word];
        measured += f64::from(all.count_ones()) * weight;
    }
    let chance: f64 = places.iter().map(|place| place.frequency).product();
    measured + pieces.rest * chance
}

/// Shares the keys out among the buckets so that few places of a text pass:
/// each key goes where it adds least, and again when the others have a place.
pub(super) fn share_out(keys: &[Key], closure: Closure) -> Admits {
    const ROUNDS: usize = 4;
    let pieces = Pieces::new(closure);
    let mut buckets: Vec<[Place; 4]> = vec![[(); 4].map(|()| Place::new(&pieces)); BUCKETS];
    let mut costs = [0.0; BUCKETS];
    let mut home: Vec<Option<usize>> = vec![None; keys.len()];
    for _ in 0..ROUNDS {
        for (key, home) in keys.iter().zip(&mut home) {
            let key = key.map(|byte| byte & 0x7F);
            if let Some(old) = home.take() {
                for (at, (place, byte)) in buckets[old].iter_mut().zip(key).enumerate() {
                    place.needs[usize::from(byte)] -= 1;
                    if place.needs[usize::from(byte)] == 0 {
                        let needed = (0..128u8).filter(|&b| place.needs[usize::from(b)] != 0);
                        let bytes = needed.fold(0u128, |all, b| all | 1 << b);
                        let needs = place.needs;
                        *place = Place::new(&pieces);
                        place.needs = needs;
                        let admitted = match closure {
                            Closure::Exact => bytes,
                            Closure::Nibbles => close(bytes),
                        };
                        place.admit(admitted, at, &pieces);
                    }
                }
                costs[old] = cost(&buckets[old], &pieces);
            }
            let mut best = (f64::INFINITY, 0, None);
            for (number, bucket) in buckets.iter().enumerate() {
                let bytes = |at: usize| bucket[at].with(key[at], closure);
                let admitted: [u128; 4] = std::array::from_fn(bytes);
                if admitted
                    .iter()
                    .zip(bucket)
                    .all(|(new, old)| *new == old.admitted)
                {
                    best = (0.0, number, None);
                    break;
                }
                let mut with = bucket.clone();
                for (at, (place, admitted)) in with.iter_mut().zip(admitted).enumerate() {
                    place.admit(admitted, at, &pieces);
                }
                let after = cost(&with, &pieces);
                if after - costs[number] < best.0 {
                    best = (after - costs[number], number, Some((with, after)));
                }
            }
            let (_, number, changed) = best;
            if let Some((with, after)) = changed {
                buckets[number] = with;
                costs[number] = after;
            }
            for (place, byte) in buckets[number].iter_mut().zip(key) {
                place.needs[usize::from(byte)] += 1;
            }
            *home = Some(number);
        }
    }
    let admits = |place: usize, byte: usize| {
        (0..BUCKETS)
            .filter(|&bucket| buckets[bucket][place].needs[byte] != 0)
            .fold(0u16, |bits, bucket| bits | 1 << bucket)
    };
    let places = (0..4).flat_map(|place| (0..128).map(move |byte| (place, byte)));
    Admits(places.map(|(place, byte)| admits(place, byte)).collect())
}

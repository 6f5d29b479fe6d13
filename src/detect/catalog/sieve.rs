//! Which anchors can stand at a place, by the bytes there: asked before any
//! regex runs, because hardly any do.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::byteset::ByteSet;
use super::fold::byte_frequency;

/// For each anchor the bytes that can stand at the places from its sign on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sieve {
    /// Each set that some anchor asks for, once.
    sets: Vec<ByteSet>,
    /// By anchor: its part of `asks`.
    anchors: Vec<(u32, u32)>,
    asks: Vec<Ask>,
}

/// That a byte at a place is in a set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Ask {
    /// From the sign on; -1 is the byte before it.
    place: i16,
    set: u16,
}

impl Sieve {
    /// By anchor: what may stand before its sign, and the sets of its first places.
    pub fn new<'a>(anchors: impl IntoIterator<Item = (ByteSet, &'a [ByteSet])>) -> Sieve {
        let mut sieve = Sieve::default();
        let mut known: HashMap<ByteSet, u16> = HashMap::new();
        for (before, sets) in anchors {
            let first = sieve.asks.len() as u32;
            // What fewest bytes pass comes first.
            let mut asks: Vec<(f64, i16, &ByteSet)> = (-1..)
                .zip(std::iter::once(&before).chain(sets))
                .filter(|(_, set)| **set != ByteSet::ALL)
                .map(|(place, set)| (passes(set), place, set))
                .collect();
            asks.sort_by(|(a, _, _), (b, _, _)| a.total_cmp(b));
            for (_, place, set) in asks {
                let id = *known.entry(*set).or_insert_with(|| {
                    sieve.sets.push(*set);
                    (sieve.sets.len() - 1) as u16
                });
                sieve.asks.push(Ask { place, set: id });
            }
            sieve.anchors.push((first, sieve.asks.len() as u32));
        }
        sieve
    }

    /// Whether the sign of `anchor` can stand at `at`.
    #[inline]
    pub fn passes(&self, anchor: u32, text: &[u8], at: usize) -> bool {
        let (first, end) = self.anchors[anchor as usize];
        self.asks[first as usize..end as usize].iter().all(|ask| {
            let set = &self.sets[usize::from(ask.set)];
            match at.checked_add_signed(isize::from(ask.place)) {
                // Behind the text stands a byte that ends every token.
                Some(at) => set.contains(text.get(at).copied().unwrap_or(0)),
                None => true,
            }
        })
    }
}

/// How much of text a set holds, about.
fn passes(set: &ByteSet) -> f64 {
    set.iter().map(|byte| byte_frequency(byte & 0x7F)).sum()
}

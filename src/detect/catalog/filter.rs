//! Which of many rows of byte sets fit at a place: one table lookup and one
//! `and` a byte serve up to 32 of them.

use serde::{Deserialize, Serialize};

use super::byteset::ByteSet;

/// How many places the byte filter looks at.
const PLACES: usize = 16;

/// Where a row of the filter has what may stand before these places.
const BEFORE: usize = PLACES;

/// What is asked of the bytes at a place.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its number, which the filter gives back.
    pub id: u32,
    /// What may stand before the place, unless the text begins there.
    pub before: ByteSet,
    /// What may stand there and behind it.
    pub sets: &'a [ByteSet],
}

/// Which of a number of byte-set rows fit at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Bytes that no set tells apart share a class.
    #[serde(with = "super::bytes")]
    class_of: Vec<u8>,
    /// For each place and class, a bit for each row that admits it.
    #[serde(with = "rows")]
    admits: Vec<[u32; PLACES + 1]>,
    /// The ids behind the bits.
    ids: Vec<u32>,
}

impl Filter {
    /// How many rows one filter takes.
    pub const MOST: usize = 32;

    /// Of at most [`Filter::MOST`] rows.
    pub fn new(rows: &[Row<'_>]) -> Filter {
        let mut class_of = vec![0u8; 256];
        let mut admits: Vec<[u32; PLACES + 1]> = Vec::new();
        for byte in 0..=255u8 {
            let mut entries = [0u32; PLACES + 1];
            for (bit, row) in rows.iter().enumerate() {
                let (places, before) = entries.split_at_mut(BEFORE);
                before[0] |= u32::from(row.before.contains(byte)) << bit;
                for (place, entry) in places.iter_mut().enumerate() {
                    // Past the sets that the planner gave, anything goes.
                    if row.sets.get(place).is_none_or(|set| set.contains(byte)) {
                        *entry |= 1 << bit;
                    }
                }
            }
            let class = admits
                .iter()
                .position(|known| *known == entries)
                .unwrap_or_else(|| {
                    admits.push(entries);
                    admits.len() - 1
                });
            class_of[usize::from(byte)] = class as u8;
        }
        Filter {
            class_of,
            admits,
            ids: rows.iter().map(|row| row.id).collect(),
        }
    }

    /// Calls `found` for each row that fits at `at`.
    #[inline]
    pub fn fits(&self, text: &[u8], at: usize, mut found: impl FnMut(u32)) {
        let class_of: &[u8; 256] = (&*self.class_of).try_into().expect("made with this length");
        let admits = |byte: u8| &self.admits[usize::from(class_of[usize::from(byte)])];
        let mut live = match at.checked_sub(1) {
            Some(before) => admits(text[before])[BEFORE],
            None => u32::MAX,
        };
        for place in 0..PLACES {
            // Past the end of the text stands a byte that ends every token.
            let byte = text.get(at + place).copied().unwrap_or(0);
            live &= admits(byte)[place];
            if live == 0 {
                return;
            }
        }
        while live != 0 {
            found(self.ids[live.trailing_zeros() as usize]);
            live &= live - 1;
        }
    }
}

/// Rows as bytes, the lowest first.
mod rows {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::PLACES;

    pub(super) fn serialize<S: Serializer>(
        rows: &[[u32; PLACES + 1]],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let bytes = rows.as_flattened().iter().flat_map(|row| row.to_le_bytes());
        to.serialize_bytes(&bytes.collect::<Vec<u8>>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<[u32; PLACES + 1]>, D::Error> {
        let (entries, _) = <&[u8]>::deserialize(from)?.as_chunks::<4>();
        let (rows, _) = entries.as_chunks::<{ PLACES + 1 }>();
        Ok(rows.iter().map(|row| row.map(u32::from_le_bytes)).collect())
    }
}

//! Which of many rows of byte sets fit at a place: one table lookup and one
//! `and` a byte serve up to 32 of them.

use serde::{Deserialize, Serialize};

use super::byteset::ByteSet;

/// How many places the byte filter looks at.
const PLACES: usize = 16;

/// Which of a number of byte-set rows fit at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Bytes that no set tells apart share a class.
    #[serde(with = "super::bytes")]
    class_of: Vec<u8>,
    /// For each place and class, a bit for each anchor that admits it.
    #[serde(with = "rows")]
    admits: Vec<[u32; PLACES]>,
    /// The anchors behind the bits.
    anchors: Vec<u32>,
}

impl Filter {
    /// How many rows one filter takes.
    pub const MOST: usize = 32;

    /// At most [`Filter::MOST`] anchors, each with its byte sets.
    pub fn new(anchors: &[(u32, &[ByteSet])]) -> Filter {
        let mut class_of = vec![0u8; 256];
        let mut admits: Vec<[u32; PLACES]> = Vec::new();
        for byte in 0..=255u8 {
            let mut row = [0u32; PLACES];
            for (bit, (_, sets)) in anchors.iter().enumerate() {
                for (place, entry) in row.iter_mut().enumerate() {
                    // Past the sets that the planner gave, anything goes.
                    if sets.get(place).is_none_or(|set| set.contains(byte)) {
                        *entry |= 1 << bit;
                    }
                }
            }
            let class = admits
                .iter()
                .position(|known| *known == row)
                .unwrap_or_else(|| {
                    admits.push(row);
                    admits.len() - 1
                });
            class_of[usize::from(byte)] = class as u8;
        }
        Filter {
            class_of,
            admits,
            anchors: anchors.iter().map(|(id, _)| *id).collect(),
        }
    }

    /// Calls `found` for each anchor that fits at `at`.
    #[inline]
    pub fn fits(&self, text: &[u8], at: usize, mut found: impl FnMut(u32)) {
        let class_of: &[u8; 256] = (&*self.class_of).try_into().expect("made with this length");
        let mut live = u32::MAX;
        for place in 0..PLACES {
            // Past the end of the text stands a byte that ends every token.
            let byte = text.get(at + place).copied().unwrap_or(0);
            live &= self.admits[usize::from(class_of[usize::from(byte)])][place];
            if live == 0 {
                return;
            }
        }
        while live != 0 {
            found(self.anchors[live.trailing_zeros() as usize]);
            live &= live - 1;
        }
    }
}

/// Rows as bytes, the lowest first.
mod rows {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::PLACES;

    pub(super) fn serialize<S: Serializer>(
        rows: &[[u32; PLACES]],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let bytes = rows.as_flattened().iter().flat_map(|row| row.to_le_bytes());
        to.serialize_bytes(&bytes.collect::<Vec<u8>>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<[u32; PLACES]>, D::Error> {
        let (entries, _) = <&[u8]>::deserialize(from)?.as_chunks::<4>();
        let (rows, _) = entries.as_chunks::<PLACES>();
        Ok(rows.iter().map(|row| row.map(u32::from_le_bytes)).collect())
    }
}

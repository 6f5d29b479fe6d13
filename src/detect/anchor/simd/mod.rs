//! Sixty-four bytes at a time: the one module with `unsafe` in it.
//!
//! Each operation exists in a portable form, which is the definition and what
//! processors without a form of their own run, and in forms for AVX2 and
//! AVX-512. Which one runs is decided once, from what the processor says. The
//! shapes are shifts and ands on words of bits; there is one source for them
//! (`gates`), which the compiler turns into vector code for each level.
//!
//! Nothing here knows what is being looked for. `unsafe` is needed for two
//! things: to call functions that were compiled for more than the base
//! processor, which [`Level`] proves to be there, and to load and store whole
//! vectors, always inside of arrays whose length the types tell.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use super::gates::{self, Gates};

/// Words of sixty-four places that are looked at together.
pub(crate) const WORDS: usize = 128;

/// Bytes that are looked at together: with their masks they fit in the
/// first-level cache.
pub(crate) const BLOCK: usize = WORDS * 64;

/// Bytes that must stand behind the last word so that it can be read ahead.
pub(crate) const AHEAD: usize = 64;

/// For each class a bit a byte. Slot 0 holds the word before the first one, the
/// last slot the word behind the block.
#[derive(Debug)]
pub(crate) struct Masks {
    /// `0-9`.
    pub(crate) digit: [u64; WORDS + 2],
    /// `A-Z`.
    pub(crate) upper: [u64; WORDS + 2],
    /// `a-z`.
    pub(crate) lower: [u64; WORDS + 2],
    /// `A-Z a-z 0-9 _`.
    pub(crate) word: [u64; WORDS + 2],
    /// Digits and the separators ` -./`.
    pub(crate) joined: [u64; WORDS + 2],
    /// `0-9 A-F a-f`.
    pub(crate) hex: [u64; WORDS + 2],
    /// `A-Z 0-9 <`.
    pub(crate) capital: [u64; WORDS + 2],
    /// `:` and `-`.
    pub(crate) colon: [u64; WORDS + 2],
    /// `@`.
    pub(crate) at: [u64; WORDS + 2],
    /// `+`.
    pub(crate) plus: [u64; WORDS + 2],
    /// `(`.
    pub(crate) paren: [u64; WORDS + 2],
    /// `.`.
    pub(crate) dot: [u64; WORDS + 2],
    /// The space.
    pub(crate) space: [u64; WORDS + 2],
    /// `~`.
    pub(crate) tilde: [u64; WORDS + 2],
    /// The two bytes of `°`.
    pub(crate) degree: [[u64; WORDS + 2]; 2],
}

impl Masks {
    /// All clear.
    pub(crate) fn new() -> Masks {
        let none = [0; WORDS + 2];
        Masks {
            digit: none,
            upper: none,
            lower: none,
            word: none,
            joined: none,
            hex: none,
            capital: none,
            colon: none,
            at: none,
            plus: none,
            paren: none,
            dot: none,
            space: none,
            tilde: none,
            degree: [none; 2],
        }
    }
}

/// Classes by bit, for the lookups that give eight at once.
mod class {
    pub(super) const DIGIT: u8 = 1;
    pub(super) const UPPER: u8 = 2;
    pub(super) const LOWER: u8 = 4;
    pub(super) const UNDERSCORE: u8 = 8;
    pub(super) const SEPARATOR: u8 = 16;
    pub(super) const HEX: u8 = 32;
    pub(super) const CAPITAL: u8 = 64;
    pub(super) const COLON: u8 = 128;
    pub(super) const WORD: u8 = DIGIT | UPPER | LOWER | UNDERSCORE;
    pub(super) const JOINED: u8 = DIGIT | SEPARATOR;

    /// The classes of a byte below 0x80; bytes above have none.
    pub(super) const fn of(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => DIGIT | HEX | CAPITAL,
            b'A'..=b'F' => UPPER | HEX | CAPITAL,
            b'G'..=b'Z' => UPPER | CAPITAL,
            b'a'..=b'f' => LOWER | HEX,
            b'g'..=b'z' => LOWER,
            b'_' => UNDERSCORE,
            b' ' | b'.' | b'/' => SEPARATOR,
            b'-' => SEPARATOR | COLON,
            b':' => COLON,
            b'<' => CAPITAL,
            _ => 0,
        }
    }

    pub(super) const TABLE: [u8; 128] = {
        let mut table = [0; 128];
        let mut byte = 0;
        while byte < 128 {
            table[byte] = of(byte as u8);
            byte += 1;
        }
        table
    };
}

/// A filter for keys of four bytes. The keys are shared out among sixteen
/// buckets; a place passes when some bucket admits each of its four bytes there.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    /// By half of the buckets, place and the lower seven bits of a byte: a bit
    /// for each bucket that admits it.
    exact: [[Table; 4]; 2],
    /// Other buckets in two lookups of four bits each, which admits a little more.
    nibbles: [[Nibbles; 4]; 2],
    /// Both halves of the exact ones in one word.
    wide: [Wide; 4],
}

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Table([u8; 128]);

#[derive(Clone, Copy, Debug)]
struct Wide([u16; 128]);

#[derive(Clone, Copy, Debug, Default)]
struct Nibbles {
    low: [u8; 16],
    high: [u8; 16],
}

impl Default for Table {
    fn default() -> Table {
        Table([0; 128])
    }
}

impl Default for Wide {
    fn default() -> Wide {
        Wide([0; 128])
    }
}

impl Buckets {
    /// By place and the lower seven bits of a byte, a bit for each of sixteen
    /// buckets: as exact lookups take them, and shared out for lookups by nibbles.
    pub(crate) fn new(exact: &[[u16; 128]; 4], by_nibbles: &[[u16; 128]; 4]) -> Buckets {
        let mut buckets = Buckets::default();
        for (place, row) in exact.iter().enumerate() {
            buckets.wide[place] = Wide(*row);
            for (byte, bits) in row.iter().enumerate() {
                for (half, bits) in bits.to_le_bytes().into_iter().enumerate() {
                    buckets.exact[half][place].0[byte] = bits;
                }
            }
        }
        for (place, row) in by_nibbles.iter().enumerate() {
            for (byte, bits) in row.iter().enumerate() {
                for (half, bits) in bits.to_le_bytes().into_iter().enumerate() {
                    let nibbles = &mut buckets.nibbles[half][place];
                    nibbles.low[byte & 15] |= bits;
                    // Bytes above 0x7F share the entries of those below.
                    nibbles.high[byte >> 4] |= bits;
                    nibbles.high[(byte >> 4) + 8] |= bits;
                }
            }
        }
        buckets
    }
}

/// Places within a block.
#[derive(Debug)]
pub(crate) struct Places {
    at: Box<[u16; BLOCK + 64]>,
    len: usize,
}

impl Places {
    pub(crate) fn new() -> Places {
        Places {
            at: Box::new([0; BLOCK + 64]),
            len: 0,
        }
    }

    pub(crate) fn as_slice(&self) -> &[u16] {
        &self.at[..self.len]
    }
}

/// Two ways to make bytes alike before they are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fold {
    table: &'static [u8; 128],
    /// By the lower half of a byte below 0x80: a bit for each upper half with which
    /// it does not become a space.
    kept: [u8; 16],
    /// The same for one byte at a time.
    one: fn(u8) -> u8,
}

/// A level of vector instructions that this processor has. Only [`Level::all`]
/// and [`Level::best`] make one, so holding one proves that they are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// Calls the form of an operation for a level.
macro_rules! dispatch {
    ($level:expr, $name:ident ( $($argument:expr),* )) => {
        match $level.0 {
            Kind::Portable => portable::$name($($argument),*),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => {
                #[allow(unsafe_code, reason = "the level proves what the function needs")]
                // SAFETY: `Kind::Avx2` is only made where the processor has AVX2.
                unsafe { avx2::$name($($argument),*) }
            }
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => {
                #[allow(unsafe_code, reason = "the level proves what the function needs")]
                // SAFETY: `Kind::Avx512` is only made where the processor has
                // the parts of AVX-512 that `avx512` names.
                unsafe { avx512::$name($($argument),*) }
            }
        }
    };
}

impl Level {
    /// Every level that this processor has, the plainest first.
    pub(crate) fn all() -> Vec<Level> {
        let mut levels = vec![Level(Kind::Portable)];
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("popcnt");
            if avx2 {
                levels.push(Level(Kind::Avx2));
            }
            if avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vbmi")
                && is_x86_feature_detected!("avx512vbmi2")
            {
                levels.push(Level(Kind::Avx512));
            }
        }
        levels
    }

    /// The fastest level that this processor has.
    pub(crate) fn best() -> Level {
        static BEST: OnceLock<Level> = OnceLock::new();
        *BEST.get_or_init(|| {
            *Level::all()
                .last()
                .expect("there is always the portable one")
        })
    }

    /// Fills `masks` for `words` words of `text` and the one behind them. Slot 0 is
    /// the caller's.
    ///
    /// # Panics
    /// When `text` is shorter than `words * 64 + AHEAD` bytes.
    pub(crate) fn classify(self, text: &[u8], words: usize, masks: &mut Masks) {
        assert!(words <= WORDS && text.len() >= words * 64 + AHEAD);
        dispatch!(self, classify(text, words, masks));
    }

    /// Finds the starts of all shapes in `words` words.
    pub(crate) fn gates(self, masks: &Masks, words: usize, gates: &mut Gates) {
        assert!(words <= WORDS);
        dispatch!(self, gates(masks, words, gates));
    }

    /// Folds `text` into `out`, which has the same length.
    pub(crate) fn fold(self, fold: Fold, text: &[u8], out: &mut [u8]) {
        assert_eq!(text.len(), out.len());
        dispatch!(self, fold(fold, text, out));
    }

    /// The places in `words` words of `text` that `buckets` admit.
    ///
    /// # Panics
    /// When `text` is shorter than `words * 64 + AHEAD` bytes.
    pub(crate) fn filter(self, buckets: &Buckets, text: &[u8], words: usize, places: &mut Places) {
        assert!(words <= WORDS && text.len() >= words * 64 + AHEAD);
        dispatch!(self, filter(buckets, text, words, places));
    }
}

impl Fold {
    /// `table` says what becomes of bytes below 0x80, as `one` does; those above
    /// stay. Letters may lose their case; of all others each stays or becomes a
    /// space.
    pub(crate) const fn new(table: &'static [u8; 128], one: fn(u8) -> u8) -> Fold {
        let mut kept = [0; 16];
        let mut byte = 0;
        while byte < 128 {
            let folded = table[byte];
            let stays = folded == (byte as u8).to_ascii_lowercase();
            assert!(stays || folded == b' ');
            if stays {
                kept[byte & 15] |= 1 << (byte >> 4);
            }
            byte += 1;
        }
        Fold { table, kept, one }
    }
}

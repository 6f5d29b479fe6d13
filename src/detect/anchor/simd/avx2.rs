//! For processors with AVX2.
#![allow(
    unsafe_code,
    reason = "loads and stores of whole vectors inside arrays"
)]

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_blendv_epi8, _mm256_broadcastsi128_si256,
    _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    _mm256_storeu_si256, _mm256_sub_epi8,
};

use super::{Buckets, Fold, Gates, Masks, Nibbles, Places, gates};

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the array has the 32 bytes that are read; no alignment is asked.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// Sixteen bytes in both halves of a register.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn twice(bytes: &[u8; 16]) -> __m256i {
    // SAFETY: the array has the 16 bytes that are read; no alignment is asked.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}

/// Lanes in `first .. first + count`, as unsigned bytes.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn within(x: __m256i, first: u8, count: u8) -> __m256i {
    let moved = _mm256_sub_epi8(x, _mm256_set1_epi8(first as i8));
    _mm256_cmpeq_epi8(
        _mm256_min_epu8(moved, _mm256_set1_epi8(count as i8 - 1)),
        moved,
    )
}

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn equals(x: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(x, _mm256_set1_epi8(byte as i8))
}

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn or3(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_or_si256(a, b), c)
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub(super) fn classify(text: &[u8], words: usize, masks: &mut Masks) {
    for (slot, word) in (1..).zip(text.as_chunks::<64>().0.iter().take(words + 1)) {
        let halves = word.as_chunks::<32>().0;
        let x = [load(&halves[0]), load(&halves[1])];
        let lower_of = x.map(|x| _mm256_or_si256(x, _mm256_set1_epi8(0x20)));
        let join = |v: [__m256i; 2]| {
            let bits = |v| u64::from(_mm256_movemask_epi8(v) as u32);
            bits(v[0]) | bits(v[1]) << 32
        };
        let digit = x.map(|x| within(x, b'0', 10));
        let upper = x.map(|x| within(x, b'A', 26));
        let lower = x.map(|x| within(x, b'a', 26));
        let minus = x.map(|x| equals(x, b'-'));
        let under = x.map(|x| equals(x, b'_'));
        let space = x.map(|x| equals(x, b' '));
        let marks = x.map(|x| within(x, b'-', 3));
        let hexes = lower_of.map(|x| within(x, b'a', 6));
        let less = x.map(|x| equals(x, b'<'));
        let colon = x.map(|x| equals(x, b':'));
        let merge = |a: [__m256i; 2], b: [__m256i; 2]| {
            [_mm256_or_si256(a[0], b[0]), _mm256_or_si256(a[1], b[1])]
        };
        let merge3 = |a: [__m256i; 2], b: [__m256i; 2], c: [__m256i; 2]| {
            [or3(a[0], b[0], c[0]), or3(a[1], b[1], c[1])]
        };
        masks.digit[slot] = join(digit);
        masks.upper[slot] = join(upper);
        masks.lower[slot] = join(lower);
        masks.word[slot] = join(merge(merge3(digit, upper, lower), under));
        masks.joined[slot] = join(merge3(digit, marks, space));
        masks.hex[slot] = join(merge(digit, hexes));
        masks.capital[slot] = join(merge3(upper, digit, less));
        masks.colon[slot] = join(merge(minus, colon));
        masks.at[slot] = join(x.map(|x| equals(x, b'@')));
        masks.plus[slot] = join(x.map(|x| equals(x, b'+')));
        masks.paren[slot] = join(x.map(|x| equals(x, b'(')));
        masks.dot[slot] = join(x.map(|x| equals(x, b'.')));
        masks.space[slot] = join(space);
        masks.tilde[slot] = join(x.map(|x| equals(x, b'~')));
        masks.degree[0][slot] = join(x.map(|x| equals(x, 0xC2)));
        masks.degree[1][slot] = join(x.map(|x| equals(x, 0xB0)));
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub(super) fn gates(masks: &Masks, words: usize, out: &mut Gates) {
    gates::fill(masks, words, out);
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub(super) fn fold(fold: Fold, text: &[u8], out: &mut [u8]) {
    // Upper halves from 8 on have no bit: a byte above 0x7F is never kept here.
    const UPPER_HALVES: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];
    let (kept, halves) = (twice(&fold.kept), twice(&UPPER_HALVES));
    let low_bits = _mm256_set1_epi8(15);
    let (words, rest) = text.as_chunks::<32>();
    let (out_words, out_rest) = out.as_chunks_mut::<32>();
    for (to, from) in out_words.iter_mut().zip(words) {
        let x = load(from);
        let low = _mm256_shuffle_epi8(kept, _mm256_and_si256(x, low_bits));
        let high = _mm256_and_si256(_mm256_srli_epi16(x, 4), low_bits);
        let both = _mm256_and_si256(low, _mm256_shuffle_epi8(halves, high));
        let lost = _mm256_cmpeq_epi8(both, _mm256_setzero_si256());
        let case = _mm256_and_si256(within(x, b'A', 26), _mm256_set1_epi8(32));
        let space = _mm256_set1_epi8(b' ' as i8);
        let folded = _mm256_blendv_epi8(_mm256_or_si256(x, case), space, lost);
        // By the highest bit: bytes above 0x7F stay.
        let folded = _mm256_blendv_epi8(folded, x, x);
        // SAFETY: the array has the 32 bytes that are written.
        unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), folded) }
    }
    for (to, &from) in out_rest.iter_mut().zip(rest) {
        *to = (fold.one)(from);
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub(super) fn filter(buckets: &Buckets, text: &[u8], words: usize, places: &mut Places) {
    let tables = |half: usize| {
        let of = |place: usize| {
            let Nibbles { low, high } = &buckets.nibbles[half][place];
            (twice(low), twice(high))
        };
        [of(0), of(1), of(2), of(3)]
    };
    let halves = [tables(0), tables(1)];
    let low_bits = _mm256_set1_epi8(15);
    let mut len = 0;
    for word in 0..words * 2 {
        let quads: &[u8; 35] = text[word * 32..]
            .first_chunk()
            .expect("the caller has checked the length");
        let x: [__m256i; 4] = [
            load(quads[..32].try_into().expect("32 of 35")),
            load(quads[1..33].try_into().expect("32 of 35")),
            load(quads[2..34].try_into().expect("32 of 35")),
            load(quads[3..35].try_into().expect("32 of 35")),
        ];
        let low = x.map(|x| _mm256_and_si256(x, low_bits));
        let high = x.map(|x| _mm256_and_si256(_mm256_srli_epi16(x, 4), low_bits));
        let admitted = halves.map(|tables| {
            let at = |place: usize| {
                _mm256_and_si256(
                    _mm256_shuffle_epi8(tables[place].0, low[place]),
                    _mm256_shuffle_epi8(tables[place].1, high[place]),
                )
            };
            _mm256_and_si256(
                _mm256_and_si256(at(0), at(1)),
                _mm256_and_si256(at(2), at(3)),
            )
        });
        let any = _mm256_or_si256(admitted[0], admitted[1]);
        let none = _mm256_cmpeq_epi8(any, _mm256_setzero_si256());
        let mut passed = !(_mm256_movemask_epi8(none) as u32);
        while passed != 0 {
            places.at[len] = (word * 32) as u16 + passed.trailing_zeros() as u16;
            len += 1;
            passed &= passed - 1;
        }
    }
    places.len = len;
}

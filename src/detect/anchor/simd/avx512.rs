//! For processors with AVX-512 and its byte permutations (VBMI, VBMI2).
#![allow(
    unsafe_code,
    reason = "loads and stores of whole vectors inside arrays"
)]

use std::arch::x86_64::{
    __m512i, _mm512_add_epi16, _mm512_and_si512, _mm512_cmpeq_epi8_mask, _mm512_loadu_si512,
    _mm512_mask_mov_epi8, _mm512_maskz_compress_epi16, _mm512_maskz_permutex2var_epi8,
    _mm512_movepi8_mask, _mm512_permutex2var_epi8, _mm512_set1_epi8, _mm512_set1_epi16,
    _mm512_storeu_si512, _mm512_test_epi8_mask,
};

use super::{Buckets, Fold, Gates, Masks, Places, Table, class, gates};

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn load(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the array has the 64 bytes that are read; no alignment is asked.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn store(to: &mut [u8; 64], v: __m512i) {
    // SAFETY: the array has the 64 bytes that are written; no alignment is asked.
    unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), v) }
}

/// A table of 128 bytes in two registers.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn halves(table: &[u8; 128]) -> (__m512i, __m512i) {
    let (low, high) = table.split_at(64);
    let half = |bytes: &[u8]| load(bytes.try_into().expect("half of 128"));
    (half(low), half(high))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
pub(super) fn classify(text: &[u8], words: usize, masks: &mut Masks) {
    let (low, high) = halves(&class::TABLE);
    for (slot, word) in (1..).zip(text.as_chunks::<64>().0.iter().take(words + 1)) {
        let x = load(word);
        let ascii = !_mm512_movepi8_mask(x);
        let classes = _mm512_maskz_permutex2var_epi8(ascii, low, x, high);
        let within = |set: u8| _mm512_test_epi8_mask(classes, _mm512_set1_epi8(set as i8));
        let equal = |byte: u8| _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(byte as i8));
        masks.digit[slot] = within(class::DIGIT);
        masks.upper[slot] = within(class::UPPER);
        masks.lower[slot] = within(class::LOWER);
        masks.word[slot] = within(class::WORD);
        masks.joined[slot] = within(class::JOINED);
        masks.hex[slot] = within(class::HEX);
        masks.capital[slot] = within(class::CAPITAL);
        masks.colon[slot] = within(class::COLON);
        masks.at[slot] = equal(b'@');
        masks.plus[slot] = equal(b'+');
        masks.paren[slot] = equal(b'(');
        masks.dot[slot] = equal(b'.');
        masks.space[slot] = equal(b' ');
        masks.tilde[slot] = equal(b'~');
        masks.degree[0][slot] = equal(0xC2);
        masks.degree[1][slot] = equal(0xB0);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
pub(super) fn gates(masks: &Masks, words: usize, out: &mut Gates) {
    gates::fill(masks, words, out);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
pub(super) fn fold(fold: Fold, text: &[u8], out: &mut [u8]) {
    let (low, high) = halves(fold.table);
    let (words, rest) = text.as_chunks::<64>();
    let (out_words, out_rest) = out.as_chunks_mut::<64>();
    for (to, from) in out_words.iter_mut().zip(words) {
        let x = load(from);
        let folded = _mm512_permutex2var_epi8(low, x, high);
        store(to, _mm512_mask_mov_epi8(folded, _mm512_movepi8_mask(x), x));
    }
    for (to, &from) in out_rest.iter_mut().zip(rest) {
        *to = (fold.one)(from);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
pub(super) fn filter(buckets: &Buckets, text: &[u8], words: usize, places: &mut Places) {
    let tables = |half: usize| {
        let of = |place: usize| {
            let Table(table) = &buckets.exact[half][place];
            halves(table)
        };
        [of(0), of(1), of(2), of(3)]
    };
    let (first, second) = (tables(0), tables(1));
    let mut base = load(&INDEX);
    let step = _mm512_set1_epi16(32);
    let mut len = 0;
    for word in 0..words {
        let quads: &[u8; 67] = text[word * 64..]
            .first_chunk()
            .expect("the caller has checked the length");
        let x: [__m512i; 4] = [
            load(quads[..64].try_into().expect("64 of 67")),
            load(quads[1..65].try_into().expect("64 of 67")),
            load(quads[2..66].try_into().expect("64 of 67")),
            load(quads[3..67].try_into().expect("64 of 67")),
        ];
        let admitted = |tables: &[(__m512i, __m512i); 4]| {
            let at =
                |place: usize| _mm512_permutex2var_epi8(tables[place].0, x[place], tables[place].1);
            let (ab, cd) = (
                _mm512_and_si512(at(0), at(1)),
                _mm512_and_si512(at(2), at(3)),
            );
            _mm512_test_epi8_mask(ab, cd)
        };
        let passed = admitted(&first) | admitted(&second);
        for half in [passed as u32, (passed >> 32) as u32] {
            let to: &mut [u16; 32] = places.at[len..]
                .first_chunk_mut()
                .expect("there is room behind the last place");
            // SAFETY: the array has the 64 bytes that are written.
            unsafe {
                _mm512_storeu_si512(
                    to.as_mut_ptr().cast(),
                    _mm512_maskz_compress_epi16(half, base),
                );
            }
            len += half.count_ones() as usize;
            base = _mm512_add_epi16(base, step);
        }
    }
    places.len = len;
}

/// The numbers 0 to 31 as two bytes each.
static INDEX: [u8; 64] = {
    let mut index = [0; 64];
    let mut i = 0;
    while i < 32 {
        index[2 * i] = i as u8;
        i += 1;
    }
    index
};

//! The plain forms: what the others are tested against, and what processors
//! without a form of their own run.

use super::{Buckets, Fold, Gates, Masks, Places, class, gates};

/// Gathers one bit a byte: `bytes` hold 0 or 1.
#[inline(always)]
fn bits(bytes: &[u8; 64]) -> u64 {
    bytes
        .as_chunks::<8>()
        .0
        .iter()
        .enumerate()
        .fold(0, |bits, (i, chunk)| {
            // The product collects the lowest bit of each byte in its highest one.
            let byte = u64::from_le_bytes(*chunk).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            bits | byte << (8 * i)
        })
}

pub(super) fn classify(text: &[u8], words: usize, masks: &mut Masks) {
    for (slot, word) in (1..).zip(text.as_chunks::<64>().0.iter().take(words + 1)) {
        let classes = word.map(|b| if b < 0x80 { class::of(b) } else { 0 });
        let within = |set: u8| bits(&classes.map(|c| u8::from(c & set != 0)));
        let equal = |byte: u8| bits(&word.map(|b| u8::from(b == byte)));
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

pub(super) fn gates(masks: &Masks, words: usize, out: &mut Gates) {
    gates::fill(masks, words, out);
}

pub(super) fn fold(fold: Fold, text: &[u8], out: &mut [u8]) {
    for (to, &from) in out.iter_mut().zip(text) {
        *to = (fold.one)(from);
    }
}

pub(super) fn filter(buckets: &Buckets, text: &[u8], words: usize, places: &mut Places) {
    let [a, b, c, d] = &buckets.wide;
    let mut len = 0;
    let quads = text.windows(4).take(words * 64);
    for (place, quad) in quads.enumerate() {
        let bucket = a.0[usize::from(quad[0] & 0x7F)]
            & b.0[usize::from(quad[1] & 0x7F)]
            & c.0[usize::from(quad[2] & 0x7F)]
            & d.0[usize::from(quad[3] & 0x7F)];
        // Written always, counted only when it passes: no branch to miss.
        places.at[len] = place as u16;
        len += usize::from(bucket != 0);
    }
    places.len = len;
}

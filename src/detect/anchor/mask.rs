//! Sixty-four bytes at a time to one bit a byte and class.

/// For each class, bit `i` says whether byte `i` of sixty-four is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// `0-9`.
    pub(super) digit: u64,
    /// `A-Z`.
    pub(super) upper: u64,
    /// `A-Z a-z 0-9 _`.
    pub(super) word: u64,
    /// Digits and the separators ` -./`.
    pub(super) joined: u64,
    /// `0-9 A-F a-f`.
    pub(super) hex: u64,
    /// `A-Z 0-9 <`.
    pub(super) capital: u64,
    /// `:` and `-`.
    pub(super) colon: u64,
    /// `@`.
    pub(super) at: u64,
    /// `+`.
    pub(super) plus: u64,
    /// `(`.
    pub(super) paren: u64,
    /// `.`.
    pub(super) dot: u64,
}

/// Classifies sixty-four bytes.
#[inline]
pub(super) fn classify(bytes: &[u8; 64]) -> Masks {
    #[cfg(target_arch = "x86_64")]
    {
        #[allow(unsafe_code, reason = "calling a target-feature function")]
        // SAFETY: SSE2 is part of every x86-64.
        unsafe {
            sse2::classify(bytes)
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        scalar(bytes)
    }
}

/// The plain form: what the others are tested against, and what other
/// processors run.
#[cfg_attr(target_arch = "x86_64", cfg(test))]
fn scalar(bytes: &[u8; 64]) -> Masks {
    let mask = |keep: fn(u8) -> bool| {
        bytes
            .iter()
            .enumerate()
            .fold(0u64, |mask, (i, &b)| mask | u64::from(keep(b)) << i)
    };
    Masks {
        digit: mask(|b| b.is_ascii_digit()),
        upper: mask(|b| b.is_ascii_uppercase()),
        word: mask(|b| b.is_ascii_alphanumeric() || b == b'_'),
        joined: mask(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'/')),
        hex: mask(|b| b.is_ascii_hexdigit()),
        capital: mask(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'<'),
        colon: mask(|b| matches!(b, b':' | b'-')),
        at: mask(|b| b == b'@'),
        plus: mask(|b| b == b'+'),
        paren: mask(|b| b == b'('),
        dot: mask(|b| b == b'.'),
    }
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x,
        _mm_set1_epi8, _mm_sub_epi8,
    };

    use super::Masks;

    #[inline]
    #[target_feature(enable = "sse2")]
    pub(super) fn classify(bytes: &[u8; 64]) -> Masks {
        let mut masks = Masks::default();
        for (lane, chunk) in bytes.as_chunks::<16>().0.iter().enumerate() {
            let (low, high) = chunk.split_at(8);
            let half = |b: &[u8]| i64::from_le_bytes(b.try_into().expect("eight bytes"));
            let x = _mm_set_epi64x(half(high), half(low));
            let shift = lane * 16;
            let put =
                |to: &mut u64, v: __m128i| *to |= u64::from(_mm_movemask_epi8(v) as u16) << shift;
            let lower = _mm_or_si128(x, _mm_set1_epi8(0x20));
            let digit = within(x, b'0', 10);
            let upper = within(x, b'A', 26);
            let alpha = within(lower, b'a', 26);
            let minus = equals(x, b'-');
            put(&mut masks.digit, digit);
            put(&mut masks.upper, upper);
            put(&mut masks.word, or3(digit, alpha, equals(x, b'_')));
            put(
                &mut masks.joined,
                or3(digit, within(x, b'-', 3), equals(x, b' ')),
            );
            put(&mut masks.hex, _mm_or_si128(digit, within(lower, b'a', 6)));
            put(&mut masks.capital, or3(upper, digit, equals(x, b'<')));
            put(&mut masks.colon, _mm_or_si128(minus, equals(x, b':')));
            put(&mut masks.at, equals(x, b'@'));
            put(&mut masks.plus, equals(x, b'+'));
            put(&mut masks.paren, equals(x, b'('));
            put(&mut masks.dot, equals(x, b'.'));
        }
        masks
    }

    /// Lanes in `first .. first + count`, as unsigned bytes.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn within(x: __m128i, first: u8, count: u8) -> __m128i {
        let moved = _mm_sub_epi8(x, _mm_set1_epi8(first as i8));
        _mm_cmpeq_epi8(_mm_min_epu8(moved, _mm_set1_epi8(count as i8 - 1)), moved)
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn equals(x: __m128i, byte: u8) -> __m128i {
        _mm_cmpeq_epi8(x, _mm_set1_epi8(byte as i8))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn or3(a: __m128i, b: __m128i, c: __m128i) -> __m128i {
        _mm_or_si128(_mm_or_si128(a, b), c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_value_is_classified_as_in_the_plain_form() {
        for start in 0..=255u8 {
            let bytes: [u8; 64] = std::array::from_fn(|i| start.wrapping_add((i * 7) as u8));
            assert_eq!(classify(&bytes), scalar(&bytes));
        }
    }
}

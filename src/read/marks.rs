//! Where certain bytes stand among sixty-four, one bit a byte: what the readers
//! of tables step from, instead of from byte to byte.

/// Bytes that are looked at together.
pub(crate) const BLOCK: usize = 64;

/// The bytes that are `sign`.
#[inline(always)]
pub(crate) fn equal(block: &[u8; BLOCK], sign: u8) -> u64 {
    gather(&block.map(|byte| if byte == sign { 0xFF } else { 0 }))
}

/// The bytes that are `a` or `b`.
#[inline(always)]
pub(crate) fn either(block: &[u8; BLOCK], a: u8, b: u8) -> u64 {
    gather(&block.map(|byte| if byte == a || byte == b { 0xFF } else { 0 }))
}

/// The block with `by` in all places of `a` and `b`.
#[inline(always)]
pub(crate) fn replace(block: &[u8; BLOCK], a: u8, b: u8, by: u8) -> [u8; BLOCK] {
    block.map(|byte| if byte == a || byte == b { by } else { byte })
}

/// One bit of each of sixty-four bytes that are all ones or zero. Eight bytes
/// keep one bit each, all different, and a product sums them up in its highest
/// byte; the compiler makes vectors of the comparisons that come before.
#[inline(always)]
fn gather(lanes: &[u8; BLOCK]) -> u64 {
    let mut mask = 0;
    for (index, eight) in lanes.as_chunks::<8>().0.iter().enumerate() {
        let bits = u64::from_le_bytes(*eight) & 0x8040_2010_0804_0201;
        mask |= (bits.wrapping_mul(0x0101_0101_0101_0101) >> 56) << (8 * index);
    }
    mask
}

/// For each place whether an odd number of bits is set up to it, itself
/// included: of the signs of quotes, what lies between them.
#[inline(always)]
pub(crate) fn parity(mut mask: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        mask ^= mask << shift;
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_bit() {
        for place in 0..BLOCK {
            let mut block = *b"0123456789012345678901234567890123456789012345678901234567890123";
            block[place] = b',';
            assert_eq!(equal(&block, b','), 1 << place);
            block[BLOCK - 1 - place] = b'\n';
            let both = 1 << place | 1 << (BLOCK - 1 - place);
            assert_eq!(either(&block, b',', b'\n'), both);
        }
    }

    #[test]
    fn parity_changes_at_every_bit() {
        assert_eq!(parity(0b0100_0010), 0b0011_1110);
        assert_eq!(parity(1), u64::MAX);
    }
}

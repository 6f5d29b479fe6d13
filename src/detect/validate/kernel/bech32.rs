//! Bech32 (BIP-173) and Bech32m (BIP-350).

const ALPHABET: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];
const BECH32: u32 = 1;
const BECH32M: u32 = 0x2bc8_30a3;

/// Whether `text` has an accepted human-readable part and a right check, and,
/// with `segwit`, is the address of a witness program.
pub(in crate::detect::validate) fn bech32(hrps: &[String], segwit: bool, text: &str) -> bool {
    let mixed = text.bytes().any(|c| c.is_ascii_lowercase())
        && text.bytes().any(|c| c.is_ascii_uppercase());
    let Some((hrp, data)) = text.rsplit_once('1') else {
        return false;
    };
    if mixed
        || data.len() < 6
        || !hrps
            .iter()
            .any(|accepted| accepted.eq_ignore_ascii_case(hrp))
    {
        return false;
    }
    let mut state = 1;
    let lower = || hrp.bytes().map(|c| c.to_ascii_lowercase());
    for c in lower() {
        state = step(state, u32::from(c >> 5));
    }
    state = step(state, 0);
    for c in lower() {
        state = step(state, u32::from(c & 31));
    }
    let mut version = None;
    let mut last = 0;
    for (at, c) in data.bytes().enumerate() {
        let c = c.to_ascii_lowercase();
        let Some(value) = ALPHABET
            .bytes()
            .zip(0..)
            .find_map(|(a, value)| (a == c).then_some(value))
        else {
            return false;
        };
        version = version.or(Some(value));
        if at + 7 == data.len() {
            last = value;
        }
        state = step(state, value);
    }
    if !segwit {
        return state == BECH32 || state == BECH32M;
    }
    // Five bits a character, less the version and the six of the check; what
    // does not fill a byte is padding: less than a character, and zero.
    let bits = data.len().saturating_sub(7) * 5;
    let (program, padding) = (bits / 8, bits % 8);
    let padded = padding < 5 && last & ((1_u32 << padding) - 1) == 0;
    text.len() <= 90
        && padded
        && match version {
            Some(0) => state == BECH32 && (program == 20 || program == 32),
            Some(1..=16) => state == BECH32M && (2..=40).contains(&program),
            _ => false,
        }
}

/// One step of the checksum's polynomial over GF(32).
fn step(state: u32, value: u32) -> u32 {
    let top = state >> 25;
    let shifted = ((state & 0x01ff_ffff) << 5) ^ value;
    GENERATOR
        .iter()
        .enumerate()
        .filter(|&(bit, _)| top >> bit & 1 == 1)
        .fold(shifted, |state, (_, generator)| state ^ generator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(hrp: &str, segwit: bool, text: &str) -> bool {
        bech32(&[hrp.to_owned()], segwit, text)
    }

    #[test]
    fn vectors_of_the_proposals() {
        assert!(passes("a", false, "A12UEL5L") && passes("a", false, "a1lqfn3a"));
        assert!(passes(
            "bc",
            true,
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"
        ));
        assert!(passes(
            "tb",
            true,
            "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7"
        ));
        assert!(passes(
            "bc",
            true,
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
        ));
    }

    #[test]
    fn what_the_proposals_refuse() {
        for text in [
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7Kv8f3t4",
            // Version 0 with the check of version 1 and the other way round.
            "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq2y9e7p",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
            "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
            "",
            "bc1",
            "1",
            "bc1é",
        ] {
            assert!(!passes("bc", true, text), "{text}");
        }
        // Padding that is not zero.
        let padded = "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv";
        assert!(!passes("tb", true, padded));
    }
}

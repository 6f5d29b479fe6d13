//! Base58Check.

use sha2::{Digest, Sha256};

/// The alphabet of Bitcoin: no 0, O, I, l.
pub(in crate::detect::validate) const BITCOIN: &str =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Longest text that is decoded; an extended key has 111 characters.
const LONGEST: usize = 128;

/// Whether `text` decodes to a version, a payload of an accepted length and
/// the first four bytes of the double SHA-256 of both.
pub(in crate::detect::validate) fn base58check(
    alphabet: &str,
    versions: &[String],
    payload: &[usize],
    text: &str,
) -> bool {
    let Some(bytes) = decode(alphabet, text) else {
        return false;
    };
    let Some((body, check)) = bytes.split_last_chunk::<4>() else {
        return false;
    };
    let length_fits = |version: usize| {
        body.len()
            .checked_sub(version)
            .is_some_and(|n| payload.is_empty() || payload.contains(&n))
    };
    let version_fits = if versions.is_empty() {
        length_fits(1)
    } else {
        versions
            .iter()
            .any(|hex| starts_with_hex(body, hex) && length_fits(hex.len() / 2))
    };
    version_fits && Sha256::digest(Sha256::digest(body)).starts_with(check)
}

/// Whether `bytes` start with those that `hex` writes.
fn starts_with_hex(bytes: &[u8], hex: &str) -> bool {
    let pairs = hex.as_bytes().chunks(2);
    pairs.len() <= bytes.len()
        && pairs.zip(bytes).all(|(pair, byte)| {
            str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                == Some(*byte)
        })
}

/// The bytes of the big-endian number that `text` writes in base 58, one
/// leading zero byte for each leading zero digit.
fn decode(alphabet: &str, text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let mut little_endian: Vec<u8> = Vec::with_capacity(text.len());
    for c in text.bytes() {
        let mut carry = alphabet.bytes().position(|a| a == c)?;
        for byte in &mut little_endian {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            little_endian.push(carry as u8);
        }
    }
    let zero = alphabet.bytes().next()?;
    let zeros = text.bytes().take_while(|&c| c == zero).count();
    little_endian.extend(std::iter::repeat_n(0, zeros));
    little_endian.reverse();
    Some(little_endian)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(versions: &[&str], payload: &[usize], text: &str) -> bool {
        let versions: Vec<String> = versions.iter().map(|&v| v.to_owned()).collect();
        base58check(BITCOIN, &versions, payload, text)
    }

    #[test]
    fn published_addresses_and_keys() {
        // The first block's address, the pay-to-script example of BIP-16 tools,
        // the WIF example of the Bitcoin wiki, the root key of BIP-32 vector 1.
        assert!(passes(&["00"], &[20], "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
        assert!(passes(
            &["00", "05"],
            &[20],
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"
        ));
        assert!(passes(
            &["80"],
            &[32, 33],
            "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
        ));
        assert!(passes(
            &["0488ADE4"],
            &[74],
            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
        ));
        assert!(passes(&[], &[20], "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
    }

    #[test]
    fn a_changed_character_or_another_version_fails() {
        assert!(!passes(
            &["00"],
            &[20],
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"
        ));
        assert!(!passes(
            &["05"],
            &[20],
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
        ));
        assert!(!passes(
            &["00"],
            &[32],
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
        ));
        for text in ["", "1", "1111", "0OIl", "ä", &"z".repeat(500)] {
            assert!(!passes(&[], &[], text), "{text}");
        }
    }
}

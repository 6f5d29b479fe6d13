//! The mixed-case check of Ethereum addresses (EIP-55).

use sha3::{Digest, Keccak256};

/// Whether the case of each letter follows the hash of the lower-case address.
/// `0x` in front may be missing; an address in one case says nothing and fails.
pub(in crate::detect::validate) fn eip55(text: &str) -> bool {
    let address = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let mixed =
        address.iter().any(u8::is_ascii_lowercase) && address.iter().any(u8::is_ascii_uppercase);
    if address.len() != 40 || !mixed || !address.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let hash = Keccak256::digest(address.to_ascii_lowercase());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    address
        .iter()
        .zip(nibbles)
        .all(|(c, nibble)| c.is_ascii_digit() || c.is_ascii_uppercase() == (nibble >= 8))
}

#[cfg(test)]
mod tests {
    use super::eip55;

    #[test]
    fn vectors_of_the_proposal() {
        for text in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        ] {
            assert!(eip55(text), "{text}");
        }
        for text in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
            "",
            "0xé",
        ] {
            assert!(!eip55(text), "{text}");
        }
    }
}

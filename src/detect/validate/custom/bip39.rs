//! Wallet recovery phrases.

use sha2::{Digest, Sha256};

use super::list::BIP39_ENGLISH;

/// Whether `text` is a phrase of BIP-39: 12, 15, 18, 21 or 24 words of the
/// English list whose last bits are the start of the SHA-256 of the others.
/// A word and its value have 11 bits; one bit in 33 is a check.
pub(super) fn bip39(text: &str) -> bool {
    let mut bytes = [0u8; 33];
    let mut count = 0;
    for word in text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
    {
        let Some(value) = BIP39_ENGLISH.place(&word.to_lowercase()) else {
            return false;
        };
        for bit in 0..11 {
            let at = count * 11 + bit;
            let Some(byte) = bytes.get_mut(at / 8) else {
                return false;
            };
            if value >> (10 - bit) & 1 == 1 {
                *byte |= 0x80 >> (at % 8);
            }
        }
        count += 1;
    }
    if !matches!(count, 12 | 15 | 18 | 21 | 24) {
        return false;
    }
    let checked = count / 3;
    let Some((entropy, [check, ..])) = bytes.split_at_checked(checked * 4) else {
        return false;
    };
    let Some(&due) = Sha256::digest(entropy).first() else {
        return false;
    };
    (due ^ check) >> (8 - checked) == 0
}

#[cfg(test)]
mod tests {
    use super::bip39;

    #[test]
    fn vectors_of_the_proposal() {
        let twelve = format!("{} about", ["abandon"; 11].join(" "));
        let eighteen = format!("{} agent", ["abandon"; 17].join(" "));
        let twenty_four = format!("{} art", ["abandon"; 23].join(" "));
        for text in [
            twelve.as_str(),
            eighteen.as_str(),
            twenty_four.as_str(),
            "legal winner thank year wave sausage worth useful legal winner thank yellow",
            "Legal Winner thank\nyear wave sausage, worth useful legal winner thank yellow",
        ] {
            assert!(bip39(text), "{text}");
        }
        for text in [
            ["abandon"; 12].join(" "),
            ["abandon"; 24].join(" "),
            ["abandon"; 36].join(" "),
            format!("{} aboutt", ["abandon"; 11].join(" ")),
            String::new(),
        ] {
            assert!(!bip39(&text), "{text}");
        }
    }
}

//! CRC-32 tails of tokens.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Whether `check` is the CRC-32 of `body` in base 62, left-padded with zeros.
pub(in crate::detect::validate) fn base62(body: &str, check: &str) -> bool {
    let digit = |n: u32| BASE62.get(n as usize).copied();
    written(crc32fast::hash(body.as_bytes()), 62, digit, check, |c| c)
}

/// Whether `check` is the CRC-32 of `body` in hex of either case, left-padded
/// with zeros.
pub(in crate::detect::validate) fn hex(body: &str, check: &str) -> bool {
    let digit = |n: u32| BASE62.get(n as usize).copied();
    written(crc32fast::hash(body.as_bytes()), 16, digit, check, |c| {
        c.to_ascii_uppercase()
    })
}

fn written(
    mut number: u32,
    radix: u32,
    digit: impl Fn(u32) -> Option<u8>,
    text: &str,
    fold: impl Fn(u8) -> u8,
) -> bool {
    let same = text.bytes().rev().all(|c| {
        let due = digit(number % radix);
        number /= radix;
        Some(fold(c)) == due
    });
    same && number == 0 && !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_padded_and_complete() {
        // CRC-32 of "123456789" is CBF43926, the check value of the algorithm.
        assert!(hex("123456789", "CBF43926") && hex("123456789", "cbf43926"));
        assert!(hex("123456789", "00CBF43926"));
        assert!(!hex("123456789", "F43926") && !hex("123456789", "CBF43927") && !hex("a", ""));
        let mut number = 0xCBF4_3926_u32;
        let mut tail = Vec::new();
        while number > 0 {
            tail.insert(0, BASE62[(number % 62) as usize]);
            number /= 62;
        }
        let tail = String::from_utf8(tail).expect("ascii");
        assert!(base62("123456789", &tail) && base62("123456789", &format!("0{tail}")));
        assert!(!base62("123456780", &tail) && !base62("123456789", &tail[1..]));
    }
}

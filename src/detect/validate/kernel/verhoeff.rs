//! Verhoeff's check digit (J. Verhoeff, Error Detecting Decimal Codes, 1969):
//! multiplication in the dihedral group of the pentagon.

use super::digit;

/// The permutation that is applied once more at each place from the right.
const PERMUTATION: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// Whether the digits of `text`, the check digit last, multiply to the
/// identity.
pub(in crate::detect::validate) fn verhoeff(text: &str) -> bool {
    let mut product = 0;
    for (place, c) in text.bytes().rev().enumerate() {
        let Some(mut value) = digit(c) else {
            return false;
        };
        for _ in 0..place % 8 {
            value = PERMUTATION[value as usize];
        }
        product = multiply(product, value);
    }
    text.len() > 1 && product == 0
}

/// The product in D5, where 0-4 are rotations and 5-9 reflections.
fn multiply(a: u32, b: u32) -> u32 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

#[cfg(test)]
mod tests {
    use super::verhoeff;

    #[test]
    fn published_numbers() {
        // The textbook example and the specimen Aadhaar.
        for text in ["2363", "234123412346", "84736430954837284567892"] {
            assert!(verhoeff(text), "{text}");
        }
        for text in ["2364", "234123412347", "243123412346", "", "0", "23x3"] {
            assert!(!verhoeff(text), "{text}");
        }
    }
}

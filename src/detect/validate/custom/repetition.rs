//! Numbers that nobody was given: one digit, a run up or down, a mirror image.

/// Whether all characters are the same digit.
pub(super) fn same_digits(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_digit() && bytes.all(|c| c == first))
}

/// Whether the digits are all the same, or each is one more than the one
/// before (0 follows 9), or each one less. For use negated.
pub(super) fn sequential(text: &str) -> bool {
    let bytes = text.as_bytes();
    let steps = |step: u8| {
        bytes.windows(2).all(|pair| match pair {
            [a, b] => (a - b'0' + step) % 10 == b - b'0',
            _ => false,
        })
    };
    bytes.len() >= 3 && bytes.iter().all(u8::is_ascii_digit) && (steps(0) || steps(1) || steps(9))
}

/// Whether the digits are four groups of four of which most are close to the one
/// before: a row of a table of codes, not a number. Equal groups are no such
/// row: published test cards have them. For use negated.
pub(super) fn close_groups(text: &str) -> bool {
    let groups: Option<Vec<i32>> = (0..4)
        .map(|n| text.get(4 * n..4 * n + 4)?.parse().ok())
        .collect();
    let close = |groups: Vec<i32>| {
        groups
            .windows(2)
            .filter(|pair| matches!(pair, [a, b] if (1..=100).contains(&(a - b).abs())))
            .count()
    };
    text.len() == 16 && groups.map_or(0, close) >= 2
}

/// Whether the text reads the same backwards. For use negated.
pub(super) fn palindrome(text: &str) -> bool {
    text.bytes().eq(text.bytes().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs() {
        for text in [
            "000000000",
            "123456789",
            "1234567890",
            "987654321",
            "0987654321",
        ] {
            assert!(sequential(text), "{text}");
        }
        for text in ["", "12", "123456780", "112233", "ABC", "12ä"] {
            assert!(!sequential(text), "{text}");
        }
        assert!(same_digits("77") && !same_digits("78") && !same_digits("") && !same_digits("AA"));
        assert!(palindrome("123321") && !palindrome("123322"));
    }

    #[test]
    fn rows_of_codes() {
        for text in ["8132813381348135", "2400240129032904", "6204652965256596"] {
            assert!(close_groups(text), "{text}");
        }
        for text in [
            "4111111111111111",
            "4242424242424242",
            "",
            "4539414290353403",
            "813281338134813",
            "5217591240834503",
        ] {
            assert!(!close_groups(text), "{text}");
        }
    }
}

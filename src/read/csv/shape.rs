//! What a value looks like, which tells headers from data and good splits from
//! bad ones.

/// The look of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    Empty,
    /// Digits with signs and separators: numbers, dates, times, telephone numbers.
    Number,
    /// Holds an `@`, or `://`.
    Address,
    /// One run of letters and digits.
    Code,
    /// One word in small letters, also `snake_case`.
    Lower,
    /// One word in capital letters.
    Upper,
    /// One word with capital and small letters.
    Mixed,
    /// Several words.
    Phrase,
    /// Anything else; foremost text that other delimiters would split.
    Other,
}

impl Shape {
    pub(super) fn of(value: &[u8]) -> Shape {
        let value = value.trim_ascii();
        // Inches and stray quotes say nothing; a pair around the value does.
        let wrapped = value.len() > 1
            && matches!(value[0], b'"' | b'\'')
            && value[value.len() - 1] == value[0];
        if wrapped {
            return Shape::Other;
        }
        let (mut digits, mut lower, mut upper, mut spaces, mut marks) = (0, 0, 0, 0, 0);
        for &byte in value {
            match byte {
                b'0'..=b'9' => digits += 1,
                b'a'..=b'z' | 0x80.. => lower += 1,
                b'A'..=b'Z' => upper += 1,
                b' ' => spaces += 1,
                b'_' | b'-' | b'.' | b'/' | b':' | b'+' | b'#' | b'%' | b'$' | b'(' | b')'
                | b'\'' | b'&' => marks += 1,
                b'"' => marks += 1,
                b',' => {}
                b'@' if value.len() > 2 => return Shape::Address,
                _ => return Shape::Other,
            }
        }
        let letters = lower + upper;
        let held = digits + letters + spaces + marks;
        if value.is_empty() {
            Shape::Empty
        } else if digits > 0 && (letters == 0 || is_number_with_letters(value, digits, letters)) {
            Shape::Number
        } else if marks > 2 && memchr::memmem::find(value, b"://").is_some() {
            Shape::Address
        } else if held != value.len() && !value.windows(2).any(|pair| pair == b", ") {
            // A comma without a space behind it belongs between two values.
            Shape::Other
        } else if letters == 0 {
            Shape::Other
        } else if spaces > 0 {
            Shape::Phrase
        } else if digits > 0 {
            Shape::Code
        } else if upper == 0 {
            Shape::Lower
        } else if lower == 0 {
            Shape::Upper
        } else {
            Shape::Mixed
        }
    }

    /// How well a value of this shape speaks for the split that gave it.
    pub(super) fn weight(self) -> f64 {
        match self {
            Shape::Other => 0.2,
            Shape::Phrase => 0.9,
            _ => 1.0,
        }
    }
}

/// `1e6`, `12.5 EUR`, `2024-01-31T10:00:00Z`: letters beside digits that a
/// column name does not have.
fn is_number_with_letters(value: &[u8], digits: usize, letters: usize) -> bool {
    value[0].is_ascii_digit() && digits >= letters && digits >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_values_look_like() {
        let rows = [
            ("", Shape::Empty),
            ("  ", Shape::Empty),
            ("12.5", Shape::Number),
            ("1,5", Shape::Number),
            ("2024-01-31T10:00:00Z", Shape::Number),
            ("+1 (212) 555-0100", Shape::Number),
            ("a@example.com", Shape::Address),
            ("https://example.com/a", Shape::Address),
            ("first_name", Shape::Lower),
            ("Name", Shape::Mixed),
            ("IBAN", Shape::Upper),
            ("AB123", Shape::Code),
            ("address1", Shape::Code),
            ("First Name", Shape::Phrase),
            ("Smith, John", Shape::Phrase),
            ("5;2", Shape::Other),
            ("a,b", Shape::Other),
            ("x|y", Shape::Other),
            ("-", Shape::Other),
        ];
        for (value, shape) in rows {
            assert_eq!(Shape::of(value.as_bytes()), shape, "{value}");
        }
    }
}

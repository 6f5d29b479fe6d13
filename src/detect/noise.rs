//! Surroundings in which numbers and codes are usually something else.

use std::ops::Range;

/// What a value turned out to be part of, or to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noise {
    /// Not a value at all: part of an identifier or hash.
    Part,
    /// Could be, but this is more likely.
    Doubt(Doubt),
}

/// What a value is more likely to be, or what speaks against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A point in time.
    Timestamp,
    /// One of a row of figures.
    AmongNumbers,
    /// Something of another kind, says the name of its field.
    FieldName,
    /// The record is about a thing, say its other fields.
    Record,
}

impl Doubt {
    /// The word for it in reports.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Doubt::Timestamp => "timestamp",
            Doubt::AmongNumbers => "among-numbers",
            Doubt::FieldName => "field-name",
            Doubt::Record => "record",
        }
    }
}

/// Judges the surroundings of a data value (not of secrets or markings).
pub(super) fn judge(text: &[u8], scope: &Range<usize>, value: &Range<usize>) -> Option<Noise> {
    if in_uuid_or_hash(text, scope, value) {
        return Some(Noise::Part);
    }
    let held = &text[value.clone()];
    if held.iter().all(u8::is_ascii_digit) && is_timestamp(held) {
        return Some(Noise::Doubt(Doubt::Timestamp));
    }
    if held.iter().all(|b| b.is_ascii_digit() || *b == b' ') && among_numbers(text, scope, value) {
        return Some(Noise::Doubt(Doubt::AmongNumbers));
    }
    None
}

/// Whether the value stands in a row of figures, of which some pass any check:
/// between plain numbers, or at the edge of a line beside one. Groups with spaces
/// between are a row themselves, and go on in any number beside them.
fn among_numbers(text: &[u8], scope: &Range<usize>, value: &Range<usize>) -> bool {
    #[derive(PartialEq)]
    enum Beside {
        Number,
        Edge,
        Other,
    }
    let look = |bytes: &mut dyn Iterator<Item = &u8>| -> Beside {
        let gap = |b: &u8| matches!(b, b' ' | b'\t' | b',' | b';' | b'|');
        let mut bytes = bytes.peekable();
        let mut gaps = 0;
        while bytes.next_if(|b| gap(b)).is_some() {
            gaps += 1;
        }
        let mut digits = 0;
        while let Some(b) = bytes.next_if(|b| b.is_ascii_digit() || **b == b'.') {
            digits += usize::from(b.is_ascii_digit());
        }
        match bytes.next() {
            None | Some(b'\n' | b'\r') if gaps + digits == 0 => Beside::Edge,
            Some(b) if !gap(b) && !b.is_ascii_whitespace() => Beside::Other,
            _ if gaps > 0 && digits > 0 => Beside::Number,
            _ => Beside::Other,
        }
    };
    let grouped = text[value.clone()].contains(&b' ');
    let before = look(&mut text[scope.start..value.start].iter().rev());
    if before == Beside::Other && !grouped {
        return false;
    }
    let after = look(&mut text[value.end..scope.end].iter());
    (grouped || after != Beside::Other) && (before == Beside::Number || after == Beside::Number)
}

/// A value that consists of one digit, or of digits in a row up or down:
/// placeholders, keyboard walks, counters.
pub(super) fn is_sequential(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    if bytes.len() < 6 {
        return false;
    }
    let step = |pair: &[u8]| (pair[1].wrapping_sub(pair[0]).wrapping_add(10)) % 10;
    let first = step(&bytes[..2]);
    matches!(first, 0 | 1 | 9)
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes.windows(2).all(|pair| step(pair) == first)
}

/// Whether the value lies inside a run of hex digits and dashes that is a UUID
/// or a hash of usual length.
fn in_uuid_or_hash(text: &[u8], scope: &Range<usize>, value: &Range<usize>) -> bool {
    const LONGEST: usize = 130;
    const SHORTEST: usize = 32;
    let member = |b: u8| b.is_ascii_hexdigit() || b == b'-';
    if !text[value.clone()].iter().all(|&b| member(b)) {
        return false;
    }
    let start = text[scope.start.max(value.start.saturating_sub(LONGEST))..value.start]
        .iter()
        .rev()
        .take_while(|&&b| member(b))
        .count();
    let end = text[value.end..scope.end.min(value.end + LONGEST)]
        .iter()
        .take_while(|&&b| member(b))
        .count();
    let run = &text[value.start - start..value.end + end];
    if run.len() < SHORTEST {
        return false;
    }
    let mut last = [0; 5];
    let mut hash = false;
    for group in run.split(|&b| b == b'-').map(<[u8]>::len) {
        last.rotate_left(1);
        last[4] = group;
        if last == [8, 4, 4, 4, 12] {
            return true;
        }
        hash |= matches!(group, 32 | 40 | 56 | 64 | 96 | 128);
    }
    hash && run.iter().any(u8::is_ascii_alphabetic)
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970 that fall
/// between 2001 and 2036, or a compact date and time of day.
fn is_timestamp(digits: &[u8]) -> bool {
    let number = |range: Range<usize>| -> u64 {
        digits[range]
            .iter()
            .fold(0, |n, b| n * 10 + u64::from(b - b'0'))
    };
    let epoch = || (1_000_000_000..2_100_000_000).contains(&number(0..10));
    let calendar = || {
        matches!(number(0..4), 1990..=2039)
            && matches!(number(4..6), 1..=12)
            && matches!(number(6..8), 1..=31)
    };
    match digits.len() {
        10 | 13 | 16 | 19 => epoch(),
        8 => calendar(),
        12 | 14 => calendar() && number(8..10) < 24 && number(10..12) < 60,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(text: &str, value: &str) -> Option<Noise> {
        let at = text.find(value).unwrap();
        judge(text.as_bytes(), &(0..text.len()), &(at..at + value.len()))
    }

    #[test]
    fn parts_of_identifiers_are_no_values() {
        assert_eq!(
            noise("id 123e4567-4266-1417-4000-426614174000", "4266-1417-4000"),
            Some(Noise::Part)
        );
        assert_eq!(noise("id 536-22-8471", "536-22-8471"), None);
        let among = Some(Noise::Doubt(Doubt::AmongNumbers));
        assert_eq!(
            noise("17 4561071962329169 0.5\n", "4561071962329169"),
            among
        );
        assert_eq!(noise("4561071962329169,3", "4561071962329169"), among);
        assert_eq!(
            noise("card 4561071962329169 12/28", "4561071962329169"),
            None
        );
        assert_eq!(
            noise("at 1764000000 s", "1764000000"),
            Some(Noise::Doubt(Doubt::Timestamp))
        );
        assert_eq!(
            noise("at 20261124 s", "20261124"),
            Some(Noise::Doubt(Doubt::Timestamp))
        );
    }

    #[test]
    fn runs_of_digits_are_sequential() {
        assert!(
            is_sequential("123456789") && is_sequential("987654321") && is_sequential("0000000")
        );
        assert!(!is_sequential("123456780") && !is_sequential("12345"));
    }
}

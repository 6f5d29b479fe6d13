//! Machine-readable zones of travel documents (ICAO Doc 9303 parts 3 to 7).

/// Whether `text` is a whole zone: two or three lines of the right length and
/// alphabet whose check digits are all right and whose dates can be dates.
pub(super) fn mrz(text: &str) -> bool {
    let mut lines = text
        .split(['\r', '\n'])
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let lines = [lines.next(), lines.next(), lines.next(), lines.next()];
    let lines = lines.map(|line| line.map(str::as_bytes));
    match lines {
        [Some(a), Some(b), Some(c), None] if [a, b, c].iter().all(|l| is_line(l, 30)) => td1(a, b),
        [Some(a), Some(b), None, None] if is_line(a, 44) && is_line(b, 44) => match a.first() {
            Some(b'V') => two_lines(b),
            Some(b'P') => td3(b),
            _ => false,
        },
        [Some(a), Some(b), None, None] if is_line(a, 36) && is_line(b, 36) => match a.first() {
            Some(b'V') => two_lines(b),
            Some(b'A' | b'C' | b'I') => td2(b),
            _ => false,
        },
        _ => false,
    }
}

fn is_line(line: &[u8], length: usize) -> bool {
    line.len() == length && line.iter().all(|&c| value(c).is_some())
}

/// Three lines of 30: identity cards.
fn td1(first: &[u8], second: &[u8]) -> bool {
    // A number of more than nine characters goes on in the optional field and
    // leaves its check digit place empty.
    let number = if first.get(14) == Some(&b'<') {
        let more = first.get(15..30).unwrap_or_default();
        let end = more.iter().position(|&c| c == b'<').unwrap_or(more.len());
        long_number(first.get(5..14), more.get(..end))
    } else {
        checked(&[first.get(5..14)], first.get(14))
    };
    let composite = [
        first.get(5..30),
        second.get(0..7),
        second.get(8..15),
        second.get(18..29),
    ];
    matches!(first.first(), Some(b'A' | b'C' | b'I'))
        && number
        && birth_and_expiry(second, 0, 8)
        && is_sex(second.get(7))
        && checked(&composite, second.get(29))
}

/// The second line of two with 36: identity cards in the larger format.
fn td2(line: &[u8]) -> bool {
    let number = if line.get(9) == Some(&b'<') {
        let more = line.get(28..35).unwrap_or_default();
        let end = more.iter().position(|&c| c == b'<').unwrap_or(more.len());
        long_number(line.get(0..9), more.get(..end))
    } else {
        checked(&[line.get(0..9)], line.get(9))
    };
    let composite = [line.get(0..10), line.get(13..20), line.get(21..35)];
    number
        && birth_and_expiry(line, 13, 21)
        && is_sex(line.get(20))
        && checked(&composite, line.get(35))
}

/// The second line of two with 44: passports.
fn td3(line: &[u8]) -> bool {
    let personal = line.get(28..42);
    let unused = personal.is_some_and(|p| p.iter().all(|&c| c == b'<'));
    let composite = [line.get(0..10), line.get(13..20), line.get(21..43)];
    two_lines(line)
        && (checked(&[personal], line.get(42)) || (unused && line.get(42) == Some(&b'<')))
        && checked(&composite, line.get(43))
}

/// What the second lines of passports and visas have in common; visas have no
/// more checks.
fn two_lines(line: &[u8]) -> bool {
    checked(&[line.get(0..9)], line.get(9))
        && birth_and_expiry(line, 13, 21)
        && is_sex(line.get(20))
}

/// A number over two fields; its last character is the check digit.
fn long_number(start: Option<&[u8]>, more: Option<&[u8]>) -> bool {
    more.and_then(|more| more.split_last())
        .is_some_and(|(check, more)| !more.is_empty() && checked(&[start, Some(more)], Some(check)))
}

fn is_sex(c: Option<&u8>) -> bool {
    matches!(c, Some(b'M' | b'F' | b'X' | b'<'))
}

/// The dates at `birth` and `expiry`, each with its check digit behind. Of a
/// birth date, month and day may be unknown.
fn birth_and_expiry(line: &[u8], birth: usize, expiry: usize) -> bool {
    let dated = |at: usize| checked(&[line.get(at..at + 6)], line.get(at + 6));
    let field = |at: usize, most: u8, unknown: bool| match line.get(at..at + 2) {
        Some(b"<<") => unknown,
        Some([tens @ b'0'..=b'9', units @ b'0'..=b'9']) => {
            (1..=most).contains(&((tens - b'0') * 10 + (units - b'0')))
        }
        _ => false,
    };
    dated(birth)
        && dated(expiry)
        && field(birth + 2, 12, true)
        && field(birth + 4, 31, true)
        && field(expiry + 2, 12, false)
        && field(expiry + 4, 31, false)
}

/// Whether the fields together, weighted 7 3 1, leave `check` modulo 10.
fn checked(fields: &[Option<&[u8]>], check: Option<&u8>) -> bool {
    let mut weights = [7, 3, 1].into_iter().cycle();
    let mut sum = 0;
    for field in fields {
        let Some(field) = field else {
            return false;
        };
        for &c in *field {
            let (Some(value), Some(weight)) = (value(c), weights.next()) else {
                return false;
            };
            sum += value * weight;
        }
    }
    check.is_some_and(|&c| c.is_ascii_digit() && u32::from(c - b'0') == sum % 10)
}

fn value(c: u8) -> Option<u32> {
    match c {
        b'0'..=b'9' => Some(u32::from(c - b'0')),
        b'A'..=b'Z' => Some(u32::from(c - b'A') + 10),
        b'<' => Some(0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::mrz;

    #[test]
    fn specimens_of_doc_9303() {
        for text in [
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\r\nD231458907UTO7408122F1204159<<<<<<<6",
            "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<",
            "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<",
        ] {
            assert!(mrz(text), "{text}");
        }
    }

    #[test]
    fn wrong_digits_lengths_and_letters() {
        for text in [
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<11",
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C35UTO7408122F1204159ZE184226B<<<<<10",
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "P<utoERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "",
            "\n\n\n",
        ] {
            assert!(!mrz(text), "{text}");
        }
    }
}

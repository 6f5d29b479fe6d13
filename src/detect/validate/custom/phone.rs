//! Telephone numbers.

use super::list::CALLING_CODES;
use super::repetition::same_digits;

/// Whether `text`, digits with or without `+`, is an international number: its
/// calling code is assigned and what follows has a length and first digits
/// that the numbers of that code have. Numbers of code 1 follow [`nanp`].
pub(super) fn e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return false;
    }
    if digits.starts_with('1') {
        return digits.len() == 11 && nanp(digits);
    }
    // Calling codes are prefix-free.
    let plan = (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        Some((CALLING_CODES.starting_with(code)?, national))
    });
    plan.is_some_and(|(plan, national)| fits(plan, national) && !same_digits(national))
}

/// Whether a national number fits a line of the list: `49 4-15 11-12,15-99`.
fn fits(plan: &str, national: &str) -> bool {
    let mut columns = plan.split(' ').skip(1);
    let mut holds = |number: Option<usize>| {
        let ranges = columns.next().unwrap_or_default();
        number.is_some_and(|number| {
            ranges.split(',').any(|range| {
                let (low, high) = range.split_once('-').unwrap_or((range, range));
                matches!((low.parse(), high.parse()), (Ok(low), Ok(high)) if (low..=high).contains(&number))
            })
        })
    };
    let first = national.get(..2).and_then(|pair| pair.parse().ok());
    holds(Some(national.len())) && holds(first)
}

/// Whether `text`, 10 digits or 11 with a leading 1, follows the North American
/// numbering plan: area and exchange start with 2 to 9 and are no service code
/// (N11); areas with a middle 9 and 37x and 96x are kept free.
pub(super) fn nanp(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let digits = if digits.len() == 11 {
        digits.strip_prefix('1').unwrap_or_default()
    } else {
        digits
    };
    let bytes: Result<&[u8; 10], _> = digits.as_bytes().try_into();
    let Ok([a, b, c, x, y, z, line @ ..]) = bytes else {
        return false;
    };
    let leads = |c: &u8| (b'2'..=b'9').contains(c);
    let service = |y: &u8, z: &u8| (y, z) == (&b'1', &b'1');
    digits.bytes().all(|c| c.is_ascii_digit())
        && leads(a)
        && leads(x)
        && !service(b, c)
        && !service(y, z)
        && *b != b'9'
        && !matches!((a, b), (b'3', b'7') | (b'9', b'6'))
        && !([a, b, c, x, y, z].iter().all(|c| *c == a) && line.iter().all(|c| c == a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn international() {
        for text in [
            "+442079460000",
            "447700900123",
            "+4930901820",
            "+33123456780",
            "12125550123",
            "+8613812345670",
            "+919876543210",
            "+390612345678",
            "+35312345678",
            "+6581234567",
        ] {
            assert!(e164(text), "{text}");
        }
        for text in [
            "",
            "+",
            "+4420794600001111",
            "+999123456789",
            "+2101234567",
            "+33023456789",
            "+12119460000",
            "+1212555012",
            "+8613",
            "+44 2079460000",
            "٣٣١٢٣٤٥٦٧",
        ] {
            assert!(!e164(text), "{text}");
        }
    }

    #[test]
    fn north_american() {
        for text in ["2125550123", "12125550123", "+12125550123", "8005550199"] {
            assert!(nanp(text), "{text}");
        }
        for text in [
            "1125550123",
            "0125550123",
            "9115550123",
            "2129110123",
            "2120550123",
            "2921550123",
            "3705550123",
            "9605550123",
            "2222222222",
            "22125550123",
            "212555012",
            "",
            "+",
        ] {
            assert!(!nanp(text), "{text}");
        }
    }
}

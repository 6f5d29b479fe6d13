//! National numbers whose rules are tables by place, or no sums at all.

/// Odd-place values of the Italian codice fiscale (Ministry of Finance decree
/// of 23 December 1976), for 0-9; letters A-J have the same.
const ODD_PLACE: [u32; 26] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/// The letters that stand for 0-9 when two people would share a number.
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";

/// Italian codice fiscale of a person: 16 characters, a day that the month
/// has, and the check letter.
pub(super) fn it_codice_fiscale(text: &str) -> bool {
    let Ok(code): Result<&[u8; 16], _> = text.as_bytes().try_into() else {
        return false;
    };
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(u32::from(c - b'0')),
        _ => OMOCODIA
            .iter()
            .zip(0..)
            .find_map(|(&letter, value)| (letter == c).then_some(value)),
    };
    let number = |tens: u8, units: u8| Some(digit(tens)? * 10 + digit(units)?);
    let [
        a,
        b,
        c,
        d,
        e,
        f,
        y1,
        y2,
        m,
        d1,
        d2,
        place,
        p1,
        p2,
        p3,
        check,
    ] = *code;
    let letters = [a, b, c, d, e, f, place, check]
        .iter()
        .all(u8::is_ascii_uppercase);
    let places = [p1, p2, p3].iter().all(|&c| digit(c).is_some());
    let month = b"ABCDEHLMPRST"
        .iter()
        .zip(1..)
        .find_map(|(&l, n)| (l == m).then_some(n));
    let (Some(year), Some(month), Some(day)) = (number(y1, y2), month, number(d1, d2)) else {
        return false;
    };
    // Women have 40 added to the day.
    let day = if day > 40 { day - 40 } else { day };
    let born = [1900, 2000]
        .iter()
        .any(|century| super::super::kernel::date::is_day(century + year, month, day));
    letters && places && born && odd_even_letter(&code[..15]) == Some(check)
}

/// The check letter over values that depend on odd and even places.
fn odd_even_letter(body: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (at, &c) in body.iter().enumerate() {
        let value = match c {
            b'0'..=b'9' => c - b'0',
            b'A'..=b'Z' => c - b'A',
            _ => return None,
        };
        sum += if at % 2 == 0 {
            *ODD_PLACE.get(usize::from(value))?
        } else {
            u32::from(value)
        };
    }
    u8::try_from(sum % 26).ok().map(|n| b'A' + n)
}

/// Cypriot tax number: 8 digits and a letter over the same table.
pub(super) fn cy_tic(text: &str) -> bool {
    let Some((&check, body)) = text.as_bytes().split_last() else {
        return false;
    };
    body.len() == 8 && body.iter().all(u8::is_ascii_digit) && odd_even_letter(body) == Some(check)
}

/// The repetition rule of the German tax number, without its check digit: of
/// the first ten digits exactly one occurs two or three times, the others once
/// at most, and three equal digits do not stand together.
pub(super) fn de_tax_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 11 || !bytes.iter().all(u8::is_ascii_digit) || bytes.first() == Some(&b'0') {
        return false;
    }
    let first_ten = &bytes[..10];
    let mut counts = [0usize; 10];
    for c in first_ten {
        counts[usize::from(c - b'0')] += 1;
    }
    let repeated: Vec<usize> = counts.into_iter().filter(|&count| count > 1).collect();
    let together = first_ten
        .windows(3)
        .any(|three| matches!(three, [a, b, c] if a == b && b == c));
    matches!(repeated[..], [2 | 3]) && !together
}

/// Korean business number: weights 1 3 7 1 3 7 1 3 5, and the tens of the last
/// product once more.
pub(super) fn kr_brn(text: &str) -> bool {
    let Some(digits) = digits::<10>(text) else {
        return false;
    };
    const WEIGHTS: [u32; 10] = [1, 3, 7, 1, 3, 7, 1, 3, 5, 1];
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    digits[0] > 0 && (sum + digits[8] * 5 / 10).is_multiple_of(10)
}

/// Portuguese citizen card: Luhn over letters as single values 10-35.
pub(super) fn pt_cc(text: &str) -> bool {
    let bytes = text.as_bytes();
    let [head @ .., a, b, last] = bytes else {
        return false;
    };
    let shaped = head.len() == 9
        && head.iter().chain([last]).all(u8::is_ascii_digit)
        && [a, b]
            .iter()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    let mut sum = 0;
    for (place, &c) in bytes.iter().rev().enumerate() {
        let value = match c {
            b'0'..=b'9' => u32::from(c - b'0'),
            b'A'..=b'Z' => u32::from(c - b'A') + 10,
            _ => return false,
        };
        let value = if place % 2 == 1 { 2 * value } else { value };
        sum += if place % 2 == 1 && value > 9 {
            value - 9
        } else {
            value
        };
    }
    shaped && sum.is_multiple_of(10)
}

/// Turkish tax number: each digit shifted by its place, times a power of two
/// modulo 9, where 9 stays.
pub(super) fn tr_vkn(text: &str) -> bool {
    let Some(digits) = digits::<10>(text) else {
        return false;
    };
    let mut sum = 0;
    for (place, digit) in (1..=9u32).rev().zip(&digits[..9]) {
        let shifted = (digit + place) % 10;
        if shifted > 0 {
            sum += match shifted * (1 << place) % 9 {
                0 => 9,
                rest => rest,
            };
        }
    }
    (10 - sum % 10) % 10 == digits[9]
}

/// The values of exactly `N` digits.
fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    let bytes: &[u8; N] = text.as_bytes().try_into().ok()?;
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| bytes.map(|c| u32::from(c - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codice_fiscale() {
        for text in [
            "RCCMNL83S18D969H",
            "MRTMTT91D08F205J",
            "RSSMRA80A01H501U",
            "RSSMRA80A01H50MM",
        ] {
            assert!(it_codice_fiscale(text), "{text}");
        }
        for text in [
            "RCCMNL83S18D969G",
            "RSSMRA80B30H501A",
            "RSSMRA80F01H501U",
            "",
            "RSSMRA80A01H501",
            "ÄSSMRA80A01H501",
        ] {
            assert!(!it_codice_fiscale(text), "{text}");
        }
    }

    #[test]
    fn cyprus_and_portugal() {
        assert!(cy_tic("10259033P") && !cy_tic("10259033Z") && !cy_tic(""));
        assert!(pt_cc("000000000ZZ4") && !pt_cc("000000000ZZ3") && !pt_cc("ZZ4"));
    }

    #[test]
    fn german_tax_number() {
        assert!(de_tax_id("36574261809") && de_tax_id("86095742719"));
        for text in [
            "36554266806",
            "12345678901",
            "01234567899",
            "11145678903",
            "3657426180",
        ] {
            assert!(!de_tax_id(text), "{text}");
        }
    }

    #[test]
    fn turkey_and_korea() {
        assert!(tr_vkn("4540536920") && !tr_vkn("4540536921") && !tr_vkn("454053692"));
        assert!(kr_brn("1208147521") && !kr_brn("1208147522") && !kr_brn("0000000000"));
    }
}

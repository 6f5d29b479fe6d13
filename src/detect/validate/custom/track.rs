//! Magnetic stripes of payment cards (ISO/IEC 7813).

use super::super::kernel::luhn::luhn;

/// Whether `text` is track 1 (`%B` number `^` name `^` data) or track 2 (`;`
/// number `=` data), sentinels optional: the number passes Luhn, then come an
/// expiry date with a real month and a service code.
pub(super) fn track_data(text: &str) -> bool {
    let text = text.trim().trim_end_matches('?');
    let track2 = text.strip_prefix(';').unwrap_or(text);
    let track1 = text
        .strip_prefix('%')
        .unwrap_or(text)
        .strip_prefix(['B', 'b']);
    let parts = match track1.and_then(|track| track.split_once('^')) {
        Some((number, rest)) => rest.split_once('^').and_then(|(name, data)| {
            (2..=26)
                .contains(&name.chars().count())
                .then_some((number, data))
        }),
        None => track2.split_once(['=', 'D']),
    };
    parts.is_some_and(|(number, data)| is_number(number) && is_data(data))
}

fn is_number(text: &str) -> bool {
    let number: String = text.chars().filter(|&c| c != ' ').collect();
    (12..=19).contains(&number.len())
        && number.bytes().all(|c| c.is_ascii_digit())
        && luhn("", &number)
}

/// YYMM and the three digits of the service code; `^` or `=` stand for what a
/// card leaves out.
fn is_data(data: &str) -> bool {
    let month = data.get(2..4);
    let digits = |range| {
        data.get(range)
            .is_some_and(|part: &str| part.bytes().all(|c| c.is_ascii_digit()))
    };
    let service = digits(4..7) || data.get(4..5).is_some_and(|c| c == "^" || c == "=");
    digits(0..4) && service && month.is_some_and(|month| ("01"..="12").contains(&month))
}

#[cfg(test)]
mod tests {
    use super::track_data;

    #[test]
    fn tracks() {
        for text in [
            "%B4111111111111111^DOE/JANE^30121011000000000000?",
            "B4111111111111111^DOE/JANE^30121011000000000000",
            "%B3782 822463 10005^DOE/JANE^3012101?",
            ";4111111111111111=30121011000012345678?",
            "4111111111111111=3012101",
        ] {
            assert!(track_data(text), "{text}");
        }
        for text in [
            ";4111111111111112=30121011000012345678?",
            ";4111111111111111=30131011000012345678?",
            "%B4111111111111111^DOE/JANE^30",
            "id=1234",
            "",
            ";=",
            "%B^^",
        ] {
            assert!(!track_data(text), "{text}");
        }
    }
}

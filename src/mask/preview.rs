//! The masked form of a value that reports show.
//!
//! A preview is for recognising a value that one already has before one's eyes
//! in the file, not for learning it. Separators stay, so that the shape is
//! recognisable (`***-**-8471`); everything else that the [`Mask`] does not
//! allow becomes `*`.

use crate::model::{Mask, Printable};

/// Longest preview in characters; more is cut out.
const LONGEST: usize = 22;
/// Characters kept before and behind the cut.
const HEAD: usize = 8;
const TAIL: usize = 13;
/// Characters kept of a prefix mask, whose end is nothing but `*`.
const PREFIX: usize = 12;
/// From this many bytes on the preview says how long the value is.
const SIZED: usize = 200;
/// Longest unmasked value (a marking) in characters.
const LONGEST_UNMASKED: usize = 60;

/// The preview of `value` under `mask`. One line, safe to print, and never more
/// of the value than the mask allows; bytes that are not UTF-8 count as masked
/// characters.
pub fn preview(value: &[u8], mask: Mask) -> String {
    // Keys in PEM form (RFC 7468): the first line says what it is.
    if mask != Mask::None && value.starts_with(b"-----BEGIN ") {
        return format!("-----BEGIN … ({})", size(value.len()));
    }
    let text = String::from_utf8_lossy(value);
    let shown = match mask {
        Mask::None => return unmasked(&text),
        Mask::Full => "******".to_owned(),
        Mask::Last4 => shorten(last(&text), TAIL),
        Mask::First4 => shorten(first(&text), 0),
        Mask::Card => shorten(card(&text), TAIL),
        Mask::Email => shorten(email(&text), TAIL),
    };
    if value.len() >= SIZED {
        format!("{shown} ({})", size(value.len()))
    } else {
        shown
    }
}

fn last(text: &str) -> String {
    let total = count(text);
    let keep = allowance(total);
    mask_but(text, |index| index >= total - keep)
}

/// The prefix ends at the first separator: what follows the `_` of `ghp_…` is
/// the secret already.
fn first(text: &str) -> String {
    let prefix = text.split(['_', '-', '.', ':']).next().unwrap_or_default();
    let keep = match count(prefix) {
        issuer @ 2..4 if prefix.len() < text.len() => issuer.min(allowance(count(text))),
        _ => allowance(count(text)),
    };
    mask_but(text, |index| index < keep)
}

/// Only for what has the form of a card number; anything else could show more
/// than PCI DSS allows.
fn card(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits != count(text) || digits > 19 {
        return "******".to_owned();
    }
    if digits < 13 {
        return last(text);
    }
    mask_but(text, |index| index < 6 || index >= digits - 4)
}

fn email(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() => {
            let mut chars = local.chars();
            // A local part of one letter would be shown whole.
            let start = chars
                .next()
                .filter(|c| c.is_alphanumeric() && chars.next().is_some());
            let start = start.map(String::from).unwrap_or_default();
            format!("{start}***@{}", Printable(domain))
        }
        _ => "******".to_owned(),
    }
}

/// Four characters, two of a short value, none of one so short that two would
/// be half of it.
fn allowance(total: usize) -> usize {
    match total {
        0..4 => 0,
        4..8 => 2,
        _ => 4,
    }
}

/// How many letters and digits there are.
fn count(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// Keeps separators and those letters and digits whose index among themselves
/// `shown` accepts.
fn mask_but(text: &str, shown: impl Fn(usize) -> bool) -> String {
    let mut index = 0;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.push(if shown(index) { c } else { '*' });
            index += 1;
        } else if c.is_whitespace() || c.is_control() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if matches!(c, '-' | '_' | '.' | '/' | ':' | ',' | '+' | '(' | ')') {
            out.push(c);
        } else {
            // Other signs may be part of a password.
            out.push('*');
        }
    }
    out
}

/// Cuts the middle out of a long preview, or its end when `tail` is 0.
fn shorten(shown: String, tail: usize) -> String {
    let chars = shown.chars().count();
    if chars <= LONGEST {
        return shown;
    }
    let head = if tail == 0 { PREFIX } else { HEAD };
    let start: String = shown.chars().take(head).collect();
    let end: String = shown.chars().skip(chars - tail).collect();
    format!("{start}…{end}")
}

fn unmasked(text: &str) -> String {
    if text.chars().count() <= LONGEST_UNMASKED {
        return Printable(text).to_string();
    }
    let head: String = text.chars().take(LONGEST_UNMASKED - 1).collect();
    format!("{}…", Printable(&head))
}

fn size(bytes: usize) -> String {
    if bytes < 1000 {
        format!("{bytes} B")
    } else {
        format!("{:.1} KB", bytes as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn masks_and_keeps_the_shape() {
        let cases: &[(&str, Mask, &str)] = &[
            ("536-22-8471", Mask::Last4, "***-**-8471"),
            ("(212) 555-0147", Mask::Last4, "(***) ***-0147"),
            ("1234567", Mask::Last4, "*****67"),
            ("123", Mask::Last4, "***"),
            ("hunter2!", Mask::Full, "******"),
            ("p@ss w$rd99", Mask::Last4, "**** **rd99"),
            (
                "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
                Mask::First4,
                "ghp_********…",
            ),
            ("AKIAIOSFODNN7EXAMPLE", Mask::First4, "AKIA****************"),
            ("4111 1111 1111 1111", Mask::Card, "4111 11** **** 1111"),
            ("4111 1111 111", Mask::Card, "**** ***1 111"),
            ("4111111111111111=2512", Mask::Card, "******"),
            ("jane.doe@example.com", Mask::Email, "j***@example.com"),
            ("j@example.com", Mask::Email, "***@example.com"),
            ("not an address", Mask::Email, "******"),
            (
                "CONFIDENTIAL\n\u{1b}[31m",
                Mask::None,
                "CONFIDENTIAL\\n\\u{1b}[31m",
            ),
        ];
        for &(value, mask, expected) in cases {
            assert_eq!(preview(value.as_bytes(), mask), expected, "{mask:?}");
        }
    }

    #[test]
    fn recognises_key_blocks() {
        let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n", "MIIE".repeat(420));
        for mask in [Mask::Full, Mask::First4, Mask::Last4] {
            assert_eq!(preview(key.as_bytes(), mask), "-----BEGIN … (1.7 KB)");
        }
    }

    #[test]
    fn says_how_long_a_long_value_is() {
        let token = "eyJh".repeat(300);
        assert_eq!(
            preview(token.as_bytes(), Mask::First4),
            "eyJh********… (1.2 KB)"
        );
    }

    /// The letters and digits of a preview, without its size note.
    fn visible(shown: &str) -> String {
        let shown = shown
            .rsplit_once(" (")
            .filter(|(_, size)| size.ends_with("B)"))
            .map_or(shown, |(head, _)| head);
        shown.chars().filter(|c| c.is_alphanumeric()).collect()
    }

    proptest! {
        #[test]
        fn shows_no_more_than_allowed(value in "\\PC{0,60}|[0-9 -]{0,30}|[a-zA-Z0-9_]{190,260}") {
            let chars: Vec<char> = value.chars().filter(|c| c.is_alphanumeric()).collect();
            let tail: String = chars[chars.len().saturating_sub(4)..].iter().collect();
            let head: String = chars.iter().take(4).collect();
            let of = |mask| visible(&preview(value.as_bytes(), mask));
            prop_assert_eq!(of(Mask::Full), "");
            // What is shortened may leave out some of them, but shows no others.
            let mut rest = tail.chars();
            prop_assert!(of(Mask::Last4).chars().all(|c| rest.any(|other| other == c)));
            prop_assert!(head.starts_with(&of(Mask::First4)));
            prop_assert!(of(Mask::Card).len() <= 10);
        }

        #[test]
        fn shows_one_letter_of_an_address(local in "[a-z.]{1,30}", domain in "[x-z]{1,5}[.]com") {
            let shown = preview(format!("{local}@{domain}").as_bytes(), Mask::Email);
            let (before, after) = shown.split_once("@").expect("the sign stays");
            prop_assert!(visible(before).len() <= usize::from(local.len() > 1));
            prop_assert_eq!(after, domain);
        }

        #[test]
        fn takes_any_bytes(value in prop::collection::vec(any::<u8>(), 0..300)) {
            for mask in [Mask::Full, Mask::Last4, Mask::First4, Mask::Card, Mask::Email, Mask::None] {
                let shown = preview(&value, mask);
                prop_assert!(!shown.chars().any(char::is_control));
            }
        }
    }
}

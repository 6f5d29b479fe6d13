//! International bank account numbers (ISO 13616).

use std::collections::BTreeMap;

use super::iso7064::mod97_10;

/// Whether `text` has the structure of its country and the right check digits.
pub(in crate::detect::validate) fn iban(structures: &BTreeMap<String, String>, text: &str) -> bool {
    let (Some(country), Some(check), Some(rest)) = (text.get(..2), text.get(2..4), text.get(4..))
    else {
        return false;
    };
    structures
        .get(country)
        .is_some_and(|structure| has_structure(structure, rest))
        && check.bytes().all(|c| c.is_ascii_digit())
        && !matches!(check, "00" | "01" | "99")
        && mod97_10(rest.bytes().chain(country.bytes()).chain(check.bytes()))
}

/// Whether `text` is made as `structure` says: `4n4n12c`.
fn has_structure(structure: &str, text: &str) -> bool {
    let mut left = text.as_bytes();
    for (count, class) in pieces(structure) {
        let Some((piece, after)) = left.split_at_checked(count) else {
            return false;
        };
        left = after;
        let fits = |c: &u8| match class {
            'n' => c.is_ascii_digit(),
            'a' => c.is_ascii_uppercase(),
            _ => c.is_ascii_digit() || c.is_ascii_uppercase(),
        };
        if !piece.iter().all(fits) {
            return false;
        }
    }
    left.is_empty()
}

/// The parts of a structure: how many characters of which class.
pub(in crate::detect::validate) fn pieces(structure: &str) -> impl Iterator<Item = (usize, char)> {
    structure
        .split_inclusive(|c: char| !c.is_ascii_digit())
        .map(|piece| {
            let class = piece.chars().next_back().unwrap_or(' ');
            let count = piece.trim_end_matches(class).parse().unwrap_or(0);
            (count, class)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_examples_pass_and_changes_fail() {
        let table = BTreeMap::from(
            [
                ("GB", "4a6n8n"),
                ("DE", "8n10n"),
                ("FR", "5n5n11c2n"),
                ("NL", "4a10n"),
            ]
            .map(|(country, structure)| (country.to_owned(), structure.to_owned())),
        );
        for text in [
            "GB29NWBK60161331926819",
            "DE89370400440532013000",
            "FR1420041010050500013M02606",
            "NL91ABNA0417164300",
        ] {
            assert!(iban(&table, text), "{text}");
        }
        for text in [
            "GB29NWBK60161331926818",
            "DE8937040044053201300",
            "DE893704004405320130000",
            "BE68539007547034",
            "GB2912346016133192681",
            "",
            "DE",
            "DE89",
            "DÉ893704",
            "GB29nwbk60161331926819",
        ] {
            assert!(!iban(&table, text), "{text}");
        }
    }
}

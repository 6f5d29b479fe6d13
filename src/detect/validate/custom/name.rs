//! Names of people.

use super::list::GIVEN_NAMES;

/// Titles that stand before a name.
const TITLES: &[&str] = &[
    "dr", "frau", "herr", "miss", "mme", "mr", "mrs", "ms", "prof", "sr", "sra",
];

/// Whether the given name of `text` is one of the frequent ones: its first word
/// after titles, or the first after the comma of `Family, Given`. Of a double
/// name the first half is enough.
pub(super) fn given_name(text: &str) -> bool {
    let given = text.split_once(',').map_or(text, |(_, given)| given);
    given
        .split_whitespace()
        .find(|word| {
            let word = word.trim_end_matches('.');
            !TITLES.iter().any(|title| title.eq_ignore_ascii_case(word))
        })
        .is_some_and(|word| {
            let known = |name: &str| GIVEN_NAMES.holds_folded(name);
            known(word) || word.split_once('-').is_some_and(|(first, _)| known(first))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_or_the_one_after_the_comma_decides() {
        for text in [
            "Priya Raman",
            "KATHARINA VON STAUFFEN",
            "Haraldsen, Ingrid",
            "Dr. Thabo Nkosi",
            "Hans-Dieter Krull",
            "Jürgen Groß",
        ] {
            assert!(given_name(text), "{text}");
        }
        for text in ["", "Wireless Mouse", "United States", "Priyanka2", "Raman,"] {
            assert!(!given_name(text), "{text}");
        }
    }
}

//! What tells words and names from random characters.

/// Letters that often follow each letter in English text: 230 of the 676 pairs
/// make up 95 % of running text and a third of random letters.
const COMMON_PAIRS: [&str; 26] = [
    "bcdfgiklmnprstuvwy",
    "aeiloruy",
    "acehiklortuy",
    "adeiloruy",
    "acdefgilmnpqrstvwxy",
    "aefilortu",
    "aehilnoru",
    "aeiotuy",
    "abcdefglmnoprstv",
    "aou",
    "aeiy",
    "adeilostuy",
    "abeimopu",
    "acdegiknostuvy",
    "abcdgiklmnoprstuvw",
    "aehiloprtu",
    "u",
    "acdegimnorstuy",
    "acehiklopstuwy",
    "acehilorstuwy",
    "abcdegilmnprst",
    "aeio",
    "aehino",
    "ptc",
    "aeost",
    "aeo",
];

/// Whether `letters`, in any case, follow each other as in words: at least two
/// of three pairs are common ones.
pub(super) fn is_wordy(letters: &str) -> bool {
    let (common, pairs) = common_pairs(letters);
    pairs > 0 && common * 3 >= pairs * 2
}

/// How many of the pairs of `letters` are common ones, and how many there are.
fn common_pairs(letters: &str) -> (usize, usize) {
    let (mut common, mut pairs) = (0, 0);
    for pair in letters.as_bytes().windows(2) {
        if let [first, second] = pair.to_ascii_lowercase()[..] {
            let after = first
                .checked_sub(b'a')
                .and_then(|at| COMMON_PAIRS.get(usize::from(at)));
            pairs += 1;
            common += usize::from(after.is_some_and(|after| after.as_bytes().contains(&second)));
        }
    }
    (common, pairs)
}

/// The parts of an identifier: runs of letters of one word (`getUserID` has
/// get, User, ID) and runs of digits; all else separates.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|run| !run.is_empty())
        .flat_map(humps)
}

/// The words of a run of letters and digits.
fn humps(run: &str) -> impl Iterator<Item = &str> {
    let bytes = run.as_bytes();
    let starts_word = move |at: &usize| {
        let [Some(before), Some(here)] =
            [at.checked_sub(1), Some(*at)].map(|at| at.and_then(|at| bytes.get(at)))
        else {
            return false;
        };
        let after = bytes.get(at + 1);
        before.is_ascii_digit() != here.is_ascii_digit()
            || (before.is_ascii_lowercase() && here.is_ascii_uppercase())
            // The last capital of `IDName` belongs to the word behind it.
            || (before.is_ascii_uppercase() && here.is_ascii_uppercase() && after.is_some_and(u8::is_ascii_lowercase))
    };
    let mut from = 0;
    let cuts: Vec<usize> = (1..run.len())
        .filter(starts_word)
        .chain([run.len()])
        .collect();
    cuts.into_iter().filter_map(move |to| {
        let word = run.get(from..to);
        from = to;
        word
    })
}

/// Share of the characters of `text` that stand in words of four letters or
/// more. Stricter than [`is_wordy`]: random text has many short runs of letters,
/// and two of three pairs are common in one of eight of them.
pub(super) fn share_in_words(text: &str) -> f32 {
    let is_word = |part: &&str| {
        let (common, pairs) = common_pairs(part);
        pairs >= 3 && common * 4 >= pairs * 3 && part.bytes().all(|c| c.is_ascii_alphabetic())
    };
    let in_words: usize = parts(text).filter(is_word).map(str::len).sum();
    in_words as f32 / text.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_fall_into_words() {
        let all = |text| parts(text).collect::<Vec<_>>();
        assert_eq!(all("getUserID"), ["get", "User", "ID"]);
        assert_eq!(all("IDName_2x"), ["ID", "Name", "2", "x"]);
        assert_eq!(all("db.password-hash"), ["db", "password", "hash"]);
        assert_eq!(all("éA"), ["A"]);
        assert!(all("").is_empty() && all("--").is_empty());
    }

    #[test]
    fn words_and_noise() {
        for word in [
            "password",
            "configuration",
            "Service",
            "connection",
            "development",
        ] {
            assert!(is_wordy(word), "{word}");
        }
        for noise in ["xkqzwv", "bqjfpz", "QWVNXJ", "z", ""] {
            assert!(!is_wordy(noise), "{noise}");
        }
        assert!(share_in_words("com.example.service.Client") > 0.7);
        assert!(share_in_words("9fK2xQ7vLm3RzT8wYb5N") < 0.1);
    }
}

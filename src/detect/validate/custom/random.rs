//! The shape of generated tokens.

use super::placeholder::not_placeholder;
use super::words::{is_wordy, parts, share_in_words};
use crate::detect::validate::kernel::entropy::entropy;

/// Beginnings of values that are public: integrity hashes, links, resource
/// names, embedded images, public keys.
const PUBLIC: &str = "sha1- sha256- sha384- sha512- sha1: sha256: sha384: sha512: md5: arn: urn: data: http:// \
    https:// file: ssh-rsa ssh-ed25519 ./ ../ ~/ vault: git@ projects/";

/// Whether `text` looks drawn from a generator: no placeholder, name, path,
/// date, number or UUID, with the entropy of its alphabet, and with classes of
/// characters that change as often as they do by chance. At least 16 characters.
pub(super) fn looks_random(text: &str) -> bool {
    let plain = text
        .bytes()
        .all(|c| c.is_ascii_graphic() && !b"\"'`<>(){}[]\\;,|".contains(&c));
    let lower = text.to_ascii_lowercase();
    plain
        && text.len() >= 16
        && !PUBLIC.split(' ').any(|start| lower.starts_with(start))
        && !is_uuid(text)
        && is_mixed(text)
        && entropy(text) >= least_entropy(text)
        && share_in_words(text) < 0.4
        && !has_word_list_shape(text)
        && not_placeholder(text)
}

/// Bits per character that a text of this length and alphabet has at least,
/// with few exceptions in a hundred: a short text cannot have them all.
fn least_entropy(text: &str) -> f32 {
    let hex = text
        .bytes()
        .all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
        || text
            .bytes()
            .all(|c| c.is_ascii_digit() || (b'A'..=b'F').contains(&c));
    match (hex, text.len()) {
        (true, ..24) => 2.6,
        (true, _) => 3.0,
        (false, ..20) => 3.2,
        (false, _) => 3.5,
    }
}

/// Whether letters and digits mix, or letters of both cases, and change class
/// often enough. Letters of one case alone must not read like words.
fn is_mixed(text: &str) -> bool {
    let class = |c: u8| match c {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let mut counts = [0usize; 4];
    for c in text.bytes() {
        counts[class(c)] += 1;
    }
    let changes = text
        .as_bytes()
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if class(*a) != class(*b)))
        .count();
    let often = |least: f32| changes as f32 / text.len() as f32 >= least;
    let [digits, lower, upper, _] = counts;
    match (digits, lower, upper) {
        (_, 0, 0) => false,
        (0, l, u) if l == 0 || u == 0 => text.len() >= 24 && !is_wordy(text) && !often(0.1),
        (0, ..) => text.len() >= 20 && often(0.25),
        (_, 0, n) | (_, n, 0) => n >= 2 && digits >= 1 && often(0.08),
        _ => often(0.2),
    }
}

/// Whether the text is words, abbreviations and numbers joined by separators:
/// `us-east-1-prod`, `com.acme.Service2`, `NL80211_CMD_GET`, `v1.2.3-beta.4`.
fn has_word_list_shape(text: &str) -> bool {
    let is_separator = |c: char| "-_.:/=@+".contains(c);
    let digits = |part: &str| part.bytes().all(|c| c.is_ascii_digit());
    let separators = text.chars().filter(|&c| is_separator(c)).count();
    let (mut count, mut length, mut readable) = (0, 0, 0);
    for part in parts(text) {
        let shouted = part.len() <= 8 && part.bytes().all(|c| c.is_ascii_uppercase());
        count += 1;
        length += part.len();
        if digits(part) || shouted || part.len() <= 3 || is_wordy(part) {
            readable += part.len();
        }
    }
    let is_short = |piece: &str| piece.len() <= 3 || digits(piece) || is_wordy(piece);
    // Parts of random text have less than two characters on average.
    (separators > 0 && length * 5 >= count * 12 && readable * 5 >= length * 4)
        || (separators >= 3 && text.split(is_separator).all(is_short))
}

/// Whether `text` is a UUID (RFC 9562).
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == b'-',
            _ => c.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::looks_random;

    #[test]
    fn generated() {
        for text in [
            "9fK2xQ7vLm3RzT8wYb5N",
            "wJalrXUtnFEMIK7MDENGbPxRfiCYzK3q",
            "8f14e45fceea167a5a36dedd4bea2543",
            "k3jd8slq0zpwm2nv7xr4tb6y",
            "MFRGGZDFMZTWQ2LKNNWG23TPOA4DS5LB",
            "QxZbKvTrWmYpLsNdHgFjCqXw",
            "aB3dE5fG7hJ9kL1mN3pQ5rS7",
            "c2VjcmV0LXZhbHVlLTk4NzY1NA==",
            "pk-7Hq2Zt9LxWv4Rb8Nc1Ys6Md",
        ] {
            assert!(looks_random(text), "{text}");
        }
    }

    #[test]
    fn made_by_people_or_known_shapes() {
        for text in [
            "",
            "short1A",
            "getUserAuthenticationToken",
            "com.example.service.Client",
            "my-service-account-name-01",
            "123e4567-e89b-12d3-a456-426614174000",
            "2024-01-15T10:00:00Z",
            "1234567890123456",
            "4111111111111111",
            "/var/run/secrets/token",
            "https://auth.example.com/token",
            "sha512-9fK2xQ7vLm3RzT8wYb5N",
            "arn:aws:iam::123456789012",
            "application/json",
            "us-east-1-production-cluster",
            "AuthenticationServiceProvider2",
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "abcdefghijklmnopqrstuvwxyz",
            "process.env.API_SECRET_KEY",
            "Bearer authentication",
            "thequickbrownfoxjumpsover",
            "SECRET_ACCESS_KEY_ID_2",
            "NL80211_CMD_GET_BEACON",
            "ed25519.Ed25519PrivateKey",
            "v1.2.3-beta.4.build.567",
        ] {
            assert!(!looks_random(text), "{text}");
        }
    }
}

//! Private keys in PEM and OpenPGP armour.

use super::super::kernel::base64;

/// Whether `text` is a whole private key block: the label is that of a private
/// key, the end belongs to the beginning, and the body decodes to what such a
/// key starts with. A header on its own and bodies of dots, words or `x` fail.
///
/// The block may stand inside a string literal, with `\n` for line breaks,
/// quotes and `+` between its lines.
pub(super) fn pem_private_key(text: &str) -> bool {
    let Some((_, after)) = text.split_once("-----BEGIN ") else {
        return false;
    };
    let Some((label, rest)) = after.split_once("-----") else {
        return false;
    };
    let Some((body, end)) = rest.split_once("-----END ") else {
        return false;
    };
    if !end.starts_with(label) {
        return false;
    }
    let Some(bytes) = decoded_body(body) else {
        return false;
    };
    match label {
        "OPENSSH PRIVATE KEY" => bytes.starts_with(b"openssh-key-v1\0"),
        "PGP PRIVATE KEY BLOCK" => bytes.len() > 32 && is_secret_key_packet(&bytes),
        _ if label.ends_with("PRIVATE KEY") => {
            // RFC 1421 encryption leaves no structure to look at.
            let encrypted = body.contains("Proc-Type:");
            bytes.len() >= 32 && (encrypted || is_sequence(&bytes))
        }
        _ => false,
    }
}

/// The bytes of the base64 lines, without headers, checksum line and what
/// string literals put between lines.
fn decoded_body(body: &str) -> Option<Vec<u8>> {
    let body = body.replace("\\r", "\n").replace("\\n", "\n");
    let clean = |line: &str| -> String {
        line.chars()
            .filter(|c| {
                !matches!(
                    c,
                    ' ' | '\t' | '"' | '\'' | '\\' | ',' | '|' | '>' | '#' | '*'
                )
            })
            .collect()
    };
    let mut base = String::new();
    for line in body.lines() {
        let line = line.trim();
        // `Proc-Type: 4,ENCRYPTED`, `Version: …`; the OpenPGP CRC starts with `=`.
        if line.contains(": ") || line.trim_start_matches(['"', '\'']).starts_with('=') {
            continue;
        }
        // `"…" +` joins literals; a `+` that touches the data is data.
        let line = line
            .strip_suffix('+')
            .filter(|l| l.is_empty() || l.ends_with([' ', '"', '\'']))
            .unwrap_or(line);
        base.push_str(&clean(line));
    }
    base64::decode(&base)
}

/// A DER SEQUENCE that is as long as it says.
fn is_sequence(bytes: &[u8]) -> bool {
    let [0x30, first, rest @ ..] = bytes else {
        return false;
    };
    let stated = match *first {
        length @ 0..=0x7f => Some((usize::from(length), 0)),
        size @ 0x81..=0x84 => {
            let size = usize::from(size & 0x7f);
            rest.get(..size).map(|length| {
                (
                    length
                        .iter()
                        .fold(0, |sum, &byte| sum << 8 | usize::from(byte)),
                    size,
                )
            })
        }
        _ => None,
    };
    stated.is_some_and(|(length, size)| rest.len() == length + size)
}

/// An OpenPGP packet (RFC 9580) with tag 5, a secret key.
fn is_secret_key_packet(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|&first| match first {
        0xc0.. => first & 0x3f == 5,
        0x80.. => first >> 2 & 0x0f == 5,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::pem_private_key;

    /// A throw-away P-256 key made for this test.
    const EC: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6NiHcrmU5QXu5K+6\nDb/EVeWpSgGkLE62aosj6qkTzV+hRANCAAR0vM2Xe79UajRWSyUyOPJgU0kpD+A0\nW5/MXgLXkgTucl55k8s0VJVhnEV6zWqPeiqniBjzZw524gGVYmKbv86a";

    fn block(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn whole_keys() {
        assert!(pem_private_key(&block("PRIVATE KEY", EC)));
        assert!(pem_private_key(
            &block("PRIVATE KEY", EC).replace('\n', "\\n")
        ));
        assert!(pem_private_key(&block(
            "PRIVATE KEY",
            &EC.replace('\n', "\\n\" +\n  \"")
        )));
        assert!(pem_private_key(
            &block("PRIVATE KEY", EC).replace('\n', "\r\n    ")
        ));
        assert!(pem_private_key(&block(
            "OPENSSH PRIVATE KEY",
            "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ=="
        )));
        let encrypted = format!(
            "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n{}",
            &EC[4..64]
        );
        assert!(pem_private_key(&block("RSA PRIVATE KEY", &encrypted)));
    }

    #[test]
    fn headers_placeholders_and_other_blocks() {
        for text in [
            "-----BEGIN PRIVATE KEY-----".to_owned(),
            block("PRIVATE KEY", "..."),
            block("PRIVATE KEY", "your-key-here"),
            block("PRIVATE KEY", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"),
            block("PRIVATE KEY", ""),
            block("RSA PRIVATE KEY", &"x".repeat(64)),
            block("OPENSSH PRIVATE KEY", EC),
            block("PUBLIC KEY", EC),
            block("CERTIFICATE", EC),
            block("PRIVATE KEY", EC).replace("END PRIVATE", "END PUBLIC"),
            String::new(),
        ] {
            assert!(!pem_private_key(&text), "{text}");
        }
    }
}

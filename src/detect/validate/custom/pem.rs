//! Private keys in PEM and OpenPGP armour.

use super::super::kernel::{base64, entropy::entropy};

/// The tag that all ASN.1 key structures start with.
const DER_SEQUENCE: u8 = 0x30;

/// Fewest bytes of a key: those of an Ed25519 key in PKCS #8 are 48.
const SHORTEST: usize = 40;

/// Fewest bytes that are taken for a key for their density alone.
const DENSE: usize = 96;

/// Whether `text` is a whole private key block: the label is that of a private
/// key, the end belongs to the beginning, and the body decodes to what such a
/// key starts with, or is long and dense enough to be one that was damaged. A
/// header on its own and bodies of dots, words or `x` fail.
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
    let base = base64_lines(body);
    let Some(bytes) = base64::decode(&base) else {
        return false;
    };
    let starts_as_key = match label {
        "OPENSSH PRIVATE KEY" => bytes.starts_with(b"openssh-key-v1\0"),
        "PGP PRIVATE KEY BLOCK" => is_secret_key_packet(&bytes),
        // RFC 1421 encryption leaves no structure to look at.
        _ => bytes.first() == Some(&DER_SEQUENCE) || body.contains("Proc-Type:"),
    };
    let of_private_key = label.ends_with("PRIVATE KEY") || label == "PGP PRIVATE KEY BLOCK";
    let dense = bytes.len() >= DENSE && entropy(&base) >= 5.0;
    end.starts_with(label)
        && of_private_key
        && entropy(&base) >= 3.5
        && (dense || (starts_as_key && bytes.len() >= SHORTEST))
}

/// The base64 lines joined, without headers, checksum line and what string
/// literals put between lines; whole groups of four, the last may be cut.
fn base64_lines(body: &str) -> String {
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
    base.truncate(base.trim_end_matches('=').len());
    if base.len() % 4 == 1 {
        base.pop();
    }
    base
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
            "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQ"
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
            block("OPENSSH PRIVATE KEY", &EC[..64]),
            block("PUBLIC KEY", EC),
            block("CERTIFICATE", EC),
            block("PRIVATE KEY", EC).replace("END PRIVATE", "END PUBLIC"),
            String::new(),
        ] {
            assert!(!pem_private_key(&text), "{text}");
        }
    }
}

//! Paths of items as URIs (RFC 3986).

use std::path::Path;

/// A relative reference for a relative path, a `file:` URI for an absolute
/// one; every byte that is not unreserved or `/` is percent-encoded, so that
/// names that are not UTF-8 stay exact.
pub(super) fn of(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let windows = std::path::MAIN_SEPARATOR == '\\';
    let mut out = String::with_capacity(bytes.len() + 8);
    if path.is_absolute() {
        out.push_str(if windows { "file:///" } else { "file://" });
    }
    for &byte in bytes {
        match byte {
            b'\\' if windows => out.push('/'),
            byte if is_plain(byte) => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    // `./` in front says nothing, and readers join references textually.
    match out.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => out,
    }
}

/// The unreserved characters, and `/`.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_all_but_unreserved() {
        assert_eq!(
            of(Path::new("./hr/Gehälter 2024#1.csv")),
            "hr/Geh%C3%A4lter%202024%231.csv"
        );
        assert_eq!(of(Path::new("a:b%")), "a%3Ab%25");
    }

    #[cfg(unix)]
    #[test]
    fn keeps_absolute_and_foreign_names() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        assert_eq!(of(Path::new("/srv/a b")), "file:///srv/a%20b");
        assert_eq!(of(Path::new(OsStr::from_bytes(b"caf\xE9"))), "caf%E9");
    }
}

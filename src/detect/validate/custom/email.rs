//! Mail addresses.

use super::list::TLD;

/// Whether `text` is an address that mail could be delivered to: the lengths
/// of RFC 5321, dots and labels where they may stand, a domain below a
/// top-level domain that exists. Quoted local parts and address literals are
/// left out on purpose: in files they are noise.
pub(super) fn email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    (1..=64).contains(&local.len()) && text.len() <= 254 && is_local(local) && is_domain(domain)
}

/// Atoms joined by single dots (RFC 5322), with letters of any script (RFC 6531).
fn is_local(local: &str) -> bool {
    let allowed = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '!' | '#'..='\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^'..='`' | '{'..='~')
            || (!c.is_ascii() && !c.is_control() && !c.is_whitespace())
    };
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(allowed))
}

/// Labels of letters, digits and inner hyphens, the last a known one.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
    };
    let Some((above, last)) = domain.rsplit_once('.') else {
        return false;
    };
    // The list has internationalised domains in their ASCII form only.
    let known = !last.is_ascii() || TLD.holds_folded(last);
    domain.len() <= 253 && above.split('.').all(is_label) && is_label(last) && known
}

#[cfg(test)]
mod tests {
    use super::email;

    #[test]
    fn addresses() {
        for text in [
            "jane.doe@example.com",
            "j@example.co.uk",
            "o'brien+list@sub.example.org",
            "JANE@EXAMPLE.COM",
            "münch@bücher.example.de",
            "x@xn--bcher-kva.com",
            "user_1@1and1.de",
            "a@example.xn--p1ai",
        ] {
            assert!(email(text), "{text}");
        }
        for text in [
            "",
            "@",
            "a@",
            "@b.com",
            "a@b",
            "a..b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a b@example.com",
            "a@-b.com",
            "a@b-.com",
            "a@b..com",
            "a@example.invalidtld",
            "a@example.png",
            "icon@2x.png",
            "a@1.2.3.4",
            "a@example.com.",
            "a@ex_ample.com",
        ] {
            assert!(!email(text), "{text}");
        }
        assert!(!email(&format!("{}@example.com", "a".repeat(65))));
        assert!(!email(&format!("a@{}.com", "b".repeat(64))));
        assert!(!email(&format!("a@{}com", "bcdefgh.".repeat(32))));
    }
}

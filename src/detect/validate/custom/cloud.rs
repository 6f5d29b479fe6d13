//! Key ids of cloud providers.

/// Whether `text` is an AWS access key id: four letters that name its kind and
/// sixteen characters of base 32 that are not all one pattern. The first
/// characters of the body carry the account number; every account number of
/// twelve digits fits, so nothing can be refused by it.
pub(super) fn aws_access_key(text: &str) -> bool {
    let Some((kind, body)) = text.split_at_checked(4) else {
        return false;
    };
    let body_fits =
        body.len() == 16 && body.bytes().all(|c| matches!(c, b'A'..=b'Z' | b'2'..=b'7'));
    let distinct = (b'2'..=b'Z')
        .filter(|c| body.as_bytes().contains(c))
        .count();
    matches!(kind, "AKIA" | "ASIA" | "ABIA" | "ACCA")
        && body_fits
        && distinct >= 6
        && !body.ends_with("EXAMPLE")
}

#[cfg(test)]
mod tests {
    use super::aws_access_key;

    #[test]
    fn shape() {
        assert!(aws_access_key("AKIAQYLPMN5HHHFPZAM2"));
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAXXXXXXXXXXXXXXXX",
            "AKIAQYLPMN5HHHFPZAM",
            "AROAQYLPMN5HHHFPZAM2",
            "AKIAQYLPMN0HHHFPZAM2",
            "",
            "AKÄ",
        ] {
            assert!(!aws_access_key(text), "{text}");
        }
    }
}

//! Key ids of cloud providers.

/// Whether `text` is an AWS access key id: four letters that name its kind and
/// sixteen characters of base 32 that are not all one pattern. Newer ids carry
/// the account number in the body, older ones do not, so it is no check.
pub(super) fn aws_access_key(text: &str) -> bool {
    let Some((kind, body)) = text.split_at_checked(4) else {
        return false;
    };
    let body_fits =
        body.len() == 16 && body.bytes().all(|c| matches!(c, b'A'..=b'Z' | b'2'..=b'7'));
    let distinct = (b'2'..=b'Z')
        .filter(|c| body.as_bytes().contains(c))
        .count();
    matches!(kind, "AKIA" | "ASIA" | "ABIA" | "ACCA") && body_fits && distinct >= 6
}

#[cfg(test)]
mod tests {
    use super::aws_access_key;

    #[test]
    fn shape() {
        assert!(aws_access_key("AKIAQYLPMN5HHHFPZAM2"));
        for text in [
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

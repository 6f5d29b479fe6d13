//! JSON Web Tokens.

use serde_json::{Map, Value};

use super::super::kernel::base64;

/// Whether `text` is a JWS in compact form (RFC 7515) that carries claims: a
/// header object with an algorithm, a payload object with at least one member,
/// and a signature unless the algorithm is `none`.
pub(super) fn jwt(text: &str) -> bool {
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Some(header), Some(payload)) = (object(header), object(payload)) else {
        return false;
    };
    let algorithm = header
        .get("alg")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let signed = algorithm.eq_ignore_ascii_case("none") || is_url_base64(signature);
    !algorithm.is_empty() && !payload.is_empty() && signed
}

fn object(part: &str) -> Option<Map<String, Value>> {
    is_url_base64(part)
        .then(|| base64::decode(part))
        .flatten()
        .and_then(|bytes| base64::json_object(&bytes))
}

fn is_url_base64(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::jwt;

    #[test]
    fn the_example_of_rfc_7519_and_broken_ones() {
        let header = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9";
        let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(jwt(&format!("{header}.{payload}.{signature}")));
        // {"alg":"none"} as in RFC 7519 section 6.1.
        assert!(jwt(&format!("eyJhbGciOiJub25lIn0.{payload}.")));
        for text in [
            format!("{header}.{payload}"),
            format!("{header}.{payload}."),
            format!("{header}.{payload}.{signature}.{signature}"),
            format!("{payload}.{payload}.{signature}"),
            format!("{header}.eyJ.{signature}"),
            format!("{header}.e30.{signature}"),
            format!("eyJhbGciOiJIUzI1NiJ9x.{payload}.{signature}"),
            String::new(),
            "a.b.c".to_owned(),
        ] {
            assert!(!jwt(&text), "{text}");
        }
    }
}

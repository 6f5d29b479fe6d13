//! Values that stand where a secret will be, and are none.

use super::words::parts;

/// Text that no secret contains, in lower case.
const TELLTALE: &str = "example changeme change_me change-me changeit placeholder redacted replaceme replace_me \
    replace-me replace_with replace-with notreal not_real not-real notasecret dummy lorem \
    insert_ insert- xxxx **** .... ____ qwertyui asdfghjk zxcvbnm deadbeef cafebabe fakekey \
    fake_ fake- _fake -fake <your goeshere goes_here goes-here _here -here sanitized masked";

/// Beginnings and ends of what a template engine, shell or vault fills in.
const TEMPLATE: &[(&str, &str)] = &[
    ("${", "}"),
    ("{{", "}}"),
    ("<", ">"),
    ("$(", ")"),
    ("%(", ")s"),
    ("#{", "}"),
    ("@{", "}"),
    ("%{", "}"),
    ("[[", "]]"),
    ("((", "))"),
    ("{%", "%}"),
    ("enc[", "]"),
    ("enc(", ")"),
    ("!vault", ""),
    ("$ansible_vault", ""),
];

/// Words that are the whole value when nothing was filled in.
const EMPTY: &str = "none null nil undefined nan true false yes no on off empty blank unset default todo tbd \
    fixme n/a na test testing string value text foo bar baz foobar unknown hidden secure \
    encrypted required optional";

/// Words of names for secrets; a value made of these alone is a name.
const NAMING: &str = "secret secrets password passwords passwd passphrase passcode pass pwd pw token tokens key \
    keys api apikey credential credentials auth hash salt cred creds";

/// Words that stand between those in such names.
const FILLING: &str = "my your our the a an some this that is not real super top very here put insert enter paste \
    use get set new old app application access client user users username admin db database root \
    server service private public random string value test testing demo sample id name for with \
    to of in and or account login bot dev prod production staging jwt session signing encryption \
    shared master strong long secure me fake mock temp temporary aws azure github google openai \
    stripe slack postgres mysql redis mongo mongodb smtp mail email http basic bearer oauth \
    webhook generated confirm confirmation current repeat reset field input label env var config \
    settings data file path store type default please change must be it webapp web host";

/// Whether `text` could be a secret rather than what stands for one: a
/// template, a word such as `changeme`, the name of a secret, one character
/// over and over, a walk over the keyboard. For any case and normalisation.
pub(super) fn not_placeholder(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let template = TEMPLATE.iter().any(|(start, end)| {
        lower
            .strip_prefix(start)
            .is_some_and(|rest| rest.contains(end))
            || (matches!(*start, "${" | "{{") && lower.contains(start))
    });
    let wrapped = [('%', '%'), ('[', ']'), ('@', '@'), ('<', '>')]
        .iter()
        .any(|&(start, end)| lower.len() > 2 && lower.starts_with(start) && lower.ends_with(end));
    let format = lower.contains("%s") && lower.len() <= 8;
    !lower.is_empty()
        && !template
        && !wrapped
        && !format
        && !EMPTY.split(' ').any(|word| word == lower)
        && !TELLTALE.split(' ').any(|telltale| lower.contains(telltale))
        && !is_monotonous(&lower)
        && !is_name(text)
}

/// Whether the text is a few characters over and over, a long run of one, or
/// for two thirds runs of equal, rising or falling characters.
fn is_monotonous(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut distinct = [false; 256];
    for byte in bytes {
        distinct[usize::from(*byte)] = true;
    }
    let kinds = distinct.iter().filter(|&&seen| seen).count();
    let (mut longest_equal, mut in_runs) = (0, 0);
    let mut rest = bytes;
    while let [first, second, ..] = rest {
        let step = second.wrapping_sub(*first);
        let run = 1 + rest
            .windows(2)
            .take_while(|pair| matches!(pair, [a, b] if b.wrapping_sub(*a) == step))
            .count();
        if matches!(step, 0 | 1 | u8::MAX) && run >= 4 {
            in_runs += run;
            if step == 0 {
                longest_equal = longest_equal.max(run);
            }
            rest = rest.get(run..).unwrap_or_default();
        } else {
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    kinds == 1
        || (kinds == 2 && bytes.len() >= 6)
        || (kinds == 3 && bytes.len() >= 16)
        || longest_equal >= 10
        || (in_runs >= 6 && in_runs * 3 >= bytes.len() * 2)
}

/// Whether the text, letters and separators alone, is made of words about
/// secrets: `my-secret-token`, `YOUR_API_KEY`, `newUserPassword`.
fn is_name(text: &str) -> bool {
    if !text
        .bytes()
        .all(|c| c.is_ascii_alphabetic() || b" _-.:<>[]{}$#@!?".contains(&c))
    {
        return false;
    }
    let mut names = false;
    let known = parts(text).all(|part| match naming(&part.to_ascii_lowercase()) {
        Some(names_secret) => {
            names |= names_secret;
            true
        }
        None => false,
    });
    known && names
}

/// Whether a run of lower-case letters can be cut into the known words; if so,
/// whether one of them names a secret.
fn naming(letters: &str) -> Option<bool> {
    const LONGEST: usize = 48;
    if letters.len() > LONGEST {
        return None;
    }
    // reached[n]: the first n letters are known words; with or without a name.
    let mut reached = [None; LONGEST + 1];
    reached[0] = Some(false);
    for from in 0..letters.len() {
        let (Some(&Some(named)), Some(rest)) = (reached.get(from), letters.get(from..)) else {
            continue;
        };
        for (words, names) in [(NAMING, true), (FILLING, false)] {
            for word in words.split(' ').filter(|word| rest.starts_with(word)) {
                if let Some(place) = reached.get_mut(from + word.len()) {
                    *place = Some(place.unwrap_or(false) || named || names);
                }
            }
        }
    }
    reached.get(letters.len()).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::not_placeholder;

    #[test]
    fn placeholders() {
        for text in [
            "",
            "changeme",
            "ChangeMe123",
            "your_api_key",
            "YOUR-API-KEY-HERE",
            "xxxxxxxxxxxx",
            "sk_live_XXXXXXXXXXXX",
            "********",
            "<password>",
            "<your token>",
            "${DB_PASSWORD}",
            "prefix-${SECRET}",
            "{{ vault_password }}",
            "%s",
            "$(cat secret)",
            "AKIAIOSFODNN7EXAMPLE",
            "dummy_value_1",
            "fake-token-1",
            "redacted",
            "TODO",
            "null",
            "None",
            "true",
            "aaaaaaaaaa",
            "abababababab",
            "12345678",
            "abcdef1234567890abcdef1234",
            "abcd-1234-efgh-5678",
            "abcdefghijkl",
            "qwertyuiop",
            "my-secret-token",
            "mysecretpassword",
            "newUserPassword",
            "password",
            "Secret",
            "[REDACTED]",
            "%PASSWORD%",
            "insert_token",
            "ENC[AES256_GCM,data:x]",
            "0000000000000000",
            "deadbeefdeadbeef",
            "client_secret",
            "token-goes-here",
        ] {
            assert!(!not_placeholder(text), "{text}");
        }
    }

    #[test]
    fn values_that_stay() {
        for text in [
            "hunter2",
            "S3cr3tP@ss",
            "SuperSecret123!",
            "Tr0ub4dor&3",
            "correct-horse-battery-staple",
            "9fK2xQ7vLm3RzT8wYb5N",
            "xoxb-912345678901-k3Jd8sLq0ZpWm2",
            "Winter2024!",
            "p@ssw0rd",
            "letmein",
            "AKIAQYLPMN5HHHFPZAM2",
            "Ünïcödé-9x",
        ] {
            assert!(not_placeholder(text), "{text}");
        }
    }
}

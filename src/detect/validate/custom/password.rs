//! Values of password assignments.

use super::placeholder::not_placeholder;
use super::words::{is_wordy, parts};
use crate::detect::validate::kernel::entropy::entropy;

/// What only code, markup, links and sealed values contain.
const CODE: &str = "` -> => :: && || ?? </ /> :// ${ {{ (): [] ();";

/// Beginnings of references to a value that is kept elsewhere.
const REFERENCE: &str = "./ ../ ~/ /run/ /etc/ /var/ /opt/ /home/ /secrets env. env: process.env os.environ vault: \
    arn: secret: secrets. secretsmanager: ssm: op:// file: enc[ enc( {cipher} !ref {ssha {sha \
    {crypt @param sha256: keyvault keychain";

/// Passwords that people choose and that are plain words.
const CHOSEN: &str = "letmein qwerty dragon monkey iloveyou welcome sunshine football baseball princess shadow \
    superman batman trustno admin administrator root toor guest hunter michael ashley";

/// Whether the value of a password assignment is plausibly the password
/// itself: no placeholder, variable, call, type, name, path, message or hash.
///
/// A value of letters alone that reads like a word is taken for a name, save
/// the handful that people are known to choose: source code assigns names far
/// more often than such passwords.
pub(super) fn password_like(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    // What is left of code when the value was cut at a quote or a comma.
    let core = text.trim_matches(['(', ')', '[', ']', ':', ';', ',', '=', '.']);
    (4..=128).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && !CODE.split(' ').any(|code| text.contains(code))
        && !REFERENCE.split(' ').any(|start| lower.starts_with(start))
        && not_placeholder(core)
        && not_placeholder(text)
        && entropy(text) >= 1.5
        && !is_variable(text)
        && !is_access(text)
        && !is_access(text.trim_start_matches(['(', ':', '=']))
        && !is_hash(text)
        && (!is_name(core) || CHOSEN.split(' ').any(|word| word == lower))
}

/// `$password`, `@Secret`, `&ref`, `%VAR%`, `:param`: a sigil and a name.
fn is_variable(text: &str) -> bool {
    let name = text.trim_end_matches(['%', '@', ';', ',', ')']);
    name.strip_prefix(['$', '@', '&', '%', ':', '*'])
        .is_some_and(|name| {
            let digits = name.bytes().filter(u8::is_ascii_digit).count();
            !name.is_empty()
                && name
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'))
                && digits <= 1
                && parts(name).any(|part| part.len() >= 2 && is_wordy(part))
        })
}

/// `getPassword()`, `os.environ["X"]`, `config.db.password`: a name that is
/// called, indexed or asked for a member.
fn is_access(text: &str) -> bool {
    let end = text.find(['(', '[']).unwrap_or(text.len());
    let (head, tail) = text.split_at(end);
    let head = head.trim_matches('!');
    let is_identifier = |name: &str| {
        let name = name.strip_suffix('?').unwrap_or(name);
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
            && name
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'$'))
    };
    let digits = head.bytes().filter(u8::is_ascii_digit).count();
    let member = head.contains('.');
    let is_path = !head.is_empty()
        && digits <= if member { 4 } else { 2 }
        && head.split('.').all(is_identifier);
    // A call or an index up to the end of the value, before a member, or cut short.
    let closed = tail.ends_with([')', ']']) || tail.contains(").") || tail.contains("].");
    let called = head.len() >= 3 && !tail.is_empty() && (closed || !tail.contains([')', ']']));
    let reads = |part: &str| {
        part.len() <= 3 || is_wordy(part) || part.bytes().all(|c| c.is_ascii_uppercase())
    };
    is_path && (called || (member && parts(head).all(reads)))
}

/// Crypt strings, which other detectors report, and hex of a digest's length.
fn is_hash(text: &str) -> bool {
    let crypt = text.strip_prefix('$').is_some_and(|rest| {
        rest.split_once('$').is_some_and(|(scheme, _)| {
            !scheme.is_empty()
                && scheme.len() <= 10
                && scheme
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || c == b'-')
        }) && text.len() >= 20
    });
    let digest = matches!(text.len(), 32 | 40 | 56 | 64 | 96 | 128)
        && text.bytes().all(|c| c.is_ascii_hexdigit());
    crypt || digest
}

/// Letters and underscores alone that read like words: `currentPassword`,
/// `DB_PASS`, `required`, `contraseña`.
fn is_name(text: &str) -> bool {
    let letters = text
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '_' | '-' | '.' | ':' | '?' | '*' | '!' | '…'));
    let reads = |part: &str| part.len() <= 3 || is_wordy(part);
    let shouted = text.chars().rev().take_while(|&c| c == '!').count();
    let (count, length) = parts(text).fold((0, 0), |(count, length), part| {
        (count + 1, length + part.len())
    });
    // Random letters change case more often than names do.
    letters && shouted == 0 && length >= 3 * count && parts(text).all(reads) && !is_passphrase(text)
}

/// Four or more words of lower case joined by hyphens, as Diceware makes them.
fn is_passphrase(text: &str) -> bool {
    let mut words = 0;
    let lower = text.split('-').all(|word| {
        words += 1;
        word.len() >= 3 && word.bytes().all(|c| c.is_ascii_lowercase())
    });
    lower && words >= 4
}

#[cfg(test)]
mod tests {
    use super::password_like;

    #[test]
    fn passwords() {
        for text in [
            "hunter2",
            "S3cr3tP@ss",
            "SuperSecret123!",
            "Tr0ub4dor&3",
            "correct-horse-battery-staple",
            "Winter2024!",
            "p@ssw0rd",
            "letmein",
            "9fK2xQ7vLm3RzT8w",
            "Pa$$w0rd",
            "$ecureP4ss9",
            "abc(1)2X",
            "IePXCJto",
            "7bd_QrYPyUX3!=_X",
            "kX9#mP2$vL",
            "Fluffy!",
            "123qwe!Q",
            "mün7er",
        ] {
            assert!(password_like(text), "{text}");
        }
    }

    #[test]
    fn everything_else() {
        for text in [
            "",
            "abc",
            "getPassword()",
            "os.environ[\"DB_PASS\"]",
            "os.getenv(\"X\")",
            "config.db.password",
            "self.password",
            "process.env.DB_PASSWORD",
            "$password",
            "$DB_PASS",
            "${PASSWORD}",
            "{{password}}",
            "%PASSWORD%",
            "null",
            "None",
            "true",
            "string",
            "String",
            "required",
            "currentPassword",
            "DB_PASSWORD",
            "new_password",
            "Passwort",
            "contraseña",
            "changeme",
            "********",
            "<password>",
            "password",
            "a b c d",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$2b$12$abcdefghijklmnopqrstuv",
            "/run/secrets/db",
            "https://example.org",
            "user->password",
            "this.form.value",
            "input(\"Password\")",
            "ENC[AES256]",
            "request.form['password']",
            "varchar(255)",
            "String?",
            ":password",
            "@Password",
            "aaaaaaaa",
            "args[0]",
            "incorrect",
            "hashPassword(password)",
            "secrets.DB_PASSWORD",
            "!Ref",
            "{SSHA}abcdef",
            "None):",
            "(Optional)",
            "(self.password.encode(",
            ":try_from(password)?)",
            "_text_to_bytes(",
            "write!(f",
            "bytes):",
            "base64.b16encode(random_bytes[8:])",
            "rows[0].password",
            ":py:data:`bytes`",
        ] {
            assert!(!password_like(text), "{text}");
        }
    }
}

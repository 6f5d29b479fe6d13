//! Names of columns, keys and form fields.

use std::collections::BTreeMap;

/// Which detectors a field name speaks for.
#[derive(Debug, Default)]
pub(crate) struct FieldNames {
    /// Words of a name, joined by spaces, to detectors.
    by_words: BTreeMap<String, Vec<u32>>,
    /// The same without spaces: `phonenumber`.
    by_letters: BTreeMap<String, Vec<u32>>,
}

/// Words that say nothing about the kind of data beside them, so that
/// `customer_email` and `phone_no` are as good as `email` and `phone`.
const NEUTRAL: &[&str] = &[
    "account",
    "applicant",
    "billing",
    "client",
    "cnt",
    "code",
    "col",
    "contact",
    "cust",
    "customer",
    "data",
    "employee",
    "emp",
    "field",
    "guest",
    "holder",
    "home",
    "info",
    "main",
    "member",
    "mobile",
    "my",
    "nbr",
    "no",
    "nr",
    "num",
    "number",
    "owner",
    "patient",
    "person",
    "personal",
    "primary",
    "private",
    "raw",
    "secondary",
    "shipping",
    "staff",
    "str",
    "string",
    "subject",
    "text",
    "the",
    "txt",
    "usr",
    "user",
    "val",
    "value",
    "work",
    "worker",
];

/// Whether every word of a name says nothing about the kind of data beside it.
pub(crate) fn is_neutral(name: &str) -> bool {
    const NUMBER: [&str; 8] = [
        "id",
        "is",
        "nummer",
        "numero",
        "número",
        "numéro",
        "номер",
        "n",
    ];
    words(name).iter().all(|word| {
        let word = word.as_str();
        NEUTRAL.contains(&word) || NUMBER.contains(&word) || word.parse::<u32>().is_ok()
    })
}

/// Last words of names that hold something *about* the data, not the data.
const ABOUT: &[&str] = &[
    "allowed",
    "at",
    "class",
    "color",
    "column",
    "count",
    "digest",
    "enabled",
    "error",
    "exists",
    "expired",
    "expires",
    "expiry",
    "flag",
    "format",
    "hash",
    "help",
    "hint",
    "id",
    "ids",
    "index",
    "label",
    "len",
    "length",
    "masked",
    "max",
    "min",
    "missing",
    "mode",
    "optional",
    "pattern",
    "placeholder",
    "policy",
    "present",
    "regex",
    "required",
    "salt",
    "score",
    "size",
    "status",
    "strength",
    "template",
    "title",
    "type",
    "types",
    "url",
    "valid",
    "validated",
    "validation",
    "verified",
    "visible",
    "width",
];

/// Names of fields that records of places, products, fonts and packages have, and
/// people have not.
const OF_THINGS: &[&str] = &[
    "admin1",
    "airport",
    "ascent",
    "dependencies",
    "elevation",
    "elevationft",
    "fontfamily",
    "geonameid",
    "glyphs",
    "iata",
    "icao",
    "isbn",
    "lat",
    "latitude",
    "lng",
    "lon",
    "longitude",
    "population",
    "postscriptname",
    "price",
    "sku",
    "stock",
    "timezone",
    "unitprice",
    "unitsperem",
];

/// Whether the name of a field says that its record is about a thing.
pub(crate) fn is_of_things(name: &str) -> bool {
    OF_THINGS.contains(&letters(last_key(name)).as_str())
}

/// What the name of one field says.
#[derive(Debug, Default)]
pub(crate) struct Role {
    /// The detectors that it speaks for, in order of their number.
    pub(crate) detectors: Vec<u32>,
    /// For each, the [`letters`] of the longest of its names that is part of this
    /// one: `fullname` for `customer_full_name`.
    names: Vec<String>,
}

impl Role {
    /// The name by which it speaks for a detector, if it does.
    #[inline]
    pub(crate) fn name_for(&self, detector: u32) -> Option<&str> {
        let at = self.detectors.binary_search(&detector).ok()?;
        Some(&self.names[at])
    }

    fn add(&mut self, detectors: &[u32], words: &[String]) {
        let letters = words.concat();
        for &detector in detectors {
            match self.detectors.binary_search(&detector) {
                Ok(at) if self.names[at].len() < letters.len() => {
                    self.names[at].clone_from(&letters);
                }
                Ok(_) => {}
                Err(at) => {
                    self.detectors.insert(at, detector);
                    self.names.insert(at, letters.clone());
                }
            }
        }
    }
}

impl FieldNames {
    /// `names`: each name with the detector that lists it.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = (&'a str, u32)>) -> FieldNames {
        let mut fields = FieldNames::default();
        for (name, detector) in names {
            let words = words(name);
            let put = |map: &mut BTreeMap<String, Vec<u32>>, key: String| {
                let detectors = map.entry(key).or_default();
                if !detectors.contains(&detector) {
                    detectors.push(detector);
                }
            };
            put(&mut fields.by_words, words.join(" "));
            put(&mut fields.by_letters, words.concat());
        }
        fields
    }

    /// What `name` says. Of names such as `DNI/NIF` each part speaks.
    pub(crate) fn role(&self, name: &str) -> Role {
        let mut role = Role::default();
        for name in last_key(name).split('/') {
            self.add_detectors(&words(name), &mut role);
        }
        role
    }

    fn add_detectors(&self, words: &[String], role: &mut Role) {
        if let Some(detectors) = self.by_letters.get(&words.concat()) {
            role.add(detectors, words);
        }
        let count = words.len().min(8);
        for start in 0..count {
            for end in start + 1..=count {
                let Some(detectors) = self.by_words.get(&words[start..end].join(" ")) else {
                    continue;
                };
                let about = words[end..]
                    .iter()
                    .any(|word| ABOUT.contains(&word.as_str()));
                let rest = || words[..start].iter().chain(&words[end..]);
                let single_among_others = end - start == 1
                    && !rest().all(|w| {
                        NEUTRAL.contains(&w.as_str()) || w.bytes().all(|b| b.is_ascii_digit())
                    });
                if !about && !single_among_others {
                    role.add(detectors, &words[start..end]);
                }
            }
        }
    }
}

/// Of a key path only the last key names the value. Dots of abbreviations make no
/// path: `D.N.I.`, `card no.`, `N.º de afiliado`.
fn last_key(name: &str) -> &str {
    let name = name.trim_end_matches("[]").trim_end_matches('.');
    let is_letter = |key: &str| key.chars().count() == 1 && key.starts_with(char::is_alphabetic);
    match name.rsplit_once('.') {
        Some((path, key))
            if !key.is_empty()
                && !key.starts_with(' ')
                && !is_letter(key)
                && (key.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                    || !path.rsplit('.').next().is_some_and(is_letter)) =>
        {
            key
        }
        _ => name,
    }
}

/// The letters and digits of a name, in lower case: `fullname` for `Full name`.
pub(crate) fn letters(name: &str) -> String {
    words(name).concat()
}

/// The words of a name, in lower case: `customerSSN_2` is `customer ssn 2`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            open = false;
            continue;
        }
        let before = i.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(i + 1);
        let hump = before.is_some_and(|b| {
            b.is_lowercase() && c.is_uppercase()
                || b.is_uppercase() && c.is_uppercase() && after.is_some_and(|a| a.is_lowercase())
                || b.is_alphabetic() != c.is_alphabetic()
        });
        if !open || hump {
            words.push(String::new());
            open = true;
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(words("customerSSN_2"), ["customer", "ssn", "2"]);
        assert_eq!(words("SSNNumber"), ["ssn", "number"]);
        assert_eq!(words("Straße Nr."), ["straße", "nr"]);
    }

    #[test]
    fn names_speak_for_detectors_but_not_their_neighbours() {
        let names = FieldNames::new([
            ("ssn", 1),
            ("social_security_number", 1),
            ("name", 2),
            ("phone number", 3),
        ]);
        for name in [
            "ssn",
            "SSN",
            "customer_ssn",
            "employeeSsn",
            "social security number",
            "SocialSecurityNumber",
        ] {
            assert_eq!(names.role(name).detectors, [1], "{name}");
        }
        assert_eq!(names.role("PHONENUMBER").detectors, [3]);
        for name in ["a.b.cc.ssn", "x.*.ssn", "a.ssn"] {
            assert_eq!(names.role(name).detectors, [1], "{name}");
        }
        assert_eq!(names.role("NIF/SSN").detectors, [1]);
        assert_eq!(names.role("S.S.N.").detectors, [1]);
        assert_eq!(names.role("social security number.").detectors, [1]);
        assert_eq!(names.role("users[].home_phone_number").detectors, [3]);
        assert_eq!(
            names.role("customer_phone_number").name_for(3),
            Some("phonenumber")
        );
        assert_eq!(names.role("customer_name").name_for(2), Some("name"));
        assert_eq!(names.role("f.__name__").name_for(2), Some("name"));
        for name in [
            "file_name",
            "ssn_flag",
            "ssn_count",
            "hostname",
            "product.name_type",
        ] {
            assert!(names.role(name).detectors.is_empty(), "{name}");
        }
    }
}

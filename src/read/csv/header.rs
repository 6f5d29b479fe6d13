//! Decides by its content whether the first record names the columns.

use super::shape::Shape;

/// Longest text that is taken for a column name.
const LONGEST_NAME: usize = 100;

/// Words of which column names are made. One of them settles what shapes leave
/// open: a table of nothing but words.
const NAME_WORDS: &[&str] = &[
    "account",
    "address",
    "age",
    "amount",
    "birth",
    "card",
    "city",
    "code",
    "comment",
    "company",
    "country",
    "created",
    "customer",
    "date",
    "datum",
    "description",
    "dob",
    "email",
    "first",
    "gender",
    "iban",
    "id",
    "key",
    "last",
    "mail",
    "mobile",
    "name",
    "nachname",
    "naam",
    "nom",
    "nombre",
    "note",
    "notes",
    "number",
    "nummer",
    "password",
    "phone",
    "postcode",
    "prenom",
    "role",
    "salary",
    "ssn",
    "state",
    "status",
    "street",
    "surname",
    "telefon",
    "telephone",
    "time",
    "title",
    "type",
    "url",
    "user",
    "username",
    "value",
    "vorname",
    "zip",
];

/// Whether the first of `records` is a header, judged by what stands below it.
pub(super) fn is_header(records: &[Vec<&[u8]>]) -> bool {
    let Some((first, below)) = records.split_first() else {
        return false;
    };
    let shapes: Vec<Shape> = first.iter().map(|name| Shape::of(name)).collect();
    let could_be_name = |(name, shape): (&&[u8], &Shape)| {
        name.len() <= LONGEST_NAME && !matches!(shape, Shape::Address) && !is_data(name, *shape)
    };
    let named = shapes
        .iter()
        .filter(|shape| **shape != Shape::Empty)
        .count();
    if named == 0 || !first.iter().zip(&shapes).all(could_be_name) {
        return false;
    }
    if below.is_empty() {
        return first.iter().any(|name| has_name_word(name));
    }
    let mut votes = 0i32;
    for (column, (name, shape)) in first.iter().zip(&shapes).enumerate() {
        let values: Vec<&[u8]> = below
            .iter()
            .filter_map(|record| record.get(column).copied())
            .filter(|v| !v.trim_ascii().is_empty())
            .collect();
        if *shape == Shape::Empty || values.is_empty() {
            // The names of rows often stand below a corner that is left empty.
            votes += if column == 0 && !values.is_empty() {
                3
            } else {
                0
            };
            continue;
        }
        if values.iter().any(|value| value.eq_ignore_ascii_case(name)) {
            // A name that is also a value is a value.
            votes -= 2;
        }
        let same = values
            .iter()
            .filter(|value| Shape::of(value) == *shape)
            .count();
        votes += match same * 4 / values.len() {
            0 => 2,
            1 => 1,
            2 => 0,
            _ => -1,
        };
        if has_name_word(name) {
            votes += 2;
        }
    }
    // With nothing to tell them apart, most tables have a header.
    votes > 0 || votes == 0 && distinct(first)
}

/// Values that no one gives a column as its name.
fn is_data(name: &[u8], shape: Shape) -> bool {
    let digits = name.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = name
        .iter()
        .filter(|b| b.is_ascii_alphabetic() || **b >= 0x80)
        .count();
    match shape {
        // Years and other small numbers do head columns; amounts and dates do not.
        Shape::Number => !(digits <= 4 && digits == name.trim_ascii().len()),
        _ => digits > 6 || digits > letters,
    }
}

fn has_name_word(name: &[u8]) -> bool {
    let known = |word: &[u8]| {
        NAME_WORDS
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
    };
    let mut start = 0;
    for at in 0..=name.len() {
        // A word ends before a sign, and before the capital of the next one.
        let sign = name.get(at).is_none_or(|b| !b.is_ascii_alphabetic());
        let hump = at > 0
            && at < name.len()
            && name[at].is_ascii_uppercase()
            && name[at - 1].is_ascii_lowercase();
        if sign || hump {
            if known(&name[start..at]) {
                return true;
            }
            start = at + usize::from(sign);
        }
    }
    false
}

fn distinct(names: &[&[u8]]) -> bool {
    let mut sorted: Vec<&[u8]> = names.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> bool {
        let records: Vec<Vec<&[u8]>> = text
            .lines()
            .map(|line| line.split(',').map(str::as_bytes).collect())
            .collect();
        is_header(&records)
    }

    #[test]
    fn headers_differ_from_what_stands_below() {
        for text in [
            "name,ssn\nAnna,536-22-8471\nBert,536-22-8472",
            "first,last,city\nAnna,Schmidt,Berlin\nJohn,Doe,London",
            "Vorname,Nachname\nAnna,Schmidt\nBert,Braun",
            "id,email",
            "col_a,col_b\nAnna,Schmidt\nBert,Braun",
            "customerEmail,x\na,b\nc,d",
            ",2019,2020\nnorth,1.5,2.5\nsouth,3.5,4.5",
            "name,name,phone\na,b,555-0100\nc,d,555-0101",
        ] {
            assert!(header(text), "{text}");
        }
    }

    #[test]
    fn data_is_not_taken_for_a_header() {
        for text in [
            "",
            "Anna,536-22-8471\nBert,536-22-8472",
            "a@example.com,x\nb@example.com,y",
            "Anna,Schmidt,Berlin\nJohn,Doe,London\nMary,Major,Leeds",
            "yes,no\nyes,yes\nno,no",
            "1,2\n3,4",
            "2024-01-31,a\n2024-02-28,b",
            "Anna,Schmidt",
        ] {
            assert!(!header(text), "{text}");
        }
    }
}

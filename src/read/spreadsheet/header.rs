//! Which row of a sheet names its columns.

use std::collections::BTreeSet;

use crate::model::CellType;

/// Rows above the data that may be titles before the header is given up.
const MOST_TITLES: usize = 8;
/// A column name longer than this, in characters, is a sentence.
const LONGEST_NAME: usize = 64;

/// Words that column names are made of, for tables in which every value is a
/// word too. Lower case; compared with whole words of a cell.
const NAME_WORDS: &[&str] = &[
    "address",
    "adresse",
    "anrede",
    "apellido",
    "apellidos",
    "cidade",
    "city",
    "ciudad",
    "cognome",
    "comment",
    "comments",
    "company",
    "country",
    "date",
    "department",
    "description",
    "direccion",
    "email",
    "employee",
    "first",
    "firstname",
    "gender",
    "id",
    "last",
    "lastname",
    "land",
    "mail",
    "manager",
    "middle",
    "mobile",
    "nachname",
    "name",
    "nom",
    "nombre",
    "nome",
    "notes",
    "ort",
    "owner",
    "pays",
    "phone",
    "prenom",
    "prénom",
    "role",
    "sex",
    "stadt",
    "state",
    "status",
    "strasse",
    "straße",
    "street",
    "surname",
    "telefon",
    "title",
    "type",
    "user",
    "username",
    "value",
    "ville",
    "vorname",
];

/// One value of a row, as far as header detection cares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe<'a> {
    /// Column from 0.
    pub(super) column: u32,
    pub(super) typed: CellType,
    pub(super) text: &'a str,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Words.
    Words,
    /// Text with several digits or an at sign: identifiers, dates, addresses.
    Coded,
    Number,
    Date,
}

impl Probe<'_> {
    fn look(&self) -> Look {
        match self.typed {
            CellType::Number => Look::Number,
            CellType::Date => Look::Date,
            CellType::Text | CellType::Bool => {
                let digits = self.text.bytes().filter(u8::is_ascii_digit).count();
                if digits >= 3 || self.text.contains('@') {
                    Look::Coded
                } else {
                    Look::Words
                }
            }
        }
    }
}

/// The index of the row that names the columns of `rows`, if one does.
///
/// A header is a row of short, different words that is about as wide as what
/// follows it, and at least one of its columns goes on with something other
/// than words. Where every value is a word, the row must use the words that
/// column names are made of.
pub(super) fn find(rows: &[Vec<Probe<'_>>]) -> Option<usize> {
    let last = rows.len().checked_sub(1)?;
    let mut best: Option<(usize, usize)> = None;
    for (index, row) in rows.iter().enumerate().take(last.min(MOST_TITLES)) {
        let following = rows.get(index + 1..).unwrap_or_default();
        if !names_columns(row, following) {
            if best.is_some() {
                break;
            }
            continue;
        }
        let contrast = contrast(row, following);
        match best {
            // The second row of a two-row header, or the header below a title
            // that is as wide as the table, says more than the first.
            Some((_, so_far)) if contrast <= so_far => break,
            _ if contrast > 0 => best = Some((index, contrast)),
            None if uses_name_words(row) => return Some(index),
            _ => {}
        }
    }
    best.map(|(index, _)| index)
}

fn names_columns(row: &[Probe<'_>], following: &[Vec<Probe<'_>>]) -> bool {
    let words = row.iter().filter(|cell| cell.look() == Look::Words).count();
    let mostly_words = words * 5 >= row.len() * 4;
    let short = row
        .iter()
        .all(|cell| cell.text.chars().count() <= LONGEST_NAME);
    let different = row
        .iter()
        .map(|cell| cell.text.trim())
        .collect::<BTreeSet<_>>()
        .len()
        * 5
        >= row.len() * 4;
    let widest = following.iter().take(10).map(Vec::len).max().unwrap_or(0);
    !row.is_empty()
        && mostly_words
        && short
        && different
        && row.len() * 2 >= widest
        && (row.len() >= 2 || widest == 1)
}

/// In how many columns the row has words and most of what follows has not.
fn contrast(row: &[Probe<'_>], following: &[Vec<Probe<'_>>]) -> usize {
    let differs = |column: u32| {
        let looks = following
            .iter()
            .take(10)
            .filter_map(|row| row.iter().find(|cell| cell.column == column))
            .map(Probe::look);
        let (mut values, mut other) = (0, 0);
        for look in looks {
            values += 1;
            other += usize::from(look != Look::Words);
        }
        values > 0 && other * 2 > values
    };
    row.iter()
        .filter(|cell| cell.look() == Look::Words && differs(cell.column))
        .count()
}

fn uses_name_words(row: &[Probe<'_>]) -> bool {
    let named = |cell: &&Probe<'_>| {
        cell.text
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| NAME_WORDS.contains(&word.to_lowercase().as_str()))
    };
    row.iter().filter(named).count() * 3 >= row.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(rows: &[&[&str]]) -> Option<usize> {
        let rows = rows.iter().map(|row| {
            let cells = row.iter().enumerate().filter(|(_, text)| !text.is_empty());
            cells
                .map(|(column, text)| {
                    let typed = if text.parse::<f64>().is_ok() {
                        CellType::Number
                    } else {
                        CellType::Text
                    };
                    Probe {
                        column: column as u32,
                        typed,
                        text,
                    }
                })
                .collect()
        });
        find(&rows.collect::<Vec<_>>())
    }

    #[test]
    fn finds_the_row_unlike_what_follows() {
        assert_eq!(
            header(&[
                &["id", "email"],
                &["1", "a@example.com"],
                &["2", "b@example.com"]
            ]),
            Some(0)
        );
        assert_eq!(
            header(&[
                &["Staff list"],
                &["Name", "SSN"],
                &["Ann Doe", "078-05-1120"]
            ]),
            Some(1)
        );
        assert_eq!(
            header(&[&["ssn"], &["078-05-1120"], &["219-09-9999"]]),
            Some(0)
        );
    }

    #[test]
    fn takes_the_lower_of_two_header_rows() {
        let rows: &[&[&str]] = &[
            &["Person", "", "", "Pay"],
            &["First", "Last", "Phone", "Account"],
            &["Ann", "Doe", "202-555-0101", "12345678"],
        ];
        assert_eq!(header(rows), Some(1));
    }

    #[test]
    fn knows_words_of_column_names_when_all_are_words() {
        assert_eq!(
            header(&[&["First name", "City"], &["Ann", "Rome"], &["Bob", "Oslo"]]),
            Some(0)
        );
        assert_eq!(
            header(&[&["Ann", "Rome"], &["Bob", "Oslo"], &["Cid", "Bonn"]]),
            None
        );
    }

    #[test]
    fn data_is_no_header() {
        assert_eq!(
            header(&[&["Ann", "078-05-1120"], &["Bob", "219-09-9999"]]),
            None
        );
        assert_eq!(header(&[&["1", "2"], &["3", "4"]]), None);
        assert_eq!(header(&[&["only", "one", "row"]]), None);
        assert_eq!(header(&[]), None);
    }
}

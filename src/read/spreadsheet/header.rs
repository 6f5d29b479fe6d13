//! Which row of a sheet names its columns.

use std::collections::BTreeSet;

use crate::model::CellType;

/// Rows above the data that may be titles before the header is given up.
const MOST_TITLES: usize = 8;
/// A column name longer than this, in characters, is a sentence.
const LONGEST_NAME: usize = 64;

/// Words that names of columns and labels of forms are made of. They decide
/// where every value is a word too. Lower case; compared with whole words.
const NAME_WORDS: &str = "
account address adresse age anrede apellido apellidos bank birth born cidade city ciudad
code cognome comment comments company contact country date department description direccion
dob driver email employee first firstname gender iban id insurance land last lastname
licence license mail manager middle mobile nachname name nationality nom nombre nome notes
number ort owner passport password passwort pays phone place postal prenom prénom role
salary security sex social ssn stadt state status strasse straße street surname tax telefon
telephone title type user username value ville vorname zip
";

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
            if best.is_some() || is_data(row, following) {
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
    let short = |cell: &Probe<'_>| cell.text.chars().count() <= LONGEST_NAME;
    let names = row.iter().map(|cell| cell.text.trim());
    let different = names.collect::<BTreeSet<_>>().len();
    is_wide(row, following)
        && is_mostly_words(row)
        && row.iter().all(short)
        && different * 5 >= row.len() * 4
}

/// True for a row that no header can come after: a title is narrower, and a
/// header has words.
fn is_data(row: &[Probe<'_>], following: &[Vec<Probe<'_>>]) -> bool {
    is_wide(row, following) && !is_mostly_words(row)
}

fn is_wide(row: &[Probe<'_>], following: &[Vec<Probe<'_>>]) -> bool {
    let widest = following.iter().take(10).map(Vec::len).max().unwrap_or(0);
    row.len() * 2 >= widest && (row.len() >= 2 || widest == 1)
}

fn is_mostly_words(row: &[Probe<'_>]) -> bool {
    let words = row.iter().filter(|cell| cell.look() == Look::Words).count();
    words * 5 >= row.len() * 4
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
    let named = row.iter().filter(|cell| has_name_word(cell.text)).count();
    named * 3 >= row.len()
}

fn has_name_word(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .any(|word| NAME_WORDS.split_whitespace().any(|known| known == word))
}

/// True when the rows are a form: a label in the first cell of each, what it
/// is about in the next.
pub(super) fn is_form(rows: &[Vec<Probe<'_>>]) -> bool {
    let says_label = |text: &str| text.trim_end().ends_with(':') || has_name_word(text);
    let pairs = rows.iter().filter(|row| row.len() >= 2).collect::<Vec<_>>();
    let labels = pairs
        .iter()
        .filter(|row| row.len() <= 4)
        .filter_map(|row| row.first())
        .filter(|cell| cell.look() == Look::Words && cell.text.chars().count() <= LONGEST_NAME)
        .map(|cell| cell.text.trim())
        .collect::<BTreeSet<_>>();
    let said = labels.iter().filter(|label| says_label(label)).count();
    let under_a_header = pairs
        .first()
        .is_some_and(|row| row.iter().skip(1).all(|cell| says_label(cell.text)));
    pairs.len() >= 2
        && labels.len() * 10 >= pairs.len() * 7
        && said * 2 >= labels.len()
        && !under_a_header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(rows: &[&[&str]]) -> Option<usize> {
        find(&probes(rows))
    }

    fn probes<'a>(rows: &[&[&'a str]]) -> Vec<Vec<Probe<'a>>> {
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
        rows.collect()
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
                &["Ann Doe", "987-65-4321"]
            ]),
            Some(1)
        );
        assert_eq!(
            header(&[&["ssn"], &["987-65-4321"], &["987-65-4322"]]),
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
    fn forms_are_told_from_tables() {
        let form = |rows: &[&[&str]]| is_form(&probes(rows));
        assert!(form(&[
            &["Name:", "Ann Doe"],
            &["SSN:", "987-65-4321"],
            &["Remarks:", "none"]
        ]));
        assert!(form(&[
            &["Staff"],
            &["Last name", "Doe"],
            &["Phone number", "202-555-0101"]
        ]));
        assert!(!form(&[&["Name", "SSN"], &["Ann Doe", "987-65-4321"]]));
        assert!(!form(&[
            &["Ann Doe", "987-65-4321"],
            &["Bob Roe", "987-65-4322"]
        ]));
        assert!(!form(&[&["Name:", "Ann Doe"]]));
    }

    #[test]
    fn a_word_among_data_is_no_header() {
        let rows: &[&[&str]] = &[
            &["Ann", "202-555-0101"],
            &["Bob", "n/a"],
            &["Cid", "202-555-0103"],
            &["Dee", "202-555-0104"],
        ];
        assert_eq!(header(rows), None);
    }

    #[test]
    fn data_is_no_header() {
        assert_eq!(
            header(&[&["Ann", "987-65-4321"], &["Bob", "987-65-4322"]]),
            None
        );
        assert_eq!(header(&[&["1", "2"], &["3", "4"]]), None);
        assert_eq!(header(&[&["only", "one", "row"]]), None);
        assert_eq!(header(&[]), None);
    }
}

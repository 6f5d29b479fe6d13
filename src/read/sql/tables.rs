//! The tables of a dump: their columns, and how many rows they have shown.

use std::collections::HashMap;

use super::lex::{self, Look};
use crate::model::{Field, Table};
use crate::read::feed::MOST_FIELDS;

/// A dump with more tables is not one; their rows are scanned as text.
const MOST_TABLES: usize = 65_536;

/// Every table that was named so far.
#[derive(Debug, Default)]
pub(super) struct Tables {
    known: Vec<Known>,
    /// Lower-case full names, and last parts of names, to places in `known`.
    by_name: HashMap<String, usize>,
}

/// One table.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) table: Table,
    pub(super) rows: u64,
    /// How many of the fields were named by `CREATE TABLE`, in its order.
    declared: usize,
    /// The fields of the values behind those, in rows without a list of columns.
    undeclared: Vec<u32>,
}

impl Tables {
    /// The place of the table with this name, made if it is new. `None` when
    /// there are too many.
    pub(super) fn find(&mut self, name: &str) -> Option<usize> {
        let key = name.to_lowercase();
        if let Some(&found) = self.by_name.get(&key) {
            return Some(found);
        }
        let last = key.rsplit('.').next().unwrap_or_default().to_owned();
        if last == key
            && let Some(&found) = self.by_name.get(&format!(".{last}"))
        {
            return Some(found);
        }
        if self.known.len() >= MOST_TABLES {
            return None;
        }
        let place = self.known.len();
        let table = Table {
            name: Some(name.into()),
            ..Table::default()
        };
        self.known.push(Known {
            table,
            rows: 0,
            declared: 0,
            undeclared: Vec::new(),
        });
        if last != key {
            self.by_name.entry(format!(".{last}")).or_insert(place);
        }
        self.by_name.insert(key, place);
        Some(place)
    }

    pub(super) fn get(&self, place: usize) -> &Table {
        &self.known[place].table
    }

    pub(super) fn known(&mut self, place: usize) -> &mut Known {
        &mut self.known[place]
    }

    /// Takes the columns of a `CREATE TABLE` statement.
    pub(super) fn declare(&mut self, statement: &[u8]) {
        let Some((name, columns)) = create_table(statement) else {
            return;
        };
        let Some(place) = self.find(&name) else {
            return;
        };
        let known = &mut self.known[place];
        // Columns that were met before stand at other places already.
        if known.table.fields.is_empty() {
            known.table.fields = columns
                .into_iter()
                .take(MOST_FIELDS)
                .map(Field::named)
                .collect();
            known.declared = known.table.fields.len();
        }
    }
}

impl Known {
    /// The fields that a list of columns stands for; `None` when they get too many.
    pub(super) fn columns(&mut self, names: &[String]) -> Option<Vec<u32>> {
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let fields = &mut self.table.fields;
            let found = fields
                .iter()
                .position(|field| field.named && *field.name == **name);
            let place = match found {
                Some(place) => place,
                None if fields.len() < MOST_FIELDS => {
                    fields.push(Field::named(name.as_str()));
                    fields.len() - 1
                }
                None => return None,
            };
            columns.push(place as u32);
        }
        Some(columns)
    }

    /// The field of the value at `position` of a row without a list of columns;
    /// `None` when there are too many.
    pub(super) fn nth(&mut self, position: usize) -> Option<u32> {
        if position < self.declared {
            return Some(position as u32);
        }
        // Fields of column lists may stand between the declared ones and these.
        let extra = position - self.declared;
        while self.undeclared.len() <= extra {
            let fields = &mut self.table.fields;
            if fields.len() >= MOST_FIELDS {
                return None;
            }
            self.undeclared.push(fields.len() as u32);
            fields.push(Field::numbered(self.declared + self.undeclared.len()));
        }
        self.undeclared.get(extra).copied()
    }
}

/// Words that begin an entry of `CREATE TABLE ( … )` that is not a column.
const NOT_COLUMNS: &[&str] = &[
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "KEY",
    "INDEX",
    "FOREIGN",
    "CHECK",
    "FULLTEXT",
    "SPATIAL",
    "EXCLUDE",
    "LIKE",
    "PERIOD",
];

fn create_table(statement: &[u8]) -> Option<(String, Vec<String>)> {
    let open = memchr::memchr(b'(', statement)?;
    let table = statement[..open].to_ascii_uppercase();
    let mut at = memchr::memmem::find(&table, b"TABLE")? + 5;
    at = lex::skip_space(statement, at);
    for word in [&b"IF"[..], b"NOT", b"EXISTS"] {
        if lex::word(statement, at).eq_ignore_ascii_case(word) {
            at = lex::skip_space(statement, at + word.len());
        }
    }
    let Look::Got((name, end)) = lex::qualified(statement, at) else {
        return None;
    };
    at = lex::skip_space(statement, end);
    if statement.get(at) != Some(&b'(') {
        return None;
    }
    let mut columns = Vec::new();
    loop {
        at = lex::skip_space(statement, at + 1);
        let word = String::from_utf8_lossy(lex::word(statement, at)).to_ascii_uppercase();
        if !NOT_COLUMNS.contains(&word.as_str())
            && let Look::Got((column, _)) = lex::name(statement, at)
        {
            columns.push(column);
        }
        at = next_entry(statement, at)?;
        if statement[at] == b')' {
            return Some((name, columns));
        }
    }
}

/// The comma or closing parenthesis that ends an entry.
fn next_entry(text: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0u32;
    loop {
        at = lex::skip_space(text, at);
        match *text.get(at)? {
            b'\'' | b'"' | b'`' => at = lex::quoted(text, at, false)?.0,
            b',' if depth == 0 => return Some(at),
            b')' if depth == 0 => return Some(at),
            b'(' => (depth, at) = (depth + 1, at + 1),
            b')' => (depth, at) = (depth - 1, at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(statement: &str) -> Vec<String> {
        let mut tables = Tables::default();
        tables.declare(statement.as_bytes());
        let Some(known) = tables.known.first() else {
            return Vec::new();
        };
        known
            .table
            .fields
            .iter()
            .map(|f| f.name.to_string())
            .collect()
    }

    #[test]
    fn create_table_names_its_columns() {
        assert_eq!(
            columns(
                "CREATE TABLE `users` (\n `id` int(11) NOT NULL COMMENT 'a, (b',\n `e mail` varchar(255) DEFAULT '',\n PRIMARY KEY (`id`),\n KEY `k` (`id`,`e mail`)\n) ENGINE=InnoDB"
            ),
            ["id", "e mail"]
        );
        assert_eq!(
            columns(
                "create table if not exists public.\"T\" (a numeric(10,2), -- x, y\n \"b\" text, check (a > 0));"
            ),
            ["a", "b"]
        );
        assert_eq!(
            columns("CREATE TABLE [dbo].[T]([Id] [int] IDENTITY(1,1), [Name] nvarchar(max))"),
            ["Id", "Name"]
        );
        assert!(columns("CREATE TABLE t AS SELECT 1").is_empty());
        assert!(columns("CREATE TABLE t (a int").is_empty());
    }

    #[test]
    fn names_match_with_and_without_schema() {
        let mut tables = Tables::default();
        let place = tables.find("public.Users");
        assert_eq!(tables.find("users"), place);
        assert_eq!(tables.find("PUBLIC.USERS"), place);
        assert_ne!(tables.find("audit.users"), place);
    }
}

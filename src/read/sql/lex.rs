//! Names, quotes, comments and statement ends: what all dialects share.

use super::Dialect;

/// What a look at the text gave; `More` when it ends too early to tell.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look<T> {
    Got(T),
    No,
    More,
}

/// The end of white space and comments from `at` on. Stops at an unfinished
/// comment.
pub(super) fn skip_space(text: &[u8], mut at: usize) -> usize {
    loop {
        at += text[at..]
            .iter()
            .take_while(|b| b.is_ascii_whitespace())
            .count();
        match comment(text, at) {
            Some(end) => at = end,
            None => return at,
        }
    }
}

/// The end of the comment that begins at `at`; `None` when there is none or it
/// does not end.
pub(super) fn comment(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..];
    if rest.starts_with(b"--") {
        memchr::memchr(b'\n', rest).map(|end| at + end + 1)
    } else if rest.starts_with(b"/*") {
        memchr::memmem::find(&rest[2..], b"*/").map(|end| at + end + 4)
    } else {
        None
    }
}

/// A bare word at `at`.
pub(super) fn word(text: &[u8], at: usize) -> &[u8] {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.iter().take_while(|b| is_name_byte(**b)).count();
    &rest[..length]
}

pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'@') || byte >= 0x80
}

/// The end of the quoted text whose opening quote is at `at`, and whether it
/// holds escapes.
pub(super) fn quoted(text: &[u8], at: usize, backslash: bool) -> Option<(usize, bool)> {
    let quote = *text.get(at)?;
    let close = if quote == b'[' { b']' } else { quote };
    let escape = if backslash { b'\\' } else { close };
    let (mut from, mut escapes) = (at + 1, false);
    loop {
        let found = from + memchr::memchr2(close, escape, text.get(from..)?)?;
        if text[found] == close {
            if text.get(found + 1) != Some(&close) {
                return Some((found + 1, escapes));
            }
        } else if found + 1 >= text.len() {
            return None;
        }
        escapes = true;
        from = found + 2;
    }
}

/// A name, bare or in quotes of any dialect, and where it ends.
pub(super) fn name(text: &[u8], at: usize) -> Look<(String, usize)> {
    match text.get(at) {
        None => Look::More,
        Some(b'"' | b'`' | b'[') => match quoted(text, at, false) {
            Some((end, _)) => {
                let close = text[end - 1];
                let mut name = Vec::new();
                undouble(&text[at + 1..end - 1], close, &mut name);
                Look::Got((String::from_utf8_lossy(&name).into_owned(), end))
            }
            None => Look::More,
        },
        Some(_) => {
            let word = word(text, at);
            if word.is_empty() {
                return Look::No;
            }
            let end = at + word.len();
            if end == text.len() {
                return Look::More;
            }
            Look::Got((String::from_utf8_lossy(word).into_owned(), end))
        }
    }
}

/// A name with its schema and catalogue: parts joined with dots.
pub(super) fn qualified(text: &[u8], at: usize) -> Look<(String, usize)> {
    let (mut full, mut at) = match name(text, at) {
        Look::Got(got) => got,
        other => return other,
    };
    while text.get(at) == Some(&b'.') {
        match name(text, at + 1) {
            Look::Got((part, end)) => {
                full.push('.');
                full.push_str(&part);
                at = end;
            }
            other => return other,
        }
    }
    Look::Got((full, at))
}

/// A list of names in parentheses.
pub(super) fn names(text: &[u8], at: usize) -> Look<(Vec<String>, usize)> {
    let mut names = Vec::new();
    let mut at = at + 1;
    loop {
        at = skip_space(text, at);
        match name(text, at) {
            Look::Got((name, end)) => {
                names.push(name);
                at = skip_space(text, end);
            }
            Look::No => return Look::No,
            Look::More => return Look::More,
        }
        match text.get(at) {
            Some(b',') => at += 1,
            Some(b')') => return Look::Got((names, at + 1)),
            Some(_) => return Look::No,
            None => return Look::More,
        }
    }
}

/// Appends `raw` with doubled `quote`s made single.
pub(super) fn undouble(raw: &[u8], quote: u8, to: &mut Vec<u8>) {
    let mut from = 0;
    while let Some(at) = memchr::memchr(quote, &raw[from..]) {
        let end = from + at + 1;
        to.extend_from_slice(&raw[from..end]);
        from = if raw.get(end) == Some(&quote) {
            end + 1
        } else {
            end
        };
    }
    to.extend_from_slice(&raw[from..]);
}

/// Appends `raw` with doubled quotes and backslash escapes of one byte resolved.
pub(super) fn unbackslash(raw: &[u8], quote: u8, to: &mut Vec<u8>) {
    let mut from = 0;
    while let Some(at) = memchr::memchr2(quote, b'\\', &raw[from..]) {
        let at = from + at;
        to.extend_from_slice(&raw[from..at]);
        from = at + 2;
        match (raw[at], raw.get(at + 1)) {
            (b'\\', Some(b'n')) => to.push(b'\n'),
            (b'\\', Some(b't')) => to.push(b'\t'),
            (b'\\', Some(b'r')) => to.push(b'\r'),
            (b'\\', Some(b'0')) => to.push(0),
            (b'\\', Some(b'b')) => to.push(8),
            (b'\\', Some(b'Z')) => to.push(0x1A),
            (b'\\', Some(other)) => to.push(*other),
            (first, Some(second)) if first == *second => to.push(first),
            (first, _) => {
                to.push(first);
                from = at + 1;
            }
        }
    }
    to.extend_from_slice(raw.get(from..).unwrap_or_default());
}

/// Finds the end of a statement that is not parsed further. Keeps its state
/// from one window to the next, so a statement may be of any length.
#[derive(Clone, Debug, Default)]
pub(super) struct Skip {
    inside: Inside,
    /// The window before ended in a name: a `$` that comes next is a part of it.
    after_name: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Code,
    Quote(u8),
    Line,
    Block,
    /// PostgreSQL's `$tag$ … $tag$`.
    Dollar(Vec<u8>),
}

/// Longest tag of a dollar quote that is looked for.
const TAG: usize = 64;

impl Skip {
    /// Goes through `text` and returns how far it came and whether the
    /// statement ends there. Leaves a few bytes at the end unless they are the last.
    pub(super) fn run(&mut self, text: &[u8], last: bool, dialect: Dialect) -> (usize, bool) {
        let limit = if last {
            text.len()
        } else {
            text.len().saturating_sub(TAG + 2)
        };
        let mut at = 0;
        while at < limit {
            match &self.inside {
                Inside::Code => match self.code(text, at, dialect) {
                    (next, true) => return (next, true),
                    (next, false) => at = next,
                },
                Inside::Quote(quote) => {
                    let escape = if dialect.backslash { b'\\' } else { *quote };
                    match memchr::memchr2(*quote, escape, &text[at..limit]) {
                        Some(found) if text[at + found] == *quote => {
                            // A doubled quote closes and opens again.
                            at += found + 1;
                            self.inside = Inside::Code;
                        }
                        Some(found) => at += found + 2,
                        None => at = limit,
                    }
                }
                Inside::Line => match memchr::memchr(b'\n', &text[at..limit]) {
                    Some(found) => {
                        at += found + 1;
                        self.inside = Inside::Code;
                    }
                    None => at = limit,
                },
                Inside::Block => self.until(b"*/", text, &mut at, limit),
                Inside::Dollar(tag) => {
                    let tag = tag.clone();
                    self.until(&tag, text, &mut at, limit);
                }
            }
        }
        let at = at.min(text.len());
        if let Some(last) = at.checked_sub(1) {
            self.after_name = is_name_byte(text[last]);
        }
        (at, false)
    }

    fn until(&mut self, end: &[u8], text: &[u8], at: &mut usize, limit: usize) {
        match memchr::memmem::find(&text[*at..], end) {
            Some(found) => {
                *at += found + end.len();
                self.inside = Inside::Code;
            }
            None => *at = limit,
        }
    }

    fn code(&mut self, text: &[u8], at: usize, dialect: Dialect) -> (usize, bool) {
        let next = text.get(at + 1);
        let after_name = match at.checked_sub(1) {
            Some(before) => is_name_byte(text[before]),
            None => self.after_name,
        };
        match text[at] {
            b';' => return (at + 1, true),
            // The semicolon is missing, as in all scripts for SQL Server.
            b'\n' if starts_statement(&text[at + 1..]) => return (at + 1, true),
            quote @ (b'\'' | b'"' | b'`') => self.inside = Inside::Quote(quote),
            b'-' if next == Some(&b'-') => self.inside = Inside::Line,
            b'#' if dialect.backslash => self.inside = Inside::Line,
            b'/' if next == Some(&b'*') => {
                self.inside = Inside::Block;
                return (at + 2, false);
            }
            b'$' => {
                let tag = text[at + 1..]
                    .iter()
                    .take(TAG)
                    .take_while(|b| is_name_byte(**b) && **b != b'$')
                    .count();
                if text.get(at + 1 + tag) == Some(&b'$') && !after_name {
                    self.inside = Inside::Dollar(text[at..at + tag + 2].to_vec());
                    return (at + tag + 2, false);
                }
            }
            byte if is_name_byte(byte) => return (at + word(text, at).len(), false),
            _ => {}
        }
        (at + 1, false)
    }
}

/// A line that can only start a statement of its own: one that matters here,
/// or the word that ends a batch of statements.
fn starts_statement(line: &[u8]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"INSERT INTO ",
        b"INSERT [",
        b"INSERT `",
        b"REPLACE INTO ",
        b"CREATE TABLE ",
        b"COPY ",
        b"GO\n",
        b"GO\r",
    ];
    let starts = |start: &&[u8]| {
        line.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    STARTS.iter().any(starts) || line.eq_ignore_ascii_case(b"GO")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Escape;
    use proptest::prelude::*;

    const PLAIN: Dialect = Dialect { backslash: false };
    const MYSQL: Dialect = Dialect { backslash: true };

    #[test]
    fn names_are_read_in_every_quoting() {
        for (text, want) in [
            ("users ", "users"),
            ("public.users(", "public.users"),
            ("`my db`.`t``1` ", "my db.t`1"),
            ("\"Hr\".\"Staff\" ", "Hr.Staff"),
            ("[dbo].[Users] ", "dbo.Users"),
            ("größe ", "größe"),
        ] {
            assert!(
                matches!(qualified(text.as_bytes(), 0), Look::Got((name, _)) if name == want),
                "{text}"
            );
        }
        assert_eq!(name(b"(", 0), Look::No);
        assert_eq!(name(b"\"open", 0), Look::More);
    }

    #[test]
    fn statements_end_outside_quotes_and_comments() {
        for (text, dialect, end) in [
            (r"select ';' ; x", PLAIN, 12),
            (r"select 'it''s;' ; x", PLAIN, 17),
            (r"select 'it\';' ; x", MYSQL, 16),
            ("a -- ;\n; x", PLAIN, 8),
            ("a /* ; */; x", PLAIN, 10),
            ("do $f$ begin; end $f$; x", PLAIN, 22),
            ("do $$ a; $$; x", PLAIN, 12),
            ("a$b;$c", PLAIN, 4),
            ("use x\r\nGO\r\nselect 1", PLAIN, 7),
            ("set x on\nINSERT [t] VALUES (1)", PLAIN, 9),
            ("select '\nGO\n'; x", PLAIN, 14),
        ] {
            assert_eq!(
                Skip::default().run(text.as_bytes(), true, dialect),
                (end, true),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn escapes_agree_with_the_way_back(raw in "[ab'\\\\n]{0,12}") {
            let raw = raw.as_bytes();
            for (escape, decode) in [
                (Escape::Doubled(b'\''), undouble as fn(&[u8], u8, &mut Vec<u8>)),
                (Escape::Backslash(b'\''), unbackslash),
            ] {
                let mut value = Vec::new();
                decode(raw, b'\'', &mut value);
                prop_assert_eq!(escape.raw_offset(raw, value.len()), raw.len());
                prop_assert!(value.is_empty() || escape.raw_offset(raw, value.len() - 1) < raw.len());
            }
        }

        #[test]
        fn any_split_of_a_statement_ends_it_at_the_same_place(text in "[a;'\"$ \\\\/*\n-]{0,200}", cut in 0usize..200) {
            let bytes = text.as_bytes();
            for dialect in [PLAIN, MYSQL] {
                let whole = Skip::default().run(bytes, true, dialect);
                let cut = cut.min(bytes.len());
                let mut skip = Skip::default();
                let (first, done) = skip.run(&bytes[..cut], false, dialect);
                let parts = if done { (first, true) } else {
                    let (second, done) = skip.run(&bytes[first..], true, dialect);
                    (first + second, done)
                };
                prop_assert_eq!(whole, parts);
            }
        }
    }
}

//! Labels: words in a text that name the value beside them, as the name of a
//! column does in a table. `Name: …`, `first_name = "…"`, `"dob": "…"`,
//! `<surname>…</surname>`, `| Patient | … |`, and a label on a line of its own.

use std::ops::Range;

use super::field::is_neutral;

/// Longest label on either side of the word by which it is found, in bytes.
const LABEL: usize = 48;
/// Longest space between a label and its value, in bytes.
const SPACE: usize = 40;
/// Longest value, in bytes.
const VALUE: usize = 200;

/// A label and the value that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Labelled {
    /// The label, as in `user.first_name` or `Date of birth`.
    pub(crate) label: Range<usize>,
    /// The value, without quotes.
    pub(crate) value: Range<usize>,
}

/// What stands between a label and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    /// As in forms, mappings and tables: the value may stand as it is.
    Colon,
    /// As in programs: only what is quoted, or directly behind it, is a value.
    Equals,
    /// Tags, or the attribute that holds a value.
    Tag,
    /// The end of a line with nothing but the label.
    LineEnd,
}

/// The label that `word` is a part of and its value; `None` when the word labels
/// nothing.
pub(crate) fn labelled(text: &[u8], word: Range<usize>) -> Option<Labelled> {
    if !is_label(text[word.start]) {
        return None;
    }
    let end = label_end(text, word.end);
    // Most words are no labels, and end here.
    let (between, at) = separator(text, end)?;
    // Assignments without spaces stand among other words: `login ok user=ada`.
    let tight = text.get(end) == Some(&b'=');
    let start = label_start(text, word.start, !tight);
    // A line that is all label is written like one.
    let heads_line = || line_start(text, start) && !text[start].is_ascii_lowercase();
    if between == Between::LineEnd && !heads_line() {
        return None;
    }
    let value = value(text, between, at)?;
    (!value.is_empty()).then_some(Labelled {
        label: start..end,
        value,
    })
}

/// Whether a match can be all that the value is. Titles and the like may follow
/// behind a comma or in brackets.
pub(crate) fn is_whole(text: &[u8], found: &Range<usize>, value: &Range<usize>) -> bool {
    let at = found.end;
    let rest = text[at..value.end].trim_ascii_start();
    if !text[value.start..found.start].trim_ascii().is_empty() {
        return false;
    }
    rest.is_empty()
        || rest.starts_with(b"&")
        || matches!(rest[0], b',' | b';' | b'|' | b'<' | b'*' | b'_')
        || matches!(rest[0], b'(' | b'/') && text[at] == b' '
}

/// Whether what stands between a keyword and a value ends with a label of its own
/// that says something else: `dob 1980 order=`.
pub(crate) fn names_otherwise(between: &[u8]) -> bool {
    let trimmed = |mut text: &[u8], strip: &[u8]| -> usize {
        while let Some((last, rest)) = text.split_last() {
            if !strip.contains(last) {
                break;
            }
            text = rest;
        }
        text.len()
    };
    let between = &between[..trimmed(between, b" \t\"'`")];
    let Some((b':' | b'=', before)) = between.split_last() else {
        return false;
    };
    let before = &before[..trimmed(before, b" \t\"'`*")];
    let word = before.iter().rev().take_while(|&&b| is_label(b)).count();
    let (rest, word) = before.split_at(before.len() - word);
    // Plain words go on with the keyword: `number of the applicant:`.
    let apart = rest
        .iter()
        .any(|&b| !is_label(b) && b != b' ' || b.is_ascii_digit());
    apart && !word.is_empty() && std::str::from_utf8(word).is_ok_and(|word| !is_neutral(word))
}

fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Joins words of one label when words stand on both sides.
fn joins(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'\'')
}

fn label_end(text: &[u8], from: usize) -> usize {
    let mut at = from;
    let byte = |at: usize| text.get(at).copied().unwrap_or(b'\n');
    while at < from + LABEL {
        // A full-width colon is no letter.
        if byte(at) == 0xEF && text[at..].starts_with("：".as_bytes()) {
            break;
        }
        if is_label(byte(at)) || joins(byte(at)) && is_label(byte(at + 1)) {
            at += 1;
        } else {
            break;
        }
    }
    at
}

fn label_start(text: &[u8], from: usize, spaced: bool) -> usize {
    let mut at = from;
    while at > 0 && from - at < LABEL {
        let before = text[at - 1];
        let joined = joins(before) && (spaced || before != b' ');
        let joined = joined && at > 1 && is_label(text[at - 2]);
        if !is_label(before) && !joined {
            break;
        }
        at -= 1;
    }
    // The limit may have cut a character in two.
    while at < from && text[at] & 0xC0 == 0x80 {
        at += 1;
    }
    at
}

/// Whether nothing but list and quote marks stands before `at` on its line.
fn line_start(text: &[u8], at: usize) -> bool {
    let before = text[..at].iter().rev().take(16);
    let mut before = before.skip_while(|b| b" \t>*_#-|".contains(b));
    before.next().is_none_or(|&b| b == b'\n')
}

/// Passes over spaces.
fn spaces(text: &[u8], at: usize) -> usize {
    let rest = text[at..].iter().take(SPACE);
    at + rest.take_while(|&&b| b == b' ' || b == b'\t').count()
}

/// What separates a label that ends at `end` from its value, and where that ends.
fn separator(text: &[u8], end: usize) -> Option<(Between, usize)> {
    let mut at = end;
    // What closes the label: quotes, emphasis, brackets, `(s)`, `(dd/mm/yyyy)`.
    while let Some(&b) = text.get(at) {
        match b {
            b'"' | b'\'' | b'`' | b'*' | b'\\' | b']' if at < end + 4 => at += 1,
            b' ' | b'\t' if at < end + SPACE => at = spaces(text, at),
            b'(' => {
                let inner = text[at..].iter().take(24);
                let close = inner.take_while(|&&b| b != b')' && b != b'\n').count();
                if text.get(at + close) != Some(&b')') {
                    return None;
                }
                at += close + 1;
                if at > end + SPACE {
                    return None;
                }
            }
            _ => break,
        }
    }
    let tabbed = text[end..at].contains(&b'\t');
    let next = |n: usize| text.get(at + n).copied().unwrap_or(b'\n');
    match (next(0), next(1)) {
        (b':', b':') => None,
        (b':', b'=') | (b'=', b'>') => Some((Between::Equals, at + 2)),
        (b':', _) => Some((Between::Colon, at + 1)),
        (b'=', b'=' | b'~') => None,
        (b'=', _) => Some((Between::Equals, at + 1)),
        (b'|', b'|') => None,
        (b'|', _) => Some((Between::Colon, at + 1)),
        (0xEF, 0xBC) if next(2) == 0x9A => Some((Between::Colon, at + 3)),
        (b'>' | b'<', _) => tags(text, at).map(|at| (Between::Tag, at)),
        (b'\n', _) => Some((Between::LineEnd, at)),
        (b'\r', b'\n') => Some((Between::LineEnd, at)),
        // `name="first_name" value="…"`.
        _ if text[at..].starts_with(b"value=") || text[at..].starts_with(b"content=") => {
            let equals = memchr::memchr(b'=', &text[at..])?;
            Some((Between::Equals, at + equals + 1))
        }
        _ if tabbed => Some((Between::Colon, at)),
        _ => None,
    }
}

/// Passes over the rest of a tag and the tags behind it.
fn tags(text: &[u8], mut at: usize) -> Option<usize> {
    const TAG: usize = 80;
    const TAGS: usize = 4;
    if text[at] == b'>' {
        at += 1;
    }
    for _ in 0..TAGS {
        let rest = text[at..].iter().take(SPACE);
        let start = at
            + rest
                .take_while(|b| b.is_ascii_whitespace() || **b == b':')
                .count();
        if text.get(start) != Some(&b'<') {
            return Some(start);
        }
        let tag = text[start..].iter().take(TAG);
        let length = tag.take_while(|&&b| b != b'>').count();
        if text.get(start + length) != Some(&b'>') {
            return None;
        }
        at = start + length + 1;
    }
    Some(at)
}

/// The value behind a separator.
fn value(text: &[u8], between: Between, behind: usize) -> Option<Range<usize>> {
    let mut at = spaces(text, behind);
    if matches!(text.get(at), Some(b'\n' | b'\r'))
        && matches!(between, Between::Colon | Between::LineEnd)
    {
        let rest = text[at..].iter().take(SPACE);
        at += rest.take_while(|b| b.is_ascii_whitespace()).count();
    }
    at = quoted_start(text, at);
    let byte = |at: usize| text.get(at).copied().unwrap_or(b'\n');
    let most = (at + VALUE).min(text.len());
    let line = |from: usize| -> usize {
        let line = text[from..most].iter();
        from + line.take_while(|&&b| b != b'\n' && b != b'\r').count()
    };
    for (open, close) in QUOTES {
        if let Some(inner) = text[at..].strip_prefix(open.as_bytes()) {
            let start = text.len() - inner.len();
            let end = memchr::memmem::find(&text[start..line(start)], close.as_bytes())?;
            return Some(start..start + end);
        }
    }
    // `**Name:** Jane`
    while byte(at) == b'*' || byte(at) == b'_' {
        at = spaces(text, at + 1);
    }
    let direct = at == behind;
    let line = &text[at..line(at).max(at)];
    let cut = |stops: &[u8]| line.iter().position(|b| stops.contains(b));
    let mut length = match between {
        Between::Equals if direct => cut(b" \t&;,)|<\"'").unwrap_or(line.len()),
        Between::Equals => return None,
        _ => cut(b"\t|<\"").unwrap_or(line.len()),
    };
    if let Some(gap) = memchr::memmem::find(&line[..length], b"  ") {
        length = gap;
    }
    let value = line[..length].trim_ascii_end();
    let value = value.strip_suffix(b",").unwrap_or(value);
    Some(at..at + value.len())
}

/// Quotes, the longer ones first.
const QUOTES: [(&str, &str); 9] = [
    ("\\\"", "\\\""),
    ("\\'", "\\'"),
    ("&quot;", "&quot;"),
    ("\"", "\""),
    ("'", "'"),
    ("`", "`"),
    ("“", "”"),
    ("„", "“"),
    ("«", "»"),
];

/// Passes over what programs put before a quoted value: a type and `=`, the prefix
/// of a string, a constructor.
fn quoted_start(text: &[u8], at: usize) -> usize {
    const MOST: usize = 48;
    let rest = &text[at..(at + MOST).min(text.len())];
    let word = |b: &u8| b.is_ascii_alphanumeric() || b"_.:<>[]?&@".contains(b);
    let typed = rest.iter().take_while(|b| word(b)).count();
    let behind = &rest[typed..];
    let gap = behind.iter().take_while(|&&b| b == b' ').count();
    let quote = |rest: &[u8]| matches!(rest.first(), Some(b'"' | b'\'' | b'`'));
    // Not the `O` of O'Neill.
    if typed == 1 && b"bfru&@".contains(&rest[0]) && quote(behind) {
        return at + typed;
    }
    if typed > 0 && behind.first() == Some(&b'(') && quote(&behind[1..]) {
        return at + typed + 1;
    }
    if typed > 0 && behind.get(gap) == Some(&b'=') {
        let assigned = at + typed + gap + 1;
        let start = spaces(text, assigned);
        if start > assigned - 1 && quote(&text[start..]) {
            return start;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Label and value around the first `name`, `birth` or `名` of a text.
    fn of(text: &str) -> Option<(&str, &str)> {
        let word = ["name", "Name", "birth", "名"]
            .iter()
            .find_map(|word| text.find(word).map(|at| at..at + word.len()))
            .expect("a word");
        let found = labelled(text.as_bytes(), word)?;
        Some((&text[found.label], &text[found.value]))
    }

    #[test]
    fn labels_of_forms_programs_markup_and_logs() {
        for (text, label, value) in [
            ("Full name: Ada Quill\n", "Full name", "Ada Quill"),
            ("  - **Name:** Ada Quill", "Name", "Ada Quill"),
            ("| Name | Ada Quill | 5 |", "Name", "Ada Quill"),
            ("Name\tAda Quill\tx", "Name", "Ada Quill"),
            ("姓名：山田 太郎\n", "姓名", "山田 太郎"),
            ("Name(s) (as in passport): Ada", "Name", "Ada"),
            (
                "Date of birth:\n  1980-02-03\n",
                "Date of birth",
                "1980-02-03",
            ),
            ("Last name\nQuill\n", "Last name", "Quill"),
            ("Name: O'Neill, Ada", "Name", "O'Neill, Ada"),
            ("name = u'Ada'", "name", "Ada"),
            ("user.first_name = \"Ada\";", "user.first_name", "Ada"),
            ("const firstName: string = 'Ada';", "const firstName", "Ada"),
            ("{\\\"name\\\": \\\"Ada Quill\\\"}", "name", "Ada Quill"),
            ("first_name => 'Ada',", "first_name", "Ada"),
            ("name := \"Ada\"", "name", "Ada"),
            ("name: String::from(\"Ada\"),", "name", "Ada"),
            ("x fullname=Ada&y=1", "fullname", "Ada"),
            ("<surname>Quill</surname>", "surname", "Quill"),
            (
                "<th>Name</th><td class=\"a\">Ada Quill</td>",
                "Name",
                "Ada Quill",
            ),
            (
                "<input name=\"surname\" value=\"Quill\">",
                "surname",
                "Quill",
            ),
        ] {
            let word = text.find("surname").map(|at| at..at + 7);
            let found = match word {
                Some(word) => labelled(text.as_bytes(), word)
                    .map(|found| (&text[found.label], &text[found.value])),
                None => of(text),
            };
            assert_eq!(found, Some((label, value)), "{text}");
        }
    }

    #[test]
    fn words_that_label_nothing() {
        for text in [
            "the name of the rose",
            "std::name::Ada",
            "if name == \"Ada\"",
            "name = Ada(1)",
            "a name\nQuill",
            "name",
            "name:",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn a_value_is_whole_at_its_end() {
        let text = b"Ada Quill, clerk";
        assert!(is_whole(text, &(0..9), &(0..16)));
        assert!(!is_whole(text, &(4..9), &(0..16)));
        assert!(!is_whole(text, &(0..3), &(0..16)));
    }

    #[test]
    fn another_label_between_keyword_and_value() {
        for between in [" 1980 order=", ", \"count\": \"", " x, invoice: "] {
            assert!(names_otherwise(between.as_bytes()), "{between}");
        }
        for between in [
            ": ",
            "=",
            " of the applicant: ",
            " number: ",
            "\", \"value\": \"",
        ] {
            assert!(!names_otherwise(between.as_bytes()), "{between}");
        }
    }

    #[test]
    fn any_bytes_do() {
        let bytes: Vec<u8> = (0..=255u8).cycle().take(700).collect();
        for start in 0..bytes.len() {
            for end in start..(start + 3).min(bytes.len()) {
                let _ = labelled(&bytes, start..end);
            }
        }
    }
}

//! Colours, and texts cut and padded to columns of a terminal.

use crate::model::Label;

/// What a text is, which decides its colour.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    /// Paths and headings.
    Heading,
    /// What can be read last.
    Quiet,
    /// A label.
    Label(Label),
    /// Something was not read in full.
    Warning,
    /// Something could not be read.
    Failure,
}

impl Ink {
    /// The parameters of its SGR escape sequence (ECMA-48). The sixteen basic
    /// colours only: users have chosen those to be readable.
    fn sgr(self) -> &'static str {
        match self {
            Ink::Heading => "1",
            Ink::Quiet => "2",
            Ink::Label(Label::Restricted) | Ink::Failure => "1;31",
            Ink::Label(Label::Confidential) => "1;33",
            Ink::Warning => "33",
            Ink::Label(Label::Internal) => "36",
            Ink::Label(Label::Public) => "32",
        }
    }
}

/// Colours texts, or leaves them alone.
pub(super) struct Paint {
    on: bool,
}

impl Paint {
    pub(super) fn new(on: bool) -> Self {
        Paint { on }
    }

    pub(super) fn with(&self, ink: Ink, text: &str) -> String {
        if self.on && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", ink.sgr())
        } else {
            text.to_owned()
        }
    }
}

/// Columns that `text` takes on a terminal.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// The wide and zero-width ranges of Unicode (UAX 11) that occur in names;
/// a rare miss costs a crooked column.
fn columns_of(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036F | 0x200C..=0x200D | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F900..=0x1F9FF
        | 0x2_0000..=0x3_FFFD => 2,
        _ => 1,
    }
}

/// `text` in at most `most` columns; what is cut off is shown as `…`.
pub(super) fn cut(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 1);
    for c in text.chars() {
        used += columns_of(c);
        if used > most {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// `text` in exactly `width` columns, flush left.
pub(super) fn left(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let gap = width.saturating_sub(columns(&text));
    format!("{text}{:gap$}", "")
}

/// Words of `text` in lines of at most `width` columns.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_and_pads_by_columns() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(left("社員名簿", 5), "社員…");
        assert_eq!(left("社員", 6), "社員  ");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    }

    #[test]
    fn paints_only_when_on() {
        assert_eq!(Paint::new(false).with(Ink::Failure, "x"), "x");
        assert_eq!(
            Paint::new(true).with(Ink::Failure, "x"),
            "\u{1b}[1;31mx\u{1b}[0m"
        );
    }
}

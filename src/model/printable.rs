//! Text from items, made safe to print.

use std::fmt::{self, Write as _};

/// Displays text that comes from an item or a file name so that it can neither
/// move the cursor, recolour the terminal, reorder the line nor start a new one:
/// such characters appear as `\n`, `\t` or `\u{…}`.
#[derive(Clone, Copy, Debug)]
pub struct Printable<'a>(pub &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if is_deceptive(c) => write!(f, "{}", c.escape_unicode())?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Control characters, the explicit bidirectional formatting of Unicode TR 9,
/// line and paragraph separators, and characters without any width that make
/// two different names look the same. Joiners (U+200C, U+200D) stay: Persian
/// and Indic names need them.
pub(crate) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_moves_or_deceives() {
        let shown = |text: &str| Printable(text).to_string();
        assert_eq!(shown("naïve 名前"), "naïve 名前");
        assert_eq!(shown("a\u{1b}[2Jb\r\n\tc"), "a\\u{1b}[2Jb\\r\\n\\tc");
        assert_eq!(shown("\u{202e}fdp.exe\u{9b}"), "\\u{202e}fdp.exe\\u{9b}");
    }
}

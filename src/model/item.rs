//! Items and their paths.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use super::printable::is_deceptive;

/// The path of an item: where it lies in the source and, inside containers,
/// the names on the way down (`backup.zip!/hr/staff.csv`).
///
/// The outer path is kept as the system gave it, also when it is not UTF-8;
/// only [`fmt::Display`] makes it printable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemPath {
    outer: PathBuf,
    members: Vec<String>,
}

impl ItemPath {
    /// An item that lies directly in its source.
    pub fn new(outer: impl Into<PathBuf>) -> Self {
        ItemPath {
            outer: outer.into(),
            members: Vec::new(),
        }
    }

    /// The same path, one container further in.
    #[must_use]
    pub fn member(&self, name: impl Into<String>) -> Self {
        let mut inner = self.clone();
        inner.members.push(name.into());
        inner
    }

    /// The file that holds the item.
    pub fn outer(&self) -> &Path {
        &self.outer
    }

    /// The names inside containers, outermost first.
    pub fn members(&self) -> &[String] {
        &self.members
    }

    /// The last name on the path.
    pub fn file_name(&self) -> &OsStr {
        match self.members.last() {
            Some(name) => Path::new(name).file_name().unwrap_or(OsStr::new(name)),
            None => self.outer.file_name().unwrap_or(self.outer.as_os_str()),
        }
    }

    /// The lower-case extension of the last name, without the dot; empty when
    /// there is none.
    pub fn extension(&self) -> String {
        Path::new(self.file_name())
            .extension()
            .map(|ext| ext.to_string_lossy().to_ascii_lowercase())
            .unwrap_or_default()
    }

    /// The bytes of the outer path when it is not valid UTF-8, so that a
    /// machine-readable report can still name it exactly.
    pub fn raw_bytes(&self) -> Option<&[u8]> {
        match self.outer.to_str() {
            Some(_) => None,
            None => Some(self.outer.as_os_str().as_encoded_bytes()),
        }
    }
}

impl fmt::Display for ItemPath {
    /// Writes the path with `/` on every system; control characters and bytes
    /// that are not UTF-8 are shown as `\u{…}` and U+FFFD so that a hostile
    /// name can neither move the cursor nor forge a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outer = self.outer.to_string_lossy();
        write_printable(f, &outer, std::path::MAIN_SEPARATOR == '\\')?;
        for member in &self.members {
            f.write_str("!/")?;
            write_printable(f, member, false)?;
        }
        Ok(())
    }
}

fn write_printable(
    f: &mut fmt::Formatter<'_>,
    text: &str,
    backslash_is_slash: bool,
) -> fmt::Result {
    use fmt::Write as _;
    for c in text.chars() {
        match c {
            '\\' if backslash_is_slash => f.write_char('/')?,
            c if is_deceptive(c) => write!(f, "{}", c.escape_unicode())?,
            c => f.write_char(c)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nests_and_escapes() {
        let path = ItemPath::new("share/a\u{1b}[31m.zip").member("hr/staff.CSV");
        assert_eq!(path.to_string(), "share/a\\u{1b}[31m.zip!/hr/staff.CSV");
        assert_eq!(path.extension(), "csv");
    }
}

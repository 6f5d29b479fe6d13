//! Items and their paths.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::printable::is_deceptive;

/// The path of an item: where it lies in the source and, inside containers,
/// the names on the way down (`backup.zip!/hr/staff.csv`).
///
/// The outer path is kept as the system gave it, also when it is not UTF-8;
/// only [`fmt::Display`] makes it printable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    /// there is none, or one longer than any format has.
    pub fn extension(&self) -> Extension {
        let path = match self.members.last() {
            Some(name) => name.as_bytes(),
            None => self.outer.as_os_str().as_encoded_bytes(),
        };
        let separator = |&b: &u8| b == b'/' || b == std::path::MAIN_SEPARATOR as u8;
        let from = path.iter().rposition(separator).map_or(0, |at| at + 1);
        let name = &path[from..];
        match name.iter().rposition(|&b| b == b'.') {
            // A name that only begins with a dot has no extension.
            None | Some(0) => Extension::default(),
            Some(at) => Extension::new(&name[at + 1..]),
        }
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

/// A lower-case file extension. Every item is asked for its own several times,
/// so it needs no memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extension {
    bytes: [u8; Extension::LONGEST],
    length: u8,
}

impl Extension {
    const LONGEST: usize = 15;

    fn new(written: &[u8]) -> Self {
        let mut extension = Extension::default();
        if written.len() <= Extension::LONGEST && str::from_utf8(written).is_ok() {
            extension.bytes[..written.len()].copy_from_slice(written);
            extension.bytes.make_ascii_lowercase();
            extension.length = written.len() as u8;
        }
        extension
    }

    /// The extension, without the dot.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl Deref for Extension {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Ord for ItemPath {
    /// By the names on the way, one after the other.
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.outer, &other.outer).then_with(|| self.members.cmp(&other.members))
    }
}

impl PartialOrd for ItemPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of [`Path`], which takes paths apart; whole trees are sorted by
/// it, and mostly the first byte that differs decides.
fn compare(a: &Path, b: &Path) -> Ordering {
    if cfg!(unix) {
        let (a, b) = (a.as_os_str(), b.as_os_str());
        let mut both = a.as_encoded_bytes().iter().zip(b.as_encoded_bytes());
        let differ = both.find(|(a, b)| a != b);
        match differ {
            // Separators and `.` mean more than themselves.
            Some((b'/' | b'.', _) | (_, b'/' | b'.')) | None => {}
            Some((a, b)) => return a.cmp(b),
        }
    }
    a.cmp(b)
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
        assert_eq!(path.extension().as_str(), "csv");
    }

    #[test]
    fn knows_extensions_as_the_system_does() {
        for name in [
            "a.txt", "a.TAR.gz", "a", ".hidden", ".a.b", "a.", "..", "d.x/b", "a.é", "a.b.",
        ] {
            let expected = Path::new(name).extension().unwrap_or_default();
            let expected = expected.to_string_lossy().to_ascii_lowercase();
            assert_eq!(ItemPath::new(name).extension().as_str(), expected, "{name}");
        }
        let long = ItemPath::new("a.sixteen-letters-or-more");
        assert_eq!(long.extension().as_str(), "");
    }

    #[test]
    fn has_the_order_of_paths() {
        let paths = [
            "", "a", "a.b", "a/b", "a//b", "a/./b", "a/.b", "a!b", "b", "./a", "/a", "../a",
            "a/b/", "a/bc", "a-b/c",
        ];
        for a in paths {
            for b in paths {
                let order = ItemPath::new(a).cmp(&ItemPath::new(b));
                assert_eq!(order, Path::new(a).cmp(Path::new(b)), "{a} {b}");
            }
        }
    }
}

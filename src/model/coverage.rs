//! What became of an item.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The one outcome of an item that was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Read from end to end.
    Scanned,
    /// Read up to a place, or in a degraded way; the reason says which.
    Partial,
    /// Met and left alone on purpose.
    Skipped,
    /// Could not be read.
    Failed,
}

impl Status {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Scanned => "scanned",
            Status::Partial => "partial",
            Status::Skipped => "skipped",
            Status::Failed => "failed",
        }
    }
}

/// Why an item was not scanned in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Not text and no reader for its format.
    Binary,
    /// A known format that no reader takes yet.
    UnsupportedFormat,
    /// Encrypted or protected by a password.
    Encrypted,
    /// Content that does not follow its format.
    Malformed,
    /// Ends before its format says it should.
    Truncated,
    /// The system refused to open or read it.
    PermissionDenied,
    /// Any other read error.
    Io,
    /// It changed while it was being read.
    ChangedDuringRead,
    /// A device, socket or pipe.
    SpecialFile,
    /// A symbolic link that is not followed.
    Symlink,
    /// Gone between listing and opening.
    Vanished,
    /// Left out by an option of the user.
    Excluded,
    /// Larger than the limit on bytes.
    LimitBytes,
    /// Expands by more than the limit on ratio.
    LimitRatio,
    /// More entries or cells than the limit.
    LimitEntries,
    /// Nested deeper than the limit.
    LimitDepth,
    /// Took longer than the limit on time.
    LimitTime,
    /// Needed more memory than the limit.
    LimitMemory,
    /// The parser for this format crashed; the scan went on without it.
    ParserCrash,
    /// The scan was interrupted.
    Interrupted,
}

impl Reason {
    /// The kebab-case word used in machine-readable reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Binary => "binary",
            Reason::UnsupportedFormat => "unsupported-format",
            Reason::Encrypted => "encrypted",
            Reason::Malformed => "malformed",
            Reason::Truncated => "truncated",
            Reason::PermissionDenied => "permission-denied",
            Reason::Io => "io",
            Reason::ChangedDuringRead => "changed-during-read",
            Reason::SpecialFile => "special-file",
            Reason::Symlink => "symlink",
            Reason::Vanished => "vanished",
            Reason::Excluded => "excluded",
            Reason::LimitBytes => "limit-bytes",
            Reason::LimitRatio => "limit-ratio",
            Reason::LimitEntries => "limit-entries",
            Reason::LimitDepth => "limit-depth",
            Reason::LimitTime => "limit-time",
            Reason::LimitMemory => "limit-memory",
            Reason::ParserCrash => "parser-crash",
            Reason::Interrupted => "interrupted",
        }
    }

    /// A phrase for people.
    pub fn describe(self) -> &'static str {
        match self {
            Reason::Binary => "binary, no reader for this format",
            Reason::UnsupportedFormat => "a known format without a reader yet",
            Reason::Encrypted => "encrypted or password-protected",
            Reason::Malformed => "does not follow its format",
            Reason::Truncated => "ends too early",
            Reason::PermissionDenied => "permission denied",
            Reason::Io => "read error",
            Reason::ChangedDuringRead => "changed while being read",
            Reason::SpecialFile => "device, socket or pipe",
            Reason::Symlink => "symbolic link, not followed",
            Reason::Vanished => "gone before it could be opened",
            Reason::Excluded => "left out by your options",
            Reason::LimitBytes => "over the size limit",
            Reason::LimitRatio => "expands too much (archive bomb?)",
            Reason::LimitEntries => "too many entries",
            Reason::LimitDepth => "nested too deep",
            Reason::LimitTime => "took too long",
            Reason::LimitMemory => "needed too much memory",
            Reason::ParserCrash => "parser crashed",
            Reason::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How much of an item was read, and why not all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The outcome.
    pub status: Status,
    /// Why it is not [`Status::Scanned`].
    pub reason: Option<Reason>,
    /// What exactly happened and where, without any matched text.
    pub detail: Option<String>,
    /// Stored bytes that were read.
    pub bytes: u64,
}

impl Coverage {
    /// Read in full.
    pub fn scanned(bytes: u64) -> Self {
        Coverage {
            status: Status::Scanned,
            reason: None,
            detail: None,
            bytes,
        }
    }

    /// Read in part, or in a degraded way.
    pub fn partial(bytes: u64, reason: Reason, detail: impl Into<String>) -> Self {
        Coverage {
            status: Status::Partial,
            reason: Some(reason),
            detail: Some(detail.into()),
            bytes,
        }
    }

    /// Left alone on purpose.
    pub fn skipped(reason: Reason, detail: impl Into<String>) -> Self {
        Coverage {
            status: Status::Skipped,
            reason: Some(reason),
            detail: Some(detail.into()),
            bytes: 0,
        }
    }

    /// Could not be read.
    pub fn failed(reason: Reason, detail: impl Into<String>) -> Self {
        Coverage {
            status: Status::Failed,
            reason: Some(reason),
            detail: Some(detail.into()),
            bytes: 0,
        }
    }
}

/// One line of the coverage ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Which item.
    pub path: Arc<super::ItemPath>,
    /// The reader that took it (`text`, `csv`, `xlsx`, …); empty when none did.
    pub format: &'static str,
    /// What became of it.
    pub coverage: Coverage,
    /// The label of the item from what was found in it; `None` when nothing was.
    pub label: Option<super::Label>,
    /// Why it has that label, in the order of [`super::Rule`].
    pub reasons: Vec<super::Raise>,
    /// How many findings it has that are reported, counting those beyond the
    /// most that is kept of one detector.
    pub findings: u64,
}

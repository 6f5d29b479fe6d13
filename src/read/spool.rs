//! Gives formats that must seek something to seek in.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use tempfile::SpooledTempFile;

use super::{Item, Limits};
use crate::model::{Coverage, Reason};

/// Streams up to this size stay in memory; longer ones go to an unnamed
/// temporary file, so that the content is never left behind on disk.
const IN_MEMORY: usize = 16 << 20;

/// An item that can be read in any order.
#[derive(Debug)]
pub enum Spool {
    /// The file itself.
    File(File),
    /// A copy of a stream.
    Copy(SpooledTempFile),
}

impl Spool {
    /// Opens the file of an item, or copies its stream.
    ///
    /// # Errors
    /// [`Coverage`] that says why: not readable, or longer than
    /// [`Limits::item_bytes`], because a part of such a format is of no use.
    pub fn open(item: &mut Item<'_>, limits: &Limits) -> Result<(Spool, u64), Coverage> {
        let spooled = match item.file {
            Some(path) => open_file(path),
            None => copy_stream(item, limits.item_bytes),
        };
        let (spool, size) = spooled.map_err(|error| could_not_read(&error))?;
        if size > limits.item_bytes {
            let detail = format!(
                "longer than the limit of {} bytes for one item",
                limits.item_bytes
            );
            return Err(Coverage::failed(Reason::LimitBytes, detail));
        }
        Ok((spool, size))
    }
}

/// The ledger's words for a read error.
pub fn could_not_read(error: &io::Error) -> Coverage {
    let reason = match error.kind() {
        io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
        io::ErrorKind::NotFound => Reason::Vanished,
        io::ErrorKind::UnexpectedEof => Reason::Truncated,
        _ => Reason::Io,
    };
    Coverage::failed(reason, error.kind().to_string())
}

fn open_file(path: &std::path::Path) -> io::Result<(Spool, u64)> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    Ok((Spool::File(file), size))
}

/// Copies one byte more than allowed, so that the caller can tell.
fn copy_stream(item: &mut Item<'_>, most: u64) -> io::Result<(Spool, u64)> {
    let mut copy = SpooledTempFile::new(IN_MEMORY);
    let mut stream = item
        .head
        .chain(&mut *item.rest)
        .take(most.saturating_add(1));
    let size = io::copy(&mut stream, &mut copy)?;
    copy.rewind()?;
    Ok((Spool::Copy(copy), size))
}

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Spool::File(file) => file.read(buffer),
            Spool::Copy(copy) => copy.read(buffer),
        }
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Spool::File(file) => file.seek(to),
            Spool::Copy(copy) => copy.seek(to),
        }
    }
}

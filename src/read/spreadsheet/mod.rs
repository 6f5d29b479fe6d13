//! Workbooks: xlsx, xlsm, xlsb, xls and ods.
//!
//! Cells come out as batches of typed values with the header of their table;
//! comments, names, links, macros, cached copies and document properties as
//! text with their place.
//! Hidden sheets and columns are read like the others and marked.
//!
//! The parsers here trust sizes they find in the file, so these readers run in
//! worker processes; what bounds can be checked before parsing are checked in
//! `package`.

mod batch;
mod beneath;
mod format;
mod header;
mod ods;
mod ooxml;
mod package;
mod properties;
mod sheet;
mod value;
mod xls;

use std::io::{Read, Seek};

use self::package::Package;
use super::spool::{Spool, could_not_read};
use super::{Claim, Flow, Item, Limits, Out, Reader};
use crate::model::{Coverage, ItemPath, Reason, Status};

/// One reader a format, so that the ledger names it; the content decides what
/// is done.
pub static XLSX: Spreadsheet = Spreadsheet {
    name: "xlsx",
    extensions: &["xlsx", "xltx"],
};
/// Workbooks with macros.
pub static XLSM: Spreadsheet = Spreadsheet {
    name: "xlsm",
    extensions: &["xlsm", "xltm", "xlam"],
};
/// Binary workbooks in a package.
pub static XLSB: Spreadsheet = Spreadsheet {
    name: "xlsb",
    extensions: &["xlsb"],
};
/// Workbooks of Excel 5 to 2003.
pub static XLS: Spreadsheet = Spreadsheet {
    name: "xls",
    extensions: &["xls", "xlt", "xla", "xlw"],
};
/// OpenDocument spreadsheets.
pub static ODS: Spreadsheet = Spreadsheet {
    name: "ods",
    extensions: &["ods", "ots"],
};

const ZIP: &[u8] = b"PK\x03\x04";
/// Compound file (MS-CFB 2.2).
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const ODS_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// Reads workbooks.
#[derive(Debug)]
pub struct Spreadsheet {
    name: &'static str,
    extensions: &'static [&'static str],
}

impl Spreadsheet {
    /// The format by the first bytes; `None` when they leave it open.
    fn by_content(head: &[u8], extension: &str) -> Option<&'static str> {
        let has = |needle: &[u8]| memchr::memmem::find(head, needle).is_some();
        if head.starts_with(ZIP) {
            if has(b"xl/workbook.bin") {
                return Some(XLSB.name);
            }
            if has(ODS_TYPE) {
                return Some(ODS.name);
            }
            let macros = XLSM.extensions.contains(&extension);
            return has(b"xl/").then_some(if macros { XLSM.name } else { XLSX.name });
        }
        let workbook_stream = || has(&utf16("Workbook\0")) || has(&utf16("Book\0"));
        // BIFF 2 to 4 has no container: a BOF record comes first.
        let bare = matches!(head, [0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06, 0x00, ..]);
        ((head.starts_with(COMPOUND) && workbook_stream()) || bare).then_some(XLS.name)
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

impl Reader for Spreadsheet {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> u32 {
        1
    }

    fn claims(&self, head: &[u8], path: &ItemPath) -> Claim {
        let extension = path.extension();
        match Spreadsheet::by_content(head, &extension) {
            Some(name) if name == self.name => Claim::ByContent,
            Some(_) => Claim::No,
            // An encrypted package is a compound file whatever its name says.
            None if head.starts_with(ZIP) || head.starts_with(COMPOUND) => {
                if self.extensions.contains(&extension.as_str()) {
                    Claim::ByName
                } else {
                    Claim::No
                }
            }
            None => Claim::No,
        }
    }

    fn isolated(&self) -> bool {
        true
    }

    fn read(&self, item: &mut Item<'_>, limits: &Limits, out: &mut dyn Out) -> Coverage {
        match read(item, limits, out) {
            Ok(coverage) | Err(coverage) => coverage,
        }
    }
}

fn read(item: &mut Item<'_>, limits: &Limits, out: &mut dyn Out) -> Result<Coverage, Coverage> {
    let (mut file, size) = Spool::open(item, limits)?;
    let mut magic = Vec::with_capacity(8);
    file.by_ref()
        .take(8)
        .read_to_end(&mut magic)
        .map_err(|error| could_not_read(&error))?;
    file.rewind().map_err(|error| could_not_read(&error))?;
    if magic.starts_with(ZIP) {
        let package = Package::open(file, size, limits)?;
        if package.has("content.xml") && !package.has("[Content_Types].xml") {
            return Ok(ods::read(package, size, out));
        }
        return ooxml::read(package, size, limits, out);
    }
    if magic.starts_with(COMPOUND) {
        return xls::read(file, size, out);
    }
    Err(Coverage::failed(
        Reason::UnsupportedFormat,
        "neither a package nor a compound file: older than Excel 5, or damaged",
    ))
}

/// What becomes of a workbook whose sheets are read one by one.
#[derive(Debug, Default)]
struct Progress {
    sheets: usize,
    /// The first thing that went wrong.
    trouble: Option<(Reason, String)>,
    stopped: bool,
}

impl Progress {
    /// Notes a problem; only the first is told.
    fn trouble(&mut self, reason: Reason, detail: impl Into<String>) {
        self.trouble.get_or_insert_with(|| (reason, detail.into()));
    }

    /// True when the consumer has had enough.
    fn note(&mut self, flow: Flow) -> bool {
        self.stopped |= flow == Flow::Stop;
        self.stopped
    }

    fn coverage(self, size: u64) -> Coverage {
        match self.trouble {
            _ if self.stopped => {
                Coverage::partial(size, Reason::Interrupted, "the scan was stopped")
            }
            None => Coverage::scanned(size),
            Some((reason, detail)) if self.sheets > 0 => Coverage::partial(size, reason, detail),
            Some((reason, detail)) => Coverage {
                status: Status::Failed,
                reason: Some(reason),
                detail: Some(detail),
                bytes: 0,
            },
        }
    }
}

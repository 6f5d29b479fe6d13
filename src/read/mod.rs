//! Readers turn items into segments. They know file syntax and nothing about
//! what is sensitive.

mod blocks;
mod charset;
mod csv;
mod decoded;
mod feed;
mod json;
mod marks;
#[cfg(feature = "office")]
mod markup;
pub mod salvage;
pub mod spool;
#[cfg(feature = "office")]
pub mod spreadsheet;
mod sql;
mod stream;
mod strings;
#[cfg(test)]
mod testing;
mod text;
#[cfg(feature = "office")]
mod unzip;

use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::{Coverage, ItemPath, Reason, Segment};

/// Text that blocks of a long item show before the part they own.
pub const LEAD: usize = 24 * 1024;
/// Text that they show behind it.
pub const OVERLAP: usize = 24 * 1024;

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// More, please.
    Continue,
    /// The consumer has had enough; return what was read so far.
    Stop,
}

/// Takes what a reader produces.
pub trait Out {
    /// One piece of text. It is only borrowed for the call.
    fn segment(&mut self, segment: Segment<'_>) -> Flow;
}

/// How sure a reader is that an item is of its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// Not its format.
    No,
    /// The name says so and the content does not speak against it.
    ByName,
    /// The content says so.
    ByContent,
}

/// One item, opened.
pub struct Item<'a> {
    /// Where it is.
    pub path: &'a ItemPath,
    /// Its first bytes, already read.
    pub head: &'a [u8],
    /// True when `head` is all of it.
    pub complete: bool,
    /// What follows `head`.
    pub rest: &'a mut dyn Read,
    /// Size by its directory entry, when there is one.
    pub size: Option<u64>,
    /// The file itself, for formats that must seek; `None` for streams.
    pub file: Option<&'a Path>,
}

/// Bounds on what one item may cost. Every cut is reported in its coverage.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of one item; larger ones are read up to here.
    pub item_bytes: u64,
    /// Bytes that containers may expand to.
    pub expanded_bytes: u64,
    /// Most that a container may expand by, once past 64 MiB.
    pub ratio: u64,
    /// Nesting of containers and of structured documents.
    pub depth: u32,
    /// Wall-clock seconds for formats that run in a worker process.
    pub seconds: u64,
    /// Address space of a worker process, in bytes.
    pub worker_memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            item_bytes: u64::MAX,
            expanded_bytes: 8 << 30,
            ratio: 250,
            depth: 512,
            seconds: 60,
            worker_memory: 1 << 30,
        }
    }
}

/// Turns one item of one format into segments.
///
/// A reader streams when its format allows it, never decides what is
/// sensitive, and reports what it could not read as [`Coverage`]; it has no
/// other way to fail. Content that breaks the format is scanned as text.
pub trait Reader: Sync {
    /// Shown in the coverage ledger.
    fn name(&self) -> &'static str;
    /// Raised when the output changes, because caches depend on it.
    fn version(&self) -> u32;
    /// Whether the item is of this format, judged by its first bytes and name.
    fn claims(&self, head: &[u8], path: &ItemPath) -> Claim;
    /// True for parsers that may crash, hang or grow: they run in a worker process.
    fn isolated(&self) -> bool {
        false
    }
    /// Reads the item.
    fn read(&self, item: &mut Item<'_>, limits: &Limits, out: &mut dyn Out) -> Coverage;
}

/// Every reader, in the order they are asked.
pub static READERS: &[&dyn Reader] = &[
    #[cfg(feature = "office")]
    &spreadsheet::XLSX,
    #[cfg(feature = "office")]
    &spreadsheet::XLSM,
    #[cfg(feature = "office")]
    &spreadsheet::XLSB,
    #[cfg(feature = "office")]
    &spreadsheet::XLS,
    #[cfg(feature = "office")]
    &spreadsheet::ODS,
    &json::JsonLines,
    &json::Json,
    &sql::Sql,
    &csv::Csv,
];

/// What is to be done with an item.
pub enum Pick {
    /// It is read.
    Reader(&'static dyn Reader),
    /// No reader takes it.
    Skip {
        /// What it is, for the ledger.
        format: &'static str,
        /// Why it is not read.
        coverage: Coverage,
    },
}

/// Chooses the reader for an item by its first bytes and its name: content
/// counts more than the name, and text that no other reader claims is text.
pub fn pick(head: &[u8], complete: bool, path: &ItemPath) -> Pick {
    let best = READERS
        .iter()
        .map(|reader| (reader.claims(head, path), reader))
        .filter(|(claim, _)| *claim != Claim::No)
        // Of equal claims the first wins.
        .rev()
        .max_by_key(|(claim, _)| *claim);
    if let Some((_, reader)) = best {
        return Pick::Reader(*reader);
    }
    match charset::binary(head) {
        Some(format) => Pick::Skip {
            format,
            coverage: binary(head, complete),
        },
        None => Pick::Reader(&text::Text),
    }
}

/// The ledger's word on an item that is not text.
fn binary(head: &[u8], complete: bool) -> Coverage {
    /// Formats that hold text and wait for a reader.
    const WANTED: &[&str] = &[
        "pdf", "zip", "gz", "bz2", "xz", "zst", "7z", "rar", "tar", "docx", "pptx", "xlsx", "doc",
        "ppt", "xls", "ole2", "odt", "odp", "ods", "epub", "rtf", "sqlite", "parquet", "avro",
        "orc", "pst", "msg", "mdb", "utf-32",
    ];
    match charset::of(head, complete) {
        charset::Charset::Binary { format } if WANTED.contains(&format) => Coverage::skipped(
            Reason::UnsupportedFormat,
            format!("no reader for {format} yet"),
        ),
        charset::Charset::Binary { format } => Coverage::skipped(Reason::Binary, format),
        _ => Coverage::skipped(Reason::Binary, "not text"),
    }
}

//! The words of the program as types: no files, no clock, no threads.

mod coverage;
mod finding;
mod item;
mod label;
mod location;
mod printable;
mod run;
mod segment;
mod value;

pub use coverage::{Coverage, LedgerEntry, Reason, Status};
pub use finding::{Band, Confidence, DetectorInfo, Evidence, Finding, Kind, Mask};
pub use item::{Extension, ItemPath};
pub use label::{Label, Raise, Rule};
pub use location::{Location, cell_reference};
pub use printable::Printable;
pub(crate) use printable::is_deceptive;
pub use run::RunInfo;
pub use segment::{
    CELL_SEPARATOR, Cell, CellBatch, CellType, Decoding, Escape, Field, OffsetMap, Origin, Place,
    RawText, Segment, Table, TextBlock,
};
pub use value::Sensitive;

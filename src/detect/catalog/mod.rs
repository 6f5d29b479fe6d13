//! Detectors as data: the shape of the files and what they compile to.
//!
//! `spec` and `check` are the files; `compile` turns them into [`Detector`]s
//! with the help of `plan`, which finds out where each pattern can match;
//! `packed` makes the [`Catalog`] of those that a scan is to use. The
//! build script includes this module to compile the built-in detectors, so it
//! uses nothing of the crate but `model`.

pub mod buckets;
mod bytes;
mod byteset;
pub mod check;
mod compile;
pub mod filter;
pub mod fold;
mod frequency;
pub mod keys;
pub mod literals;
pub mod loose;
pub mod number;
mod packed;
mod plan;
pub mod reach;
mod shape;
pub mod shapes;
pub mod sieve;
pub mod slice;
pub mod spec;
pub mod tables;
pub mod words;

pub use byteset::ByteSet;
pub use compile::{Detector, KeywordFactor, Pattern, SpecError, compile, parse_file};
pub use packed::Catalog;
pub(crate) use packed::{Keyword, PatternPiece, Pieces};
pub use plan::{Anchor, Factor, Inner, Plan, Sign, parse};
pub use shape::Shape;

//! Detectors as data: the shape of the files and what they compile to.

pub mod check;
pub mod spec;

//! Ways to show or pass on data without the data.

mod preview;

pub use preview::preview;

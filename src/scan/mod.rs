//! Runs sources, readers and the engine together.

pub mod worker;

//! Finds personal and sensitive data and keeps the register of where it lives.

pub mod builtin;
pub mod classify;
#[cfg(feature = "cli")]
pub mod cli;
pub mod detect;
pub mod mask;
pub mod model;
pub mod read;
pub mod report;
pub mod scan;
pub mod source;
pub mod state;

//! Finds personal and sensitive data and keeps the register of where it lives.

pub mod builtin;
pub mod detect;
pub mod model;
pub mod read;
pub mod report;

//! The engine: segment in, candidates out; pure and thread-free.

pub mod catalog;
pub mod validate;

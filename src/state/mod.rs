//! What is remembered from run to run.

mod fingerprint;

pub use fingerprint::{ItemIds, masked_line};

//! What stands around a value, and what that is worth.

pub(super) mod field;
pub(super) mod index;
pub(super) mod keyword;
pub(super) mod label;
pub(super) mod score;

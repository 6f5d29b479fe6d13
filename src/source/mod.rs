//! Where items come from.

mod filtered;
mod globs;
#[cfg(unix)]
mod tree;
mod walk;

pub use walk::{Entry, Found, Walk, WalkOptions};

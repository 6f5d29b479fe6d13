//! Where items come from.

mod walk;

pub use walk::{Found, Walk, WalkOptions};

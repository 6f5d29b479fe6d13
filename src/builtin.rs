//! The detectors that ship with the program.

use crate::detect::catalog::Catalog;

/// Compiled by the build script from `detectors/**/*.toml`.
static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin"));

/// The built-in detectors.
pub fn catalog() -> Catalog {
    postcard::from_bytes(BLOB).expect("the build script wrote this blob with the same types")
}

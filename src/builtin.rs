//! The detectors that ship with the program.

use crate::detect::catalog::{Catalog, Detector};

/// Compiled by the build script from `detectors/**/*.toml`: a [`Catalog`] ready to
/// scan.
static CATALOG: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin"));

/// The same detectors with their full plans.
static DETECTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/detectors.bin"));

const SAME_TYPES: &str = "the build script wrote this blob with the same types";

/// All built-in detectors, ready to scan.
pub fn catalog() -> Catalog {
    Catalog::from_bytes(CATALOG).expect(SAME_TYPES)
}

/// The built-in detectors, to make a catalogue of some of them or with others.
pub fn detectors() -> Vec<Detector> {
    postcard::from_bytes(DETECTORS).expect(SAME_TYPES)
}

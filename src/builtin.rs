//! The detectors that ship with the program.

use serde::de::DeserializeOwned;

use crate::detect::catalog::{Catalog, Detector};

/// Compiled by the build script from `detectors/**/*.toml`: a [`Catalog`] ready to
/// scan, without what only a new choice of detectors needs.
static CATALOG: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin"));

/// The same detectors with their full plans.
static DETECTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/detectors.bin"));

/// All built-in detectors, ready to scan.
pub fn catalog() -> Catalog {
    decode(CATALOG)
}

/// The built-in detectors, to make a catalogue of some of them or with others.
pub fn detectors() -> Vec<Detector> {
    decode(DETECTORS)
}

fn decode<T: DeserializeOwned>(blob: &[u8]) -> T {
    postcard::from_bytes(blob).expect("the build script wrote this blob with the same types")
}

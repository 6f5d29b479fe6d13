//! One test binary; modules below.

#[cfg(all(feature = "cli", unix))]
mod cmd;
mod detectors;
mod engine;
mod invariants;
mod layers;
mod report;
mod samples;
#[cfg(feature = "office")]
mod spreadsheets;
#[cfg(all(feature = "cli", feature = "office", debug_assertions))]
mod workers;

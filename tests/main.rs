//! One test binary; modules below.

#[cfg(feature = "office")]
mod spreadsheets;

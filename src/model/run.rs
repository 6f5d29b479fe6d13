//! What reports say about the run itself.

/// Facts of one run. The only clock that reports see.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunInfo {
    /// Version of the program.
    pub version: String,
    /// Hash of the detector catalogue in force.
    pub catalogue: String,
    /// Hash of the effective options.
    pub config: String,
    /// Start, RFC 3339 in UTC.
    pub started: String,
    /// The roots as the user named them.
    pub roots: Vec<String>,
    /// Wall-clock seconds the scan took; known at the end.
    pub seconds: f64,
    /// True when the run was interrupted and its results are partial.
    pub interrupted: bool,
}

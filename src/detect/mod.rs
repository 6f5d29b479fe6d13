//! The engine: segment in, matches out; pure and thread-free.

mod anchor;
mod automaton;
mod boundary;
pub mod catalog;
mod context;
mod costs;
mod detector;
mod engine;
mod evidence;
mod explain;
mod noise;
mod normalize;
mod pattern;
mod resolve;
mod search;
pub mod validate;
mod verdict;

pub use costs::Cost;
pub use engine::{Engine, Match, Scratch};
pub use explain::{Candidate, Fate, prospects};
pub use verdict::Refusal;

/// Whether a regex of a detector's deny list parses, and why not.
pub fn check_deny_pattern(pattern: &str) -> Result<(), String> {
    automaton::check(pattern)
}

//! The engine: segment in, matches out; pure and thread-free.

mod anchor;
mod boundary;
pub mod catalog;
mod context;
mod detector;
mod engine;
mod noise;
mod normalize;
mod pattern;
mod resolve;
pub mod validate;

pub use engine::{Engine, Match, Scratch};

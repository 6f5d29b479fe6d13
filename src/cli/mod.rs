//! The command: what the user typed, and what goes to the terminal.
//!
//! Only this module reads the environment, writes to the terminal and knows
//! exit codes.

mod args;
mod catalogue;
mod detectors;
mod exit;
mod explain;
mod output;
mod progress;
mod reference;
mod scan;
mod stats;

use std::ffi::OsStr;
use std::process::ExitCode;

use clap::Parser;

use crate::scan::worker;
use args::{Args, Command};

/// Runs the command with the arguments of the process.
pub fn main() -> ExitCode {
    // Worker processes of a scan come back in here; nothing else must run first.
    if std::env::args_os().nth(1).as_deref() == Some(OsStr::new(worker::SUBCOMMAND)) {
        let served = worker::serve(std::io::stdin().lock(), std::io::stdout().lock());
        return if served.is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
    }
    let args = Args::parse();
    let done = match &args.command {
        Command::Scan(scan) => scan::run(scan),
        Command::Explain(args) => explain::run(args),
        Command::Detectors(command) => detectors::run(command),
        Command::Generate(command) => detectors::generate(command),
    };
    exit::of(done)
}

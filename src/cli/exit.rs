//! Exit codes, as the manual promises them.

use std::io;
use std::process::ExitCode;

/// How a command ended when it could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing at or above the threshold.
    Clean,
    /// Findings at or above `--fail-on`.
    Findings,
    /// Something could not be read in full, under `--strict`.
    Incomplete,
    /// Ended by this signal; what was known was written.
    Interrupted(i32),
}

/// Turns the end of a command into an exit code and, for errors, a message.
pub(super) fn of(done: anyhow::Result<Outcome>) -> ExitCode {
    match done {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Ok(Outcome::Incomplete) => ExitCode::from(3),
        Ok(Outcome::Interrupted(signal)) => ExitCode::from(128 + signal as u8),
        Err(err) if is_closed_pipe(&err) => ExitCode::SUCCESS,
        Err(err) => {
            anstream::eprintln!("terrier: {err:#}");
            ExitCode::from(2)
        }
    }
}

/// Whoever reads our output has seen enough: `terrier … | head`.
pub(super) fn is_closed_pipe(err: &anyhow::Error) -> bool {
    err.chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|err| err.kind() == io::ErrorKind::BrokenPipe)
}

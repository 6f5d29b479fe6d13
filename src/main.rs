//! The `terrier` command: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    dataterrier::cli::main()
}

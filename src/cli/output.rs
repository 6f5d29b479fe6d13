//! Where reports go.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::Context as _;

use super::args::When;
use crate::report::{Report, Results, Style};

/// Whether standard output is to be coloured, by flag, environment and terminal.
pub(super) fn color(when: When) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        // anstream knows NO_COLOR, CLICOLOR_FORCE and dumb terminals.
        When::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

/// Width of the terminal on standard output, 0 when there is none.
pub(super) fn width() -> usize {
    if !io::stdout().is_terminal() {
        return 0;
    }
    #[cfg(unix)]
    if let Ok(size) = rustix::termios::tcgetwinsize(io::stdout()) {
        return usize::from(size.ws_col);
    }
    0
}

/// Writes a report to standard output.
pub(super) fn print(report: &dyn Report, results: &Results, style: Style) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    report.write(results, style, &mut out)?;
    out.flush()?;
    Ok(())
}

/// Writes a report to a file that only its owner can read, in one step: the
/// file is there whole or not at all.
pub(super) fn save(
    report: &dyn Report,
    results: &Results,
    style: Style,
    path: &Path,
) -> anyhow::Result<()> {
    let shown = || format!("cannot write the report to {}", path.display());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = private(&part).and_then(|file| {
        let mut out = BufWriter::new(file);
        report.write(results, style, &mut out)?;
        out.flush()?;
        fs::rename(&part, path)
    });
    if written.is_err() {
        // Best effort: the error that counts is the one being returned.
        let _ = fs::remove_file(&part);
    }
    written.with_context(shown)
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

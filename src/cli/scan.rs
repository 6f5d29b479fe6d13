//! `terrier scan`.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context as _, bail};

use super::args::{FailOn, ScanArgs, When};
use super::exit::{self, Outcome};
use super::progress::Progress;
use super::{catalogue, output, stats};
use crate::model::Status;
use crate::read::Limits;
use crate::report::{self, Results, Style};
use crate::scan::{Options, Roots, Scanner, Spawn};
use crate::source::WalkOptions;

/// Findings that are kept in memory, about half a KiB each.
const MOST_IN_MEMORY: usize = 100_000;

pub(super) fn run(args: &ScanArgs) -> anyhow::Result<Outcome> {
    let interrupts = Interrupts::watch()?;
    let catalog = catalogue::catalog(&args.selection)?;
    let mut builder = Scanner::builder()
        .catalog(catalog)
        .options(options(args))
        .stop_flag(interrupts.stop.clone())
        .set_aside_from(MOST_IN_MEMORY);
    if let Ok(program) = std::env::current_exe() {
        builder = builder.isolate(Spawn::Command(program));
    }
    if args.detector_stats {
        builder = builder.count_costs();
    }
    let scanner = builder.build();

    let show = match args.progress {
        When::Always => true,
        When::Never => false,
        When::Auto => !args.quiet && io::stderr().is_terminal(),
    };
    let progress = Progress::new(show);
    let started = jiff::Timestamp::now();
    let mut results = match source(args)? {
        Source::Stdin => scanner.scan_reader(&args.stdin_filename, &mut io::stdin().lock()),
        Source::Paths(roots) => scanner.scan(&roots, &progress)?,
    };
    progress.finish();
    if args.detector_stats {
        stats::print(scanner.engine());
    }
    // Taking the tables apart would cost a short scan more than it took.
    std::mem::forget(scanner);
    results.run.started = started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();

    match write(args, &results) {
        // Whoever reads has seen enough; what was found still counts.
        Err(err) if exit::is_closed_pipe(&err) => {}
        written => written?,
    }
    Ok(match interrupts.signal() {
        Some(signal) => {
            anstream::eprintln!(
                "terrier: interrupted; the report covers what was scanned until then"
            );
            Outcome::Interrupted(signal)
        }
        None => outcome(args, &results)?,
    })
}

fn options(args: &ScanArgs) -> Options {
    let limits = Limits::default();
    Options {
        min_confidence: args.min_confidence,
        min_label: args.min_label,
        include_test_values: args.include_test_values,
        walk: WalkOptions {
            include: args.include.clone(),
            exclude: args.exclude.clone(),
            follow: args.follow,
            respect_gitignore: args.respect_gitignore,
            skip_hidden: args.no_hidden,
            one_file_system: args.one_file_system,
            max_depth: args.max_depth,
        },
        limits: Limits {
            item_bytes: args.max_file_size.unwrap_or(limits.item_bytes),
            seconds: args.file_timeout,
            ..limits
        },
        threads: args.threads,
        ..Options::default()
    }
}

enum Source {
    Stdin,
    Paths(Roots),
}

fn source(args: &ScanArgs) -> anyhow::Result<Source> {
    if let Some(list) = &args.files_from {
        return Ok(Source::Paths(Roots::Listed(listed(list, args.null)?)));
    }
    let stdin = args
        .paths
        .iter()
        .filter(|path| *path == Path::new("-"))
        .count();
    match (stdin, args.paths.len()) {
        (0, 0) => Ok(Source::Paths(Roots::Named(vec![PathBuf::from(".")]))),
        (0, _) => Ok(Source::Paths(Roots::Named(args.paths.clone()))),
        (1, 1) => Ok(Source::Stdin),
        _ => bail!("`-` (standard input) cannot be combined with other paths"),
    }
}

/// The paths in a list, kept byte for byte.
fn listed(list: &Path, null: bool) -> anyhow::Result<Vec<PathBuf>> {
    let shown = || format!("cannot read the list of files {}", list.display());
    let source: Box<dyn Read> = if list == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(list).with_context(shown)?)
    };
    let mut paths = Vec::new();
    for name in BufReader::new(source).split(if null { 0 } else { b'\n' }) {
        let mut name = name.with_context(shown)?;
        if !null && name.last() == Some(&b'\r') {
            name.pop();
        }
        if !name.is_empty() {
            paths.push(path_of(name));
        }
    }
    Ok(paths)
}

#[cfg(unix)]
fn path_of(name: Vec<u8>) -> PathBuf {
    <OsString as std::os::unix::ffi::OsStringExt>::from_vec(name).into()
}

#[cfg(not(unix))]
fn path_of(name: Vec<u8>) -> PathBuf {
    OsString::from(String::from_utf8_lossy(&name).into_owned()).into()
}

fn write(args: &ScanArgs, results: &Results) -> anyhow::Result<()> {
    let plain = Style {
        reveal: args.reveal,
        all_findings: args.all_findings,
        ..Style::default()
    };
    for (format, path) in &args.output {
        let report = report::named(format).context("checked when the arguments were parsed")?;
        output::save(report, results, plain, path)?;
    }
    if !args.output.is_empty() && args.format == "text" {
        return Ok(());
    }
    let report = report::named(&args.format).context("checked when the arguments were parsed")?;
    let style = Style {
        color: output::color(args.color),
        width: output::width(),
        ..plain
    };
    output::print(report, results, style)
}

fn outcome(args: &ScanArgs, results: &Results) -> io::Result<Outcome> {
    let fails = match args.fail_on {
        FailOn::Never => false,
        FailOn::Label(label) => results.any(|found| found.label >= label)?,
        FailOn::Band(band) => results.any(|found| found.confidence.band() >= band)?,
    };
    let statuses = || results.ledger.iter().map(|entry| entry.coverage.status);
    // A mistyped --include leaves everything out, which is no clean bill either.
    let incomplete = statuses().all(|status| status == Status::Skipped)
        || statuses().any(|status| matches!(status, Status::Partial | Status::Failed));
    Ok(match (fails, args.strict && incomplete) {
        (true, _) => Outcome::Findings,
        (false, true) => Outcome::Incomplete,
        (false, false) => Outcome::Clean,
    })
}

/// Ctrl-C and termination end the scan, not the report; a second one ends all.
struct Interrupts {
    stop: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Interrupts {
    fn watch() -> anyhow::Result<Interrupts> {
        let interrupts = Interrupts {
            stop: Arc::default(),
            signal: Arc::default(),
        };
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            let Interrupts { stop, signal: seen } = &interrupts;
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, stop.clone())
                .and_then(|_| {
                    signal_hook::flag::register_usize(signal, seen.clone(), signal as usize)
                })
                .and_then(|_| signal_hook::flag::register(signal, stop.clone()))
                .context("cannot watch for Ctrl-C")?;
        }
        Ok(interrupts)
    }

    fn signal(&self) -> Option<i32> {
        match self.signal.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(signal as i32),
        }
    }
}

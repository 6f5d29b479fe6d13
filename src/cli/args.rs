//! Commands and flags.

use std::path::PathBuf;

use clap::{ArgAction, Args as Group, Parser, Subcommand, ValueEnum};

use crate::model::{Band, Label};
use crate::report;

/// Find personal and sensitive data, label it, and say where it lives.
#[derive(Debug, Parser)]
#[command(
    name = "terrier",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
#[command(
    after_help = "Values are masked in every output unless --reveal is given. Nothing is sent anywhere."
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Scan files, folders or standard input and report what is there
    Scan(Box<ScanArgs>),
    /// Say why places of a file are reported or not
    Explain(ExplainArgs),
    /// List, show and check detectors
    #[command(subcommand)]
    Detectors(DetectorsCommand),
    /// Write shell completions, the page about detectors
    #[command(subcommand)]
    Generate(GenerateCommand),
}

/// What can be done with detectors.
#[derive(Debug, Subcommand)]
pub(super) enum DetectorsCommand {
    /// All detectors: id, label, category, countries, what a finding rests on, name
    List(Selection),
    /// Everything about one detector
    Show {
        /// Its id, as `terrier detectors list` prints it
        id: String,
        #[command(flatten)]
        selection: Selection,
    },
    /// Why a detector reports or not: its shapes, its checks, and what each surrounding is worth
    Explain {
        /// Its id, as `terrier detectors list` prints it
        id: String,
        #[command(flatten)]
        selection: Selection,
    },
    /// Check detector files: shape, anchors, checks, and every example and negative
    Check {
        /// A detector file, or a folder of them
        path: PathBuf,
    },
}

/// What can be generated.
#[derive(Debug, Subcommand)]
pub(super) enum GenerateCommand {
    /// A page about all detectors, in Markdown, on standard output
    Detectors,
    /// A completion script for your shell, on standard output
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Which detectors run.
#[derive(Clone, Debug, Default, Group)]
#[command(next_help_heading = "What to look for")]
pub(super) struct Selection {
    /// Only these detectors
    #[arg(long = "detector", value_name = "ID", value_delimiter = ',')]
    pub(super) detectors: Vec<String>,
    /// Not these detectors
    #[arg(long = "skip-detector", value_name = "ID", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// Only detectors of these categories (credential, financial, government-id, …)
    #[arg(long = "category", value_name = "CATEGORY", value_delimiter = ',')]
    pub(super) categories: Vec<String>,
    /// Only detectors of these countries (ISO 3166 codes), and global ones
    #[arg(long = "region", value_name = "CC", value_delimiter = ',')]
    pub(super) regions: Vec<String>,
    /// Detector files of your own, besides the built-in ones; an equal id replaces
    #[arg(long, value_name = "PATH")]
    pub(super) detectors_path: Vec<PathBuf>,
}

/// `terrier explain`.
#[derive(Debug, Group)]
pub(super) struct ExplainArgs {
    /// The file, and a line of it (or a row of its tables) if only that matters
    #[arg(value_name = "FILE[:LINE]")]
    pub(super) place: String,
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Show raw values
    #[arg(long)]
    pub(super) reveal: bool,
}

/// `terrier scan`.
#[derive(Debug, Group)]
pub(super) struct ScanArgs {
    /// Files and folders; `-` is standard input. Without any: the current folder
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) selection: Selection,
    /// Report findings from this confidence on: low, medium, high, or 0 to 1
    #[arg(long, value_name = "BAND", default_value = "medium", value_parser = confidence, help_heading = "What to look for")]
    pub(super) min_confidence: f32,
    /// Report findings from this label on: public, internal, confidential, restricted
    #[arg(
        long,
        value_name = "LABEL",
        default_value = "public",
        help_heading = "What to look for"
    )]
    pub(super) min_label: Label,
    /// Report published specimens and reserved values (example.com, test cards) too
    #[arg(long, help_heading = "What to look for")]
    pub(super) include_test_values: bool,

    /// Only files that match a glob
    #[arg(long, value_name = "GLOB", help_heading = "Where to look")]
    pub(super) include: Vec<String>,
    /// No files or folders that match a glob
    #[arg(long, value_name = "GLOB", help_heading = "Where to look")]
    pub(super) exclude: Vec<String>,
    /// Leave out what .gitignore and .ignore files name (exports and dumps are often among it)
    #[arg(long, help_heading = "Where to look")]
    pub(super) respect_gitignore: bool,
    /// Leave out hidden files and folders
    #[arg(long, help_heading = "Where to look")]
    pub(super) no_hidden: bool,
    /// Follow symbolic links
    #[arg(long, help_heading = "Where to look")]
    pub(super) follow: bool,
    /// Stay on the file system of each path
    #[arg(long, help_heading = "Where to look")]
    pub(super) one_file_system: bool,
    /// Go at most this many folders deep
    #[arg(long, value_name = "N", help_heading = "Where to look")]
    pub(super) max_depth: Option<usize>,
    /// Take the list of files from a file, one a line; `-` is standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "paths",
        help_heading = "Where to look"
    )]
    pub(super) files_from: Option<PathBuf>,
    /// Names in --files-from end with a zero byte
    #[arg(long, requires = "files_from", help_heading = "Where to look")]
    pub(super) null: bool,
    /// File name that tells the format of standard input
    #[arg(
        long,
        value_name = "NAME",
        default_value = "-",
        hide_default_value = true,
        help_heading = "Where to look"
    )]
    pub(super) stdin_filename: String,

    /// Read at most this much of each file (such as 500M); the ledger says where it was cut
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "How much")]
    pub(super) max_file_size: Option<u64>,
    /// Give up on a spreadsheet after so many seconds
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        help_heading = "How much"
    )]
    pub(super) file_timeout: u64,
    /// Threads; 0 takes one a core
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        default_value_t = 0,
        help_heading = "How much"
    )]
    pub(super) threads: usize,

    /// How to report
    #[arg(short, long, value_name = "FORMAT", default_value = "text", value_parser = formats(), help_heading = "Output")]
    pub(super) format: String,
    /// Write a report to a private file; can be given several times. Standard output then stays empty unless --format is given
    #[arg(short, long, value_name = "FORMAT=PATH", value_parser = output, help_heading = "Output")]
    pub(super) output: Vec<(String, PathBuf)>,
    /// Print to standard error what each detector cost: places looked at, matches, time
    #[arg(long, help_heading = "Output")]
    pub(super) detector_stats: bool,
    /// Write every finding where a report would fold those of one field
    #[arg(long, help_heading = "Output")]
    pub(super) all_findings: bool,
    /// Show raw values
    #[arg(long, help_heading = "Output")]
    pub(super) reveal: bool,
    /// Colours
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(super) color: When,
    /// Progress bar
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(super) progress: When,
    /// Say nothing but the report
    #[arg(short, long, help_heading = "Output")]
    pub(super) quiet: bool,

    /// Exit with 1 when there is a finding from this label or confidence band on, or never
    #[arg(long, value_name = "LABEL|BAND|never", default_value = "never", value_parser = fail_on, help_heading = "Behaviour")]
    pub(super) fail_on: FailOn,
    /// Exit with 3 when something could not be read in full, or there was nothing to scan
    #[arg(long, action = ArgAction::SetTrue, help_heading = "Behaviour")]
    pub(super) strict: bool,
}

/// When to do something that depends on the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal
    Auto,
    /// In any case
    Always,
    /// Not at all
    Never,
}

/// What makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailOn {
    /// A finding with at least this label.
    Label(Label),
    /// A finding in at least this band.
    Band(Band),
    /// Nothing.
    Never,
}

fn formats() -> clap::builder::PossibleValuesParser {
    report::ALL
        .iter()
        .map(|report| report.name())
        .collect::<Vec<_>>()
        .into()
}

fn band(word: &str) -> Option<Band> {
    [Band::Low, Band::Medium, Band::High]
        .into_iter()
        .find(|band| band.as_str() == word)
}

fn confidence(text: &str) -> Result<f32, String> {
    if let Some(band) = band(text) {
        return Ok(band.floor());
    }
    text.parse()
        .ok()
        .filter(|number| (0.0..=1.0).contains(number))
        .ok_or_else(|| "give low, medium, high, or a number from 0 to 1".to_owned())
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    if text == "never" {
        return Ok(FailOn::Never);
    }
    if let Some(band) = band(text) {
        return Ok(FailOn::Band(band));
    }
    text.parse().map(FailOn::Label).map_err(|_| {
        "give a label (public, internal, confidential, restricted), a band (low, medium, high) or never".to_owned()
    })
}

fn output(text: &str) -> Result<(String, PathBuf), String> {
    let (format, path) = text
        .split_once('=')
        .ok_or("write FORMAT=PATH, such as jsonl=findings.jsonl")?;
    if report::named(format).is_none() {
        let names: Vec<&str> = report::ALL.iter().map(|report| report.name()).collect();
        return Err(format!(
            "no format `{format}`; there are {}",
            names.join(", ")
        ));
    }
    Ok((format.to_owned(), path.into()))
}

/// A number of bytes with an optional unit of 1024.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || "write a number of bytes, such as 4096, 500M or 2G".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err(wrong()),
    };
    number.checked_mul(1 << shift).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("2G"), Ok(2 << 30));
        assert!(size("2X").is_err() && size("G").is_err() && size("99999999T").is_err());
    }
}

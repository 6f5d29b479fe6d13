//! `terrier detectors` and `terrier generate`.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;

use super::args::{Args, DetectorsCommand, GenerateCommand, Selection};
use super::catalogue;
use super::exit::Outcome;
use super::reference;
use crate::builtin;
use crate::detect::catalog::spec::{DetectorSpec, Requires};
use crate::detect::catalog::{Catalog, Detector};
use crate::detect::prospects;
use crate::scan::Scanner;

pub(super) fn run(command: &DetectorsCommand) -> anyhow::Result<Outcome> {
    match command {
        DetectorsCommand::List(selection) => list(selection),
        DetectorsCommand::Show { id, selection } => show(id, selection),
        DetectorsCommand::Explain { id, selection } => explain(id, selection),
        DetectorsCommand::Check { path } => check(path),
    }
}

pub(super) fn generate(command: &GenerateCommand) -> anyhow::Result<Outcome> {
    match command {
        GenerateCommand::Detectors => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            reference::page(&builtin::detectors(), &mut out)?;
            out.flush()?;
        }
        GenerateCommand::Completions { shell } => {
            clap_complete::generate(*shell, &mut Args::command(), "terrier", &mut io::stdout());
        }
    }
    Ok(Outcome::Clean)
}

fn list(selection: &Selection) -> anyhow::Result<Outcome> {
    let detectors = catalogue::selected(selection)?;
    let wide = |f: fn(&Detector) -> &str| detectors.iter().map(|d| f(d).len()).max().unwrap_or(0);
    let (id, category) = (wide(|d| &d.id), wide(|d| &d.category));
    let countries = detectors.iter().map(|d| d.countries.join(",").len());
    let countries = countries.max().unwrap_or(0);
    let bases: Vec<String> = detectors.iter().map(reference::basis).collect();
    let basis = bases.iter().map(String::len).max().unwrap_or(0);
    let mut out = io::stdout().lock();
    for (d, rests_on) in detectors.iter().zip(bases) {
        writeln!(
            out,
            "{:id$}  {:12}  {:category$}  {:countries$}  {rests_on:basis$}  {}",
            d.id,
            d.label,
            d.category,
            d.countries.join(","),
            d.name
        )?;
    }
    Ok(Outcome::Clean)
}

fn show(id: &str, selection: &Selection) -> anyhow::Result<Outcome> {
    let d = &named(id, selection)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} ({})\n{}\n", d.name, d.id, d.description)?;
    writeln!(out, "label        {}\ncategory     {}", d.label, d.category)?;
    let mut line = |name: &str, words: &[String]| -> io::Result<()> {
        if words.is_empty() {
            Ok(())
        } else {
            writeln!(out, "{name:12} {}", words.join(", "))
        }
    };
    line("countries", &d.countries)?;
    line("regulations", &d.regulations)?;
    line("keywords", &d.context.keywords)?;
    line("against", &d.context.negative)?;
    line("fields", &d.context.fields)?;
    line("references", &d.references)?;
    writeln!(out)?;
    for p in &d.patterns {
        let needs = match p.requires {
            Requires::Nothing => "",
            Requires::Context => ", needs a keyword or field",
            Requires::Field => ", needs a field",
            Requires::Label => ", needs a field or label",
        };
        writeln!(
            out,
            "pattern {} (worth {:.2} alone{needs})\n    {}",
            p.id, p.confidence, p.regex
        )?;
    }
    Ok(Outcome::Clean)
}

fn named(id: &str, selection: &Selection) -> anyhow::Result<Detector> {
    let mut detectors = catalogue::selected(selection)?.into_iter();
    detectors
        .find(|d| d.id == id)
        .with_context(|| format!("no detector `{id}`; `terrier detectors list` names them all"))
}

/// Says in words when a detector reports.
fn explain(id: &str, selection: &Selection) -> anyhow::Result<Outcome> {
    let d = &named(id, selection)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} ({}): {}\n", d.name, d.id, d.description)?;
    writeln!(out, "What a finding rests on: {}.", reference::basis(d))?;
    writeln!(
        out,
        "Findings of {:.2} and more are high, of {:.2} and more medium; below that they are reported\n\
         with --min-confidence low only.\n",
        0.75, 0.40
    )?;
    for pattern in &d.patterns {
        writeln!(out, "{}: {}", pattern.id, pattern.regex.trim())?;
        for (surrounding, confidence) in prospects(d, pattern) {
            let (worth, band) = (confidence.rounded(), confidence.band());
            writeln!(out, "    {worth:.2}  {band:6}  {surrounding}")?;
        }
    }
    let context = &d.context;
    for (what, words) in [
        ("words for it", &context.keywords),
        ("words against it", &context.negative),
        ("fields and labels", &context.fields),
    ] {
        if !words.is_empty() {
            writeln!(out, "\n{what}: {}", words.join(", "))?;
        }
    }
    writeln!(
        out,
        "\n`terrier explain FILE:LINE` tells the same of the values of a file, step by step."
    )?;
    Ok(Outcome::Clean)
}

/// Compiles detector files and runs their examples, with nothing else switched on.
fn check(path: &Path) -> anyhow::Result<Outcome> {
    let files = catalogue::read(path)?;
    let detectors = catalogue::compiled(&files)?;
    let mut out = io::stdout().lock();
    for d in &detectors {
        for p in &d.patterns {
            let places = if !p.plan.anchors.is_empty() {
                format!("{:.0} places to look at per MB of code", p.plan.rate * 1e6)
            } else {
                "starts from its context".to_owned()
            };
            writeln!(out, "{}.{}: {places}", d.id, p.id)?;
        }
    }
    let scanner = Scanner::builder().catalog(Catalog::new(detectors)).build();
    let mut wrong = 0;
    for d in files.iter().flat_map(|(_, file)| &file.detector) {
        for message in failures(&scanner, d) {
            writeln!(out, "{}: {message}", d.id)?;
            wrong += 1;
        }
    }
    let count = files
        .iter()
        .map(|(_, file)| file.detector.len())
        .sum::<usize>();
    writeln!(out, "{count} detectors checked, {wrong} problems")?;
    Ok(if wrong == 0 {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

fn failures(scanner: &Scanner, detector: &DetectorSpec) -> Vec<String> {
    let values = |text: &str, format: &Option<String>| -> Vec<String> {
        let name = format!("example.{}", format.as_deref().unwrap_or("txt"));
        let results = scanner.scan_bytes(&name, text.as_bytes());
        let own = results
            .findings
            .iter()
            .filter(|f| *f.detector.id == *detector.id);
        own.map(|f| f.value.reveal_lossy().into_owned()).collect()
    };
    let mut wrong = Vec::new();
    for (n, example) in (1..).zip(&detector.example) {
        let got = values(&example.text, &example.format);
        if got != example.expect {
            wrong.push(format!(
                "example {n}: expected {:?}, found {got:?}",
                example.expect
            ));
        }
    }
    for (n, negative) in (1..).zip(&detector.negative) {
        let got = values(&negative.text, &negative.format);
        if !got.is_empty() {
            wrong.push(format!("negative {n} ({}): found {got:?}", negative.why));
        }
    }
    wrong
}

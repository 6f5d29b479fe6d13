//! `terrier explain`: why places of a file are reported or not.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;

use super::args::ExplainArgs;
use super::catalogue;
use super::exit::Outcome;
use crate::detect::{Engine, Fate};
use crate::model::{Band, Printable};
use crate::scan::{Explained, Scanner, Spawn};

pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let (path, line) = place(args);
    let mut builder = Scanner::builder().catalog(catalogue::catalog(&args.selection)?);
    if let Ok(program) = std::env::current_exe() {
        builder = builder.isolate(Spawn::Command(program));
    }
    let scanner = builder.build();
    let mut file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut shown = 0;
    let mut written = Ok(());
    let coverage = scanner
        .explain(&path, &mut file, &mut |explained| {
            if written.is_ok() && line.is_none_or(|line| stands_on(&explained, line)) {
                written = show(scanner.engine(), &explained, args.reveal, &mut out);
                shown += 1;
            }
        })
        .with_context(|| format!("cannot read {}", path.display()))?;
    written?;
    if let Some(reason) = coverage.reason {
        let detail = coverage.detail.unwrap_or_default();
        writeln!(
            out,
            "Not read in full: {} {}",
            reason.as_str(),
            Printable(&detail)
        )?;
    }
    if shown == 0 {
        writeln!(
            out,
            "No pattern of a detector matches here. Patterns that need a word or a field name are tried only beside one; \
             `terrier detectors show ID` lists them."
        )?;
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

/// `FILE:LINE`, unless a file has that very name.
fn place(args: &ExplainArgs) -> (PathBuf, Option<u64>) {
    let whole = PathBuf::from(&args.place);
    let parts = args.place.rsplit_once(':');
    match parts.and_then(|(path, line)| Some((path, line.parse().ok()?))) {
        Some((path, line)) if !whole.exists() => (PathBuf::from(path), Some(line)),
        _ => (whole, None),
    }
}

/// Whether a place is on a line, or in that row of a table.
fn stands_on(explained: &Explained, line: u64) -> bool {
    explained.location.line.or(explained.location.row) == Some(line)
}

fn show(
    engine: &Engine,
    explained: &Explained,
    reveal: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let Explained {
        location,
        preview,
        value,
        candidate,
    } = explained;
    let info = engine.info(candidate.detector);
    match (location.line, location.row) {
        (Some(line), _) => write!(out, "line {line}")?,
        (None, Some(row)) => write!(out, "row {row}")?,
        (None, None) => write!(out, "somewhere")?,
    }
    if let Some(field) = &location.field {
        write!(out, ", field {}", Printable(field))?;
    }
    let value = match reveal {
        true => value.reveal_lossy().into_owned(),
        false => preview.clone(),
    };
    writeln!(
        out,
        ": {}, pattern {}: {}",
        info.id,
        candidate.pattern,
        Printable(&value)
    )?;
    match &candidate.fate {
        Fate::Refused(why) => writeln!(out, "    no finding: {}", why.in_words())?,
        Fate::Found {
            steps,
            test_value,
            lost,
        } => {
            for (reason, after) in steps {
                writeln!(out, "    {:.2}  {reason}", after.rounded())?;
            }
            let confidence = steps.last().map(|(_, after)| *after);
            let band = confidence.map_or(Band::Low, |confidence| confidence.band());
            let verdict = if *lost {
                "not reported: a finding with a better case holds a part of it".to_owned()
            } else if *test_value {
                "not reported: a published specimen or reserved value (--include-test-values)"
                    .to_owned()
            } else if band == Band::Low {
                "not reported: low confidence (--min-confidence low)".to_owned()
            } else {
                format!("reported: {band}, {}", info.label)
            };
            writeln!(out, "    {verdict}")?;
        }
    }
    Ok(())
}

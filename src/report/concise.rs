//! `concise`: one line a finding, in the form that editors and `grep` users know.

use std::io;

use super::{Report, Results, Style, digest, place};
use crate::model::{Finding, Printable};

/// `path:line:column: label detector name [band confidence] preview`.
pub(super) struct Concise;

impl Report for Concise {
    fn name(&self) -> &'static str {
        "concise"
    }

    fn write(&self, results: &Results, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        for listed in digest::items(results) {
            let item = listed.item()?;
            for finding in item.findings.iter() {
                line(finding, style, out)?;
            }
        }
        Ok(())
    }
}

fn line(finding: &Finding, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "{}", finding.path)?;
    let place = place::short(&finding.location);
    if !place.is_empty() {
        write!(out, ":{place}")?;
    }
    let detector = &finding.detector;
    write!(
        out,
        ": {} {} {} [{} {:.2}] {}",
        finding.label,
        detector.id,
        Printable(&detector.name),
        finding.confidence.band(),
        finding.confidence.rounded(),
        Printable(&finding.preview),
    )?;
    if finding.test_value {
        write!(out, " (test value)")?;
    }
    if style.reveal {
        write!(out, " = {}", Printable(&finding.value.reveal_lossy()))?;
    }
    writeln!(out)
}

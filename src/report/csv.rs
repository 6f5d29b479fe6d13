//! `csv`: one finding a row, for spreadsheets (RFC 4180).

use std::io;

use super::record::{exact_bytes, hex};
use super::{Report, Results, Style, digest};
use crate::model::{Evidence, Finding, Printable};

/// A header and one row a finding. No cell can act as a formula.
pub(super) struct Csv;

const HEADER: &[&str] = &[
    "id",
    "path",
    "path_bytes",
    "line",
    "column",
    "table",
    "field",
    "row",
    "sheet",
    "cell",
    "page",
    "pointer",
    "hidden",
    "byte_start",
    "byte_end",
    "detector",
    "name",
    "category",
    "label",
    "confidence",
    "band",
    "preview",
    "evidence",
    "regulations",
    "test_value",
];

impl Report for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn write(&self, results: &Results, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let value = style.reveal.then_some("value");
        let header: Vec<String> = HEADER
            .iter()
            .copied()
            .chain(value)
            .map(str::to_owned)
            .collect();
        row(out, &header)?;
        for listed in digest::items(results) {
            for finding in listed.item()?.findings.iter() {
                let mut cells = cells(finding);
                if style.reveal {
                    cells.push(finding.value.reveal_lossy().into_owned());
                }
                row(out, &cells)?;
            }
        }
        Ok(())
    }
}

/// In the order of [`HEADER`].
fn cells(finding: &Finding) -> Vec<String> {
    let (at, detector) = (&finding.location, &finding.detector);
    // Names in an item are content, and this may be printed on a terminal.
    let text = |text: Option<&str>| Printable(text.unwrap_or_default()).to_string();
    let number = |number: Option<u64>| number.map(|n| n.to_string()).unwrap_or_default();
    let evidence: Vec<String> = finding.evidence.iter().map(describe).collect();
    vec![
        finding.id.clone(),
        finding.path.to_string(),
        exact_bytes(&finding.path).map(hex).unwrap_or_default(),
        number(at.line),
        number(at.column),
        text(at.table.as_deref()),
        text(at.field.as_deref()),
        number(at.row),
        text(at.sheet.as_deref()),
        text(at.cell.as_deref()),
        number(at.page.map(u64::from)),
        text(at.pointer.as_deref()),
        at.hidden.to_string(),
        number(at.bytes.as_ref().map(|bytes| bytes.start)),
        number(at.bytes.as_ref().map(|bytes| bytes.end)),
        detector.id.to_string(),
        detector.name.clone(),
        detector.category.to_string(),
        finding.label.to_string(),
        format!("{:.2}", finding.confidence.rounded()),
        finding.confidence.band().to_string(),
        text(Some(&finding.preview)),
        evidence.join("; "),
        detector.regulations.join("; "),
        finding.test_value.to_string(),
    ]
}

/// One reason in a few words.
fn describe(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Pattern { id } => format!("pattern {id}"),
        Evidence::Checksum { name } => format!("checksum {name}"),
        Evidence::Keyword { text, .. } => format!("keyword {text}"),
        Evidence::Field { text } => format!("field {}", Printable(text)),
        Evidence::NegativeKeyword { text } => format!("against: keyword {text}"),
        Evidence::Neighbour { detector } => format!("next to {detector}"),
        Evidence::Doubt { reason } => format!("against: {reason}"),
        Evidence::TestValue => "test value".to_owned(),
    }
}

fn row(out: &mut dyn io::Write, cells: &[String]) -> io::Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        out.write_all(quoted(cell).as_bytes())?;
    }
    out.write_all(b"\r\n")
}

/// Quotes a cell where RFC 4180 asks for it. A cell that a spreadsheet program
/// would run as a formula gets an apostrophe in front (CWE-1236; the full-width
/// signs are taken for the ASCII ones in some locales).
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let guard = if formula { "'" } else { "" };
    if formula
        || cell.contains(['"', ',', '\r', '\n', ';'])
        || cell.starts_with(' ')
        || cell.ends_with(' ')
    {
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_disarms() {
        let cases = [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=HYPERLINK(1)", "\"'=HYPERLINK(1)\""),
            ("@x", "\"'@x\""),
            ("-----BEGIN", "\"'-----BEGIN\""),
            ("two\nlines", "\"two\nlines\""),
            ("", ""),
        ];
        for (cell, expected) in cases {
            assert_eq!(quoted(cell), expected);
        }
    }
}

//! What the whole run says: a table by category and label, what was not read,
//! and what is not shown.

use std::io;

use super::Page;
use super::paint::{Ink, columns, wrap};
use crate::model::{Label, LedgerEntry, Status};
use crate::report::Results;
use crate::report::digest::{Totals, Unread};
use crate::report::number::{bytes, counted, grouped, seconds};

/// Most example paths of one reason.
const EXAMPLES: usize = 3;
/// Width of a column of numbers: the longest label.
const NUMBER: usize = 12;

pub(super) fn write(
    results: &Results,
    totals: &Totals<'_>,
    page: &Page,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if results.run.interrupted {
        let text = "The scan was interrupted: this report covers only what had been read by then.";
        writeln!(out, "{}\n", page.paint.with(Ink::Failure, text))?;
    }
    if !totals.categories.is_empty() {
        table(totals, page, out)?;
        writeln!(out)?;
    }
    headline(results, totals, page, out)?;
    not_in_full(totals, page, out)?;
    not_shown(results, page, out)
}

/// Findings by category and label, and items by label.
fn table(totals: &Totals<'_>, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let mut by_label = std::collections::BTreeMap::<Label, u64>::new();
    for (label, count) in totals
        .categories
        .values()
        .flat_map(|category| &category.labels)
    {
        *by_label.entry(*label).or_default() += count;
    }
    // Columns that would be empty are left out.
    let labels: Vec<Label> = Label::ALL
        .into_iter()
        .rev()
        .filter(|label| by_label.contains_key(label) || totals.labels.contains_key(label))
        .collect();
    let name = totals
        .categories
        .keys()
        .map(|name| columns(name))
        .max()
        .unwrap_or(0)
        .max(16);

    write!(
        out,
        "{}",
        page.paint
            .with(Ink::Heading, &format!("{:name$}", "FINDINGS"))
    )?;
    for &label in &labels {
        write!(
            out,
            "  {}",
            page.paint
                .with(Ink::Label(label), &format!("{:>NUMBER$}", label.as_str()))
        )?;
    }
    writeln!(
        out,
        "  {}",
        page.paint.with(Ink::Quiet, &format!("{:>8}", "in items"))
    )?;

    let mut categories: Vec<_> = totals.categories.iter().collect();
    // Heaviest first: by the counts from the highest label down.
    categories.sort_by_key(|(_, category)| {
        let counts: Vec<u64> = labels
            .iter()
            .map(|label| category.labels.get(label).copied().unwrap_or(0))
            .collect();
        std::cmp::Reverse(counts)
    });
    for (category, counts) in categories {
        write!(out, "{category:name$}")?;
        numbers(
            &labels,
            |label| counts.labels.get(&label).copied(),
            page,
            out,
        )?;
        writeln!(out, "  {:>8}", grouped(counts.items))?;
    }
    write!(
        out,
        "{}",
        page.paint
            .with(Ink::Heading, &format!("{:name$}", "all findings"))
    )?;
    numbers(&labels, |label| by_label.get(&label).copied(), page, out)?;
    writeln!(out, "  {:>8}", grouped(totals.with_findings))?;
    write!(
        out,
        "{}",
        page.paint
            .with(Ink::Heading, &format!("{:name$}", "items so labelled"))
    )?;
    numbers(
        &labels,
        |label| totals.labels.get(&label).copied(),
        page,
        out,
    )?;
    writeln!(out)
}

fn numbers(
    labels: &[Label],
    count: impl Fn(Label) -> Option<u64>,
    page: &Page,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for &label in labels {
        match count(label).unwrap_or(0) {
            0 => write!(
                out,
                "  {}",
                page.paint.with(Ink::Quiet, &format!("{:>NUMBER$}", "·"))
            )?,
            number => write!(out, "  {:>NUMBER$}", grouped(number))?,
        }
    }
    Ok(())
}

fn headline(
    results: &Results,
    totals: &Totals<'_>,
    page: &Page,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let met: u64 = totals.statuses.values().sum();
    let found = match totals.findings {
        0 => "Nothing found".to_owned(),
        findings => format!(
            "{} in {}",
            counted(findings, "finding"),
            counted(totals.with_findings, "item")
        ),
    };
    writeln!(
        out,
        "{}",
        page.paint.with(Ink::Heading, &format!("{found}."))
    )?;
    if met == 0 {
        let text = "There was nothing to scan: no item was met.";
        return writeln!(out, "{}", page.paint.with(Ink::Warning, text));
    }
    let text = format!(
        "{} met, {} read in {}: {} scanned in full, {} in part, {} skipped, {} failed.",
        counted(met, "item"),
        bytes(totals.bytes),
        seconds(results.run.seconds),
        grouped(totals.items(Status::Scanned)),
        grouped(totals.items(Status::Partial)),
        grouped(totals.items(Status::Skipped)),
        grouped(totals.items(Status::Failed)),
    );
    for line in wrap(&text, page.width) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Why items were not read in full, with examples.
fn not_in_full(totals: &Totals<'_>, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let all = totals.unread();
    let count = |unread: &Unread<'_>| grouped(unread.entries.len() as u64);
    let count_width = all
        .iter()
        .map(|unread| count(unread).len())
        .max()
        .unwrap_or(0);
    let reason_width = all
        .iter()
        .map(|unread| unread.describe().len())
        .max()
        .unwrap_or(0);
    for unread in &all {
        let ink = match unread.status {
            Status::Failed => Ink::Failure,
            Status::Partial => Ink::Warning,
            Status::Skipped | Status::Scanned => Ink::Quiet,
        };
        let head = format!(
            "  {:7}  {:>count_width$}  {:reason_width$}  ",
            unread.status.as_str(),
            count(unread),
            unread.describe(),
        );
        let room = page.width.saturating_sub(columns(&head));
        let examples = examples(unread.entries, room);
        writeln!(out, "{}{examples}", page.paint.with(ink, &head))?;
    }
    Ok(())
}

/// The first paths, as many as fit; one always, and none cut.
fn examples(entries: &[&LedgerEntry], room: usize) -> String {
    let mut text = String::new();
    for (index, entry) in entries.iter().take(EXAMPLES).enumerate() {
        let path = entry.path.to_string();
        if index > 0 && columns(&text) + columns(&path) + 5 > room {
            return format!("{text}, …");
        }
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(&path);
    }
    if entries.len() > EXAMPLES {
        text.push_str(", …");
    }
    text
}

fn not_shown(results: &Results, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let hidden = results.hidden;
    let parts: Vec<String> = [
        (
            hidden.below_threshold,
            "below the confidence threshold (--min-confidence)",
        ),
        (
            hidden.test_values,
            "published test values (--include-test-values)",
        ),
        (
            hidden.over_cap,
            "beyond the most kept of one kind in one item",
        ),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", grouped(count)))
    .collect();
    if parts.is_empty() {
        return Ok(());
    }
    let text = format!("Not shown: {}.", parts.join(", "));
    for line in wrap(&text, page.width) {
        writeln!(out, "{}", page.paint.with(Ink::Quiet, &line))?;
    }
    Ok(())
}

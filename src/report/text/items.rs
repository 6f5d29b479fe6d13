//! Each item with its findings, one line for each kind.

use std::io;

use super::Page;
use super::paint::{Ink, columns, cut, left, wrap};
use crate::model::{Band, Label, Printable, Rule, Status};
use crate::report::digest::{Group, Item};
use crate::report::number::{bytes, counted, grouped};
use crate::report::place;

/// Most lines of findings of one item.
const GROUPS_SHOWN: usize = 16;
/// Width of the longest label.
const LABEL: usize = 12;
/// Longest raw value; the formats for machines give all of it.
const VALUE: usize = 80;
const INDENT: usize = 2;
const GAP: usize = 2;

/// The columns of one line of findings.
struct Row {
    count: String,
    name: String,
    place: Place,
    label: Label,
    band: &'static str,
    preview: String,
    /// The first raw value, when that is asked for.
    value: Option<String>,
}

/// Where the findings of a row are, at length and in short.
struct Place {
    long: String,
    short: String,
}

pub(super) fn write(items: &[Item<'_>], page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    // All items share their columns, so the eye can run down one of them.
    let rows: Vec<Vec<Row>> = items
        .iter()
        .map(|item| {
            item.groups()
                .iter()
                .take(GROUPS_SHOWN)
                .map(|group| row(group, page))
                .collect()
        })
        .collect();
    let widths = Widths::of(rows.iter().flatten(), page.width);
    for (item, rows) in items.iter().zip(&rows) {
        heading(item, page, out)?;
        for row in rows {
            line(row, &widths, page, out)?;
        }
        rest(item, page, out)?;
        writeln!(out)?;
    }
    Ok(())
}

fn heading(item: &Item<'_>, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let label = match item.label() {
        Some(label) => page.paint.with(
            Ink::Label(label),
            &format!("{:LABEL$}", label.as_str().to_uppercase()),
        ),
        None => page
            .paint
            .with(Ink::Quiet, &format!("{:LABEL$}", "unlabelled")),
    };
    let path = page.paint.with(Ink::Heading, &item.path.to_string());
    write!(out, "{label}  {path}")?;
    let Some(entry) = item.entry else {
        return writeln!(out);
    };
    let facts = match entry.format {
        "" => bytes(entry.coverage.bytes),
        format => format!("{format}, {}", bytes(entry.coverage.bytes)),
    };
    writeln!(out, "  {}", page.paint.with(Ink::Quiet, &facts))?;

    // What the lines below already say needs no words.
    let reasons: Vec<String> = entry
        .reasons
        .iter()
        .filter(|raise| match raise.rule {
            Rule::Content => false,
            Rule::Marking => Some(raise.label) == item.label(),
            Rule::Combination | Rule::Volume | Rule::Health => true,
        })
        .map(|raise| Printable(&raise.why).to_string())
        .collect();
    if !reasons.is_empty() {
        note("why", &reasons.join("; "), Ink::Quiet, page, out)?;
    }
    if entry.coverage.status != Status::Scanned {
        let reason = entry.coverage.reason.map(|reason| reason.describe());
        let detail = entry
            .coverage
            .detail
            .as_deref()
            .map(|detail| Printable(detail).to_string());
        let why: Vec<&str> = reason.into_iter().chain(detail.as_deref()).collect();
        note(
            entry.coverage.status.as_str(),
            &why.join(": "),
            Ink::Warning,
            page,
            out,
        )?;
    }
    Ok(())
}

/// `word  text`, the text wrapped beside the word.
fn note(word: &str, text: &str, ink: Ink, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let hang = word.len() + GAP;
    let room = page.width.saturating_sub(INDENT + hang);
    for (index, line) in wrap(text, room).iter().enumerate() {
        let word = if index == 0 { word } else { "" };
        let line = page.paint.with(ink, &format!("{word:hang$}{line}"));
        writeln!(out, "{:INDENT$}{line}", "")?;
    }
    Ok(())
}

fn row(group: &Group<'_>, page: &Page) -> Row {
    Row {
        count: grouped(group.findings.len() as u64),
        name: Printable(&group.detector.name).to_string(),
        place: places(group),
        label: group.label,
        band: match group.bands() {
            _ if group.first.test_value => "test",
            (low, high) if low == high => high.as_str(),
            (Band::Low, _) => "low+",
            (_, _) => "medium+",
        },
        preview: Printable(&group.first.preview).to_string(),
        value: page
            .reveal
            .then(|| Printable(&group.first.value.reveal_lossy()).to_string()),
    }
}

/// The field with its rows, or the first places.
fn places(group: &Group<'_>) -> Place {
    let at = &group.first.location;
    let hidden = if at.hidden { "(hidden) " } else { "" };
    let several = if group.findings.len() == 1 { "" } else { "s" };
    if let Some(field) = place::field(at).filter(|_| group.is_folded()) {
        let short = format!("{hidden}field {field}");
        let rows = group
            .rows()
            .map(|(first, last)| format!(", rows {}–{}", grouped(first), grouped(last)));
        let long = format!("{short}{}", rows.unwrap_or_default());
        return Place { long, short };
    }
    let word = if at.cell.is_none() && at.line.is_some() {
        format!("line{several} ")
    } else {
        String::new()
    };
    let shorts: Vec<String> = group
        .findings
        .iter()
        .map(|finding| place::short(&finding.location))
        .collect();
    let field = match place::field(at) {
        Some(field) if at.line.is_some() && at.cell.is_none() => format!("field {field}, "),
        _ => String::new(),
    };
    Place {
        long: format!("{hidden}{field}{word}{}", first_of(&shorts, 3)),
        short: format!("{hidden}{word}{}", first_of(&shorts, 1)),
    }
}

/// The first `most`, and how many more.
fn first_of(places: &[String], most: usize) -> String {
    let shown = &places[..most.min(places.len())];
    match places.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} +{}", shown.join(", "), grouped(more as u64)),
    }
}

struct Widths {
    count: usize,
    name: usize,
    place: usize,
    band: usize,
    preview: usize,
}

impl Widths {
    /// As wide as the longest text, but no wider than the page: places give
    /// way first, because they have a short form, then previews, then names.
    fn of<'a>(rows: impl Iterator<Item = &'a Row>, page: usize) -> Self {
        let mut widths = Widths {
            count: 3,
            name: 0,
            place: 0,
            band: 0,
            preview: 0,
        };
        for row in rows {
            widths.count = widths.count.max(row.count.len());
            widths.name = widths.name.max(columns(&row.name));
            widths.place = widths.place.max(columns(&row.place.long));
            widths.band = widths.band.max(row.band.len());
            widths.preview = widths.preview.max(columns(&row.preview));
        }
        widths.name = widths.name.min(40);
        let fixed = INDENT + widths.count + widths.band + 4 * GAP;
        let mut over = (fixed + widths.name + widths.place + widths.preview).saturating_sub(page);
        shrink(&mut widths.place, 26, &mut over);
        shrink(&mut widths.preview, 22, &mut over);
        shrink(&mut widths.name, 28, &mut over);
        shrink(&mut widths.place, 16, &mut over);
        shrink(&mut widths.name, 16, &mut over);
        shrink(&mut widths.preview, 12, &mut over);
        widths
    }
}

/// Takes from `width` what is `over` the page, but leaves `least`.
fn shrink(width: &mut usize, least: usize, over: &mut usize) {
    let give = (*over).min(width.saturating_sub(least));
    *width -= give;
    *over -= give;
}

fn line(row: &Row, widths: &Widths, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let band = left(row.band, widths.band);
    let band = match row.band {
        "high" => page.paint.with(Ink::Label(row.label), &band),
        "medium" | "medium+" => band,
        _ => page.paint.with(Ink::Quiet, &band),
    };
    let place = match columns(&row.place.long) <= widths.place {
        true => &row.place.long,
        false => &row.place.short,
    };
    let preview = cut(&row.preview, widths.preview);
    let value = row
        .value
        .as_ref()
        .map(|value| format!(" = {}", cut(value, VALUE)))
        .unwrap_or_default();
    writeln!(
        out,
        "{:INDENT$}{:>count$}  {}  {}  {band}  {preview}{value}",
        "",
        row.count,
        left(&row.name, widths.name),
        left(place, widths.place),
        count = widths.count,
    )
}

fn rest(item: &Item<'_>, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let more = item.groups().len().saturating_sub(GROUPS_SHOWN) as u64;
    if more > 0 {
        let text = format!("… and {}", counted(more, "more kind"));
        writeln!(out, "{:INDENT$}{}", "", page.paint.with(Ink::Quiet, &text))?;
    }
    if item.not_kept() > 0 {
        let text = format!(
            "… and {} that were counted but not kept",
            counted(item.not_kept(), "more finding")
        );
        writeln!(out, "{:INDENT$}{}", "", page.paint.with(Ink::Quiet, &text))?;
    }
    Ok(())
}

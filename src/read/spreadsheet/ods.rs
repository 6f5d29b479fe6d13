//! OpenDocument spreadsheets (ISO/IEC 26300), streamed.
//!
//! The format repeats cells and rows by number, so that a few bytes can stand
//! for a full sheet; a parser that expands them is no use here. What is shown
//! is stored beside the value, which keeps leading zeros.

use quick_xml::events::{BytesStart, Event};

use super::package::{Package, Xml, attribute, push_text};
use super::sheet::SheetWriter;
use super::value::write_number;
use super::{Progress, beneath, properties};
use crate::model::{CellType, Coverage, Reason};
use crate::read::{Flow, Out};

/// How often a repeated cell or row is handed out: enough to see a repetition.
const MOST_REPEATS: u32 = 64;
/// Rows and columns of the largest sheet LibreOffice makes.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;
/// A cell longer than this is cut; its first part is still a document.
const LONGEST_CELL: usize = 16 << 20;

pub(super) fn read(mut package: Package, size: u64, out: &mut dyn Out) -> Coverage {
    if is_encrypted(&mut package) {
        return Coverage::failed(
            Reason::Encrypted,
            "the document is encrypted with a password",
        );
    }
    let mut progress = Progress::default();
    if progress.note(properties::read(&mut package, out)) {
        return progress.coverage(size);
    }
    if progress.note(beneath::read(&mut package, out)) {
        return progress.coverage(size);
    }
    let Some(xml) = package.xml("content.xml") else {
        return Coverage::failed(Reason::Malformed, "content.xml cannot be opened");
    };
    let mut content = Content {
        xml,
        buffer: Vec::new(),
        hidden_styles: Vec::new(),
        style: String::new(),
    };
    if let Err(reason) = content.read(&mut progress, out) {
        progress.trouble(
            reason,
            format!("content.xml breaks off in sheet {}", progress.sheets),
        );
    }
    progress.coverage(size)
}

fn is_encrypted(package: &mut Package) -> bool {
    if package.has("encrypted-package") {
        return true;
    }
    let Some(mut xml) = package.xml("META-INF/manifest.xml") else {
        return false;
    };
    let mut buffer = Vec::new();
    while let Ok(event) = xml.read_event_into(&mut buffer) {
        match event {
            Event::Start(element) if element.local_name().as_ref() == "encryption-data" => {
                return true;
            }
            Event::Eof => break,
            _ => buffer.clear(),
        }
    }
    false
}

struct Content<'p> {
    xml: Xml<'p>,
    buffer: Vec<u8>,
    /// Table styles that are not displayed.
    hidden_styles: Vec<String>,
    /// The style being declared.
    style: String,
}

/// A cell as it is being read.
#[derive(Debug, Default)]
struct Value {
    kind: String,
    value: String,
    shown: String,
    annotation: String,
    repeats: u32,
}

impl Content<'_> {
    fn read(&mut self, progress: &mut Progress, out: &mut dyn Out) -> Result<(), Reason> {
        while let Some(element) = self.next_element()? {
            match element.local_name().as_ref() {
                "style" => self.style = attribute(&element, "name").unwrap_or_default(),
                "table-properties"
                    if attribute(&element, "display").as_deref() == Some("false") =>
                {
                    self.hidden_styles.push(std::mem::take(&mut self.style));
                }
                "table" => {
                    progress.sheets += 1;
                    let name = attribute(&element, "name").unwrap_or_default();
                    let style = attribute(&element, "style-name").unwrap_or_default();
                    let hidden = self.hidden_styles.contains(&style);
                    let columns = self.columns()?;
                    let mut writer = SheetWriter::new(&name, hidden, columns.hidden, out);
                    let outcome = self.rows(columns.first_row, &mut writer);
                    if progress.note(writer.finish()) {
                        return Ok(());
                    }
                    outcome?;
                }
                "named-range" | "named-expression" => {
                    let name = attribute(&element, "name").unwrap_or_default();
                    let meaning = attribute(&element, "cell-range-address")
                        .or_else(|| attribute(&element, "expression"));
                    if progress.note(properties::write(
                        &format!("{name}: {}\n", meaning.unwrap_or_default()),
                        out,
                    )) {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The next start of an element; `None` at the end.
    fn next_element(&mut self) -> Result<Option<BytesStart<'static>>, Reason> {
        loop {
            match self.next_event()? {
                Event::Start(element) => return Ok(Some(element)),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    fn next_event(&mut self) -> Result<Event<'static>, Reason> {
        self.buffer.clear();
        match self.xml.read_event_into(&mut self.buffer) {
            Ok(event) => Ok(event.into_owned()),
            Err(quick_xml::Error::Io(_)) => Err(Reason::Truncated),
            Err(_) => Err(Reason::Malformed),
        }
    }

    /// Column declarations, which stand before the rows.
    fn columns(&mut self) -> Result<Columns, Reason> {
        let (mut next, mut hidden) = (0_u32, Vec::new());
        loop {
            match self.next_event()? {
                Event::Start(element) if element.local_name().as_ref() == "table-column" => {
                    let end = next
                        .saturating_add(repeats(&element, "number-columns-repeated"))
                        .min(MOST_COLUMNS);
                    if attribute(&element, "visibility").is_some_and(|shown| shown != "visible") {
                        hidden.push(next..end);
                    }
                    next = end;
                }
                Event::Start(element) if element.local_name().as_ref() == "table-row" => {
                    return Ok(Columns {
                        hidden,
                        first_row: Some(element),
                    });
                }
                Event::End(element) if element.local_name().as_ref() == "table" => {
                    return Ok(Columns {
                        hidden,
                        first_row: None,
                    });
                }
                Event::Eof => return Err(Reason::Truncated),
                _ => {}
            }
        }
    }

    fn rows(
        &mut self,
        first: Option<BytesStart<'static>>,
        writer: &mut SheetWriter<'_>,
    ) -> Result<(), Reason> {
        let Some(first) = first else { return Ok(()) };
        let (mut row, mut element) = (0_u32, first);
        loop {
            let times = repeats(&element, "number-rows-repeated");
            let cells = self.row(row, writer)?;
            for again in row..row.saturating_add(times.min(MOST_REPEATS)) {
                for (column, cell) in &cells {
                    for column in *column..column.saturating_add(cell.repeats.min(MOST_REPEATS)) {
                        if writer.cell(again, column, |text| write(cell, text)) == Flow::Stop {
                            return Ok(());
                        }
                    }
                }
            }
            row = row.saturating_add(times).min(MOST_ROWS);
            loop {
                match self.next_event()? {
                    Event::Start(next) if next.local_name().as_ref() == "table-row" => {
                        element = next;
                        break;
                    }
                    Event::End(end) if end.local_name().as_ref() == "table" => return Ok(()),
                    Event::Eof => return Err(Reason::Truncated),
                    _ => {}
                }
            }
        }
    }

    /// The cells of a row that hold something, with their columns. Annotations
    /// go out at once.
    fn row(&mut self, row: u32, writer: &mut SheetWriter<'_>) -> Result<Vec<(u32, Value)>, Reason> {
        let (mut column, mut cells) = (0_u32, Vec::new());
        loop {
            match self.next_event()? {
                Event::Start(element)
                    if matches!(
                        element.local_name().as_ref(),
                        "table-cell" | "covered-table-cell"
                    ) =>
                {
                    let cell = self.cell(&element)?;
                    if !cell.annotation.is_empty() {
                        writer.note(Some((row, column)), &cell.annotation);
                    }
                    let next = column.saturating_add(cell.repeats).min(MOST_COLUMNS);
                    if !(cell.shown.is_empty() && cell.value.is_empty()) {
                        cells.push((column, cell));
                    }
                    column = next;
                }
                Event::End(element) if element.local_name().as_ref() == "table-row" => {
                    return Ok(cells);
                }
                Event::Eof => return Err(Reason::Truncated),
                _ => {}
            }
        }
    }

    fn cell(&mut self, element: &BytesStart<'_>) -> Result<Value, Reason> {
        let kind = attribute(element, "value-type").unwrap_or_default();
        let attribute_name = match kind.as_str() {
            "date" => "date-value",
            "time" => "time-value",
            "string" => "string-value",
            _ => "value",
        };
        let value = attribute(element, attribute_name).unwrap_or_default();
        let repeats = repeats(element, "number-columns-repeated");
        let mut cell = Value {
            kind,
            value,
            repeats,
            ..Value::default()
        };
        let own = element.local_name();
        let mut in_annotation = false;
        let mut in_text = false;
        loop {
            let event = self.next_event()?;
            let text = if in_annotation {
                &mut cell.annotation
            } else {
                &mut cell.shown
            };
            match &event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "annotation" => in_annotation = true,
                    "p" | "h" => {
                        in_text = true;
                        if !text.is_empty() {
                            text.push('\n');
                        }
                    }
                    // The author of an annotation and its date.
                    "creator" => in_text = true,
                    "s" => text.push(' '),
                    "tab" | "line-break" => text.push('\n'),
                    "a" => {
                        if let Some(target) =
                            attribute(element, "href").filter(|target| !target.starts_with('#'))
                        {
                            cell.annotation.push_str(&target);
                            cell.annotation.push('\n');
                        }
                    }
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "annotation" => in_annotation = false,
                    "p" | "h" => in_text = false,
                    "creator" => {
                        in_text = false;
                        text.push('\n');
                    }
                    name if name == own.as_ref() => return Ok(cell),
                    _ => {}
                },
                Event::Eof => return Err(Reason::Truncated),
                event if in_text && text.len() < LONGEST_CELL => push_text(event, text),
                _ => {}
            }
        }
    }
}

/// What stands before the cells of a sheet.
struct Columns {
    hidden: Vec<std::ops::Range<u32>>,
    first_row: Option<BytesStart<'static>>,
}

fn repeats(element: &BytesStart<'_>, name: &str) -> u32 {
    attribute(element, name)
        .and_then(|value| value.parse().ok())
        .unwrap_or(1)
        .max(1)
}

fn write(cell: &Value, text: &mut String) -> Option<CellType> {
    match cell.kind.as_str() {
        "boolean" => None,
        "date" => {
            text.push_str(cell.value.strip_suffix("T00:00:00").unwrap_or(&cell.value));
            Some(CellType::Date)
        }
        "time" => {
            text.push_str(&cell.shown);
            Some(CellType::Date)
        }
        "float" | "currency" | "percentage" => match cell.value.parse::<f64>() {
            Ok(number) if shows_more(&cell.shown, number) => {
                text.push_str(&cell.shown);
                Some(CellType::Text)
            }
            Ok(number) => Some(write_number(number, None, text)),
            Err(_) => shown(cell, text),
        },
        _ => shown(cell, text),
    }
}

fn shown(cell: &Value, text: &mut String) -> Option<CellType> {
    let value = if cell.shown.is_empty() {
        &cell.value
    } else {
        &cell.shown
    };
    text.push_str(value);
    (!value.trim().is_empty()).then_some(CellType::Text)
}

/// True when the text of a number has leading zeros or separators that spell
/// an identifier (`02138`, `536-22-8471`).
fn shows_more(shown: &str, number: f64) -> bool {
    let digits = shown
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(char::from)
        .collect::<String>();
    let allowed =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b' ' | b'(' | b')' | b'/');
    let telling = digits.starts_with('0') || shown.bytes().any(|byte| !byte.is_ascii_digit());
    digits.len() >= 3 && telling && shown.bytes().all(allowed) && digits.parse() == Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_text_wins_where_it_says_more() {
        assert!(shows_more("02138", 2138.0));
        assert!(shows_more("536-22-8471", 536_228_471.0));
        assert!(!shows_more("2138", 2138.0));
        assert!(!shows_more("4.1E+15", 4.1e15));
        assert!(!shows_more("1,234", 1234.0));
        assert!(!shows_more("-12", -12.0));
    }
}

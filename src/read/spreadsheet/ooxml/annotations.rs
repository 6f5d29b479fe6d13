//! What is pinned to cells: notes, threaded comments, links, text in shapes.

use std::io::Read;

use quick_xml::events::Event;

use crate::read::Flow;
use crate::read::spreadsheet::package::{Package, attribute, push_text};
use crate::read::spreadsheet::sheet::parse_reference;
use crate::read::strings::Strings;

/// More text than all notes of a real sheet have.
const MOST_TEXT: usize = 32 << 20;

/// Text that belongs to a sheet or one of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Row and column from 0.
    pub(super) cell: Option<(u32, u32)>,
    pub(super) text: String,
}

/// All text around the cells of a sheet.
pub(super) fn read(package: &mut Package, sheet: &str) -> Vec<Note> {
    let mut notes = Vec::new();
    for link in package.relationships(sheet) {
        match link.kind.as_str() {
            _ if link.external => notes.push(Note {
                cell: None,
                text: link.target,
            }),
            "comments" if link.target.to_ascii_lowercase().ends_with(".bin") => {
                binary(package, &link.target, &mut notes);
            }
            "comments" => {
                pinned(package, &link.target, "author", "author", &mut notes);
                pinned(package, &link.target, "comment", "t", &mut notes);
            }
            "threadedComment" => {
                pinned(package, &link.target, "threadedComment", "text", &mut notes);
            }
            "drawing" => pinned(package, &link.target, "sp", "t", &mut notes),
            _ => {}
        }
    }
    notes
}

/// Elements named `owner`, with a cell in `ref` or none, and their text in
/// elements named `run`.
fn pinned(package: &mut Package, part: &str, owner: &str, run: &str, notes: &mut Vec<Note>) {
    let Some(mut xml) = package.xml(part) else {
        return;
    };
    let (mut buffer, mut in_run, mut size) = (Vec::new(), false, 0);
    let mut note: Option<Note> = None;
    while let Ok(event) = xml.read_event_into(&mut buffer) {
        match &event {
            Event::Start(element) if element.local_name().as_ref() == owner => {
                let cell = attribute(element, "ref")
                    .as_deref()
                    .and_then(parse_reference);
                note = Some(Note {
                    cell,
                    text: String::new(),
                });
                in_run = owner == run;
            }
            Event::Start(element) if element.local_name().as_ref() == run => in_run = true,
            Event::End(element) if element.local_name().as_ref() == run && owner != run => {
                in_run = false;
            }
            Event::End(element) if element.local_name().as_ref() == "p" => {
                if let Some(note) = &mut note {
                    note.text.push('\n');
                }
            }
            Event::End(element) if element.local_name().as_ref() == owner => {
                in_run = false;
                if let Some(note) = note.take().filter(|note| !note.text.trim().is_empty()) {
                    size += note.text.len();
                    notes.push(note);
                }
            }
            Event::Eof => break,
            event if in_run => {
                if let Some(note) = &mut note {
                    push_text(event, &mut note.text);
                }
            }
            _ => {}
        }
        if size > MOST_TEXT {
            break;
        }
        buffer.clear();
    }
}

/// Comments of xlsb: their text is UTF-16LE among the records. Which cell each
/// belongs to is not worth a parser of its own.
fn binary(package: &mut Package, part: &str, notes: &mut Vec<Note>) {
    let Some(part) = package.part(part) else {
        return;
    };
    let mut bytes = Vec::new();
    if part.take(MOST_TEXT as u64).read_to_end(&mut bytes).is_err() && bytes.is_empty() {
        return;
    }
    let (mut strings, mut text) = (Strings::default(), String::new());
    let mut keep = |run: crate::read::strings::Run<'_>| {
        text.push_str(&String::from_utf8_lossy(run.text));
        if run.ends {
            text.push('\n');
        }
        Flow::Continue
    };
    strings.scan(&bytes, &mut keep);
    strings.finish(&mut keep);
    if !text.is_empty() {
        notes.push(Note { cell: None, text });
    }
}

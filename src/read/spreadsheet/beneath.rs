//! What lies beneath the sheets: copies of data and the ways to its origin,
//! which stay in a file when the cells are gone.

use calamine::vba::VbaProject;
use quick_xml::events::Event;
use std::io::Read;

use super::package::{Package, attribute, push_text};
use super::properties;
use crate::model::Place;
use crate::read::blocks::BlockWriter;
use crate::read::strings::{Run, Strings};
use crate::read::{Flow, Out};

/// Folders and parts, in lower case: caches of pivot tables hold the rows they
/// were made from, connections hold passwords, revisions hold what was
/// deleted, charts hold the values they show.
const PARTS: &[&str] = &[
    "basic/",
    "customxml/",
    "xl/charts/",
    "xl/connections.",
    "xl/externallinks/",
    "xl/pivotcache/",
    "xl/querytables/",
    "xl/revisions/",
];

/// Attributes that hold text of people, by local name.
const ATTRIBUTES: &[&str] = &[
    "caption",
    "command",
    "connection",
    "description",
    "name",
    "odcFile",
    "sourceFile",
    "Target",
    "url",
    "userName",
    "v",
];

/// Hands out the text of such parts.
pub(super) fn read(package: &mut Package, out: &mut dyn Out) -> Flow {
    for part in PARTS
        .iter()
        .flat_map(|folder| package.parts_in(folder))
        .collect::<Vec<_>>()
    {
        let place = Place {
            hidden: true,
            ..Place::default()
        };
        let mut writer = BlockWriter::new(Some(place));
        let flow = if part.ends_with(".bin") {
            binary(package, &part, &mut writer, out)
        } else {
            marked_up(package, &part, &mut writer, out)
        };
        if flow == Flow::Stop || writer.finish(out) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// Hands out the source of macros.
pub(super) fn write_macros(project: &VbaProject, out: &mut dyn Out) -> Flow {
    let mut names = project.get_module_names();
    names.sort_unstable();
    for name in names {
        if let Ok(source) = project.get_module(name)
            && properties::write(&source, out) == Flow::Stop
        {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

fn marked_up(
    package: &mut Package,
    part: &str,
    writer: &mut BlockWriter,
    out: &mut dyn Out,
) -> Flow {
    let Some(mut xml) = package.xml(part) else {
        return Flow::Continue;
    };
    let (mut buffer, mut text) = (Vec::new(), String::new());
    // Damage ends the part: it is not what the workbook is about.
    while let Ok(event) = xml.read_event_into(&mut buffer) {
        match &event {
            Event::Start(element) => {
                for name in ATTRIBUTES {
                    if let Some(value) = attribute(element, name) {
                        text.push('\n');
                        text.push_str(&value);
                    }
                }
                text.push('\n');
            }
            Event::End(_) => text.push('\n'),
            Event::Eof => break,
            event => push_text(event, &mut text),
        }
        if text.ends_with('\n') {
            let line = text.trim();
            if !line.is_empty() {
                let flow = writer.push(line.as_bytes(), out);
                if flow == Flow::Stop || writer.push(b"\n", out) == Flow::Stop {
                    return Flow::Stop;
                }
            }
            text.clear();
        }
        buffer.clear();
    }
    Flow::Continue
}

fn binary(package: &mut Package, part: &str, writer: &mut BlockWriter, out: &mut dyn Out) -> Flow {
    let Some(mut part) = package.part(part) else {
        return Flow::Continue;
    };
    let mut strings = Strings::default();
    let mut buffer = vec![0; 16 << 10];
    let mut keep = |run: Run<'_>| match writer.push(run.text, out) {
        Flow::Continue if run.ends => writer.push(b"\n", out),
        flow => flow,
    };
    while let Ok(read) = part.read(&mut buffer) {
        let piece = buffer.get(..read).unwrap_or_default();
        if piece.is_empty() {
            break;
        }
        if strings.scan(piece, &mut keep) == Flow::Stop {
            return Flow::Stop;
        }
    }
    strings.finish(&mut keep)
}

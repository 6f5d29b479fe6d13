//! Document properties: author, manager, company, and the labels that
//! information protection writes into a file.

use quick_xml::events::Event;

use super::package::{Package, attribute, push_text};
use crate::model::Place;
use crate::read::blocks::BlockWriter;
use crate::read::{Flow, Out};

/// Parts of OOXML and OpenDocument packages that hold properties.
const PARTS: &[&str] = &[
    "docProps/core.xml",
    "docProps/app.xml",
    "docProps/custom.xml",
    "docMetadata/LabelInfo.xml",
    "xl/persons/person.xml",
    "meta.xml",
];

/// More text than any real set of properties has.
const MOST: usize = 1 << 20;

/// Hands out the properties of a package, one `name: value` a line.
pub(super) fn read(package: &mut Package, out: &mut dyn Out) -> Flow {
    for part in PARTS {
        let text = properties(package, part);
        if !text.is_empty() && write(&text, out) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// Hands out properties that were read by other means.
pub(super) fn write(text: &str, out: &mut dyn Out) -> Flow {
    let place = Place {
        hidden: true,
        ..Place::default()
    };
    BlockWriter::text(text, Some(place), out)
}

fn properties(package: &mut Package, part: &str) -> String {
    let mut lines = String::new();
    let Some(mut xml) = package.xml(part) else {
        return lines;
    };
    let (mut buffer, mut name, mut value) = (Vec::new(), String::new(), String::new());
    while let Ok(event) = xml.read_event_into(&mut buffer) {
        match &event {
            Event::Start(element) => {
                push_line(&mut lines, &name, &mut value);
                let local = element.local_name();
                // `<property name="…"><vt:lpwstr>value` and `<meta:user-defined meta:name="…">value`:
                // the type element inside keeps the name of the property around it.
                match attribute(element, "name") {
                    Some(given) => name = given,
                    None if element.name().as_ref().starts_with("vt:") => {}
                    None => name = local.as_ref().to_owned(),
                }
                // Sensitivity labels, and the people behind threaded comments.
                if matches!(local.as_ref(), "label" | "person") {
                    value = element
                        .attributes()
                        .flatten()
                        .fold(value, |all, a| all + &a.value + " ");
                }
            }
            Event::End(_) => push_line(&mut lines, &name, &mut value),
            Event::Eof => break,
            event => push_text(event, &mut value),
        }
        if lines.len() + value.len() > MOST {
            break;
        }
        buffer.clear();
    }
    lines
}

fn push_line(lines: &mut String, name: &str, value: &mut String) {
    if !value.trim().is_empty() {
        lines.push_str(name);
        lines.push_str(": ");
        lines.push_str(value.trim());
        lines.push('\n');
    }
    value.clear();
}

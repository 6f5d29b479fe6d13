//! Where the parts of a workbook lie.

use std::ops::Range;

use quick_xml::events::Event;

use crate::read::spreadsheet::package::{Package, attribute, is_true};

/// Columns of a sheet; wider ranges are cut.
const COLUMNS: u32 = 16_384;

/// A sheet and the part that holds it.
#[derive(Clone, Debug)]
pub(super) struct SheetPart {
    pub(super) name: String,
    pub(super) part: String,
}

/// The parts of a workbook.
#[derive(Clone, Debug)]
pub(super) struct Workbook {
    /// True for xlsb.
    pub(super) binary: bool,
    pub(super) sheets: Vec<SheetPart>,
    /// Shared strings.
    pub(super) strings: Vec<String>,
}

impl Workbook {
    pub(super) fn find(package: &mut Package) -> Option<Self> {
        let main = package
            .relationships("")
            .into_iter()
            .find(|link| link.kind == "officeDocument");
        let usual = ["xl/workbook.xml", "xl/workbook.bin"]
            .into_iter()
            .find(|name| package.has(name));
        let part = main.map(|link| link.target).or(usual.map(str::to_owned))?;
        let links = package.relationships(&part);
        let binary = part.to_ascii_lowercase().ends_with(".bin");
        let strings = links
            .iter()
            .filter(|link| link.kind == "sharedStrings")
            .map(|link| link.target.clone())
            .collect();
        let mut sheets = Vec::new();
        if binary {
            // The list of sheets is binary too. Its order is the usual order of
            // the numbered parts.
            let mut parts = links
                .iter()
                .filter(|link| link.kind.ends_with("sheet"))
                .collect::<Vec<_>>();
            parts.sort_by_key(|link| (link.target.len(), link.target.clone()));
            sheets.extend(parts.into_iter().map(|link| SheetPart {
                name: String::new(),
                part: link.target.clone(),
            }));
            return Some(Workbook {
                binary,
                sheets,
                strings,
            });
        }
        let mut xml = package.xml(&part)?;
        let mut buffer = Vec::new();
        while let Ok(event) = xml.read_event_into(&mut buffer) {
            match event {
                Event::Start(element) if element.local_name().as_ref() == "sheet" => {
                    let id = attribute(&element, "id").unwrap_or_default();
                    if let (Some(name), Some(link)) = (
                        attribute(&element, "name"),
                        links.iter().find(|link| link.id == id),
                    ) {
                        sheets.push(SheetPart {
                            name,
                            part: link.target.clone(),
                        });
                    }
                }
                Event::Eof => break,
                _ => {}
            }
            buffer.clear();
        }
        Some(Workbook {
            binary,
            sheets,
            strings,
        })
    }
}

/// Columns of a sheet that are not shown. They are listed before the cells.
pub(super) fn hidden_columns(package: &mut Package, part: &str) -> Vec<Range<u32>> {
    let mut hidden = Vec::new();
    if part.to_ascii_lowercase().ends_with(".bin") {
        return hidden;
    }
    let Some(mut xml) = package.xml(part) else {
        return hidden;
    };
    let mut buffer = Vec::new();
    while let Ok(event) = xml.read_event_into(&mut buffer) {
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "sheetData" => break,
                "col" if is_true(&element, "hidden") => {
                    let bound = |name| {
                        attribute(&element, name).and_then(|value| value.parse::<u32>().ok())
                    };
                    if let (Some(first), Some(last)) = (bound("min"), bound("max")) {
                        hidden.push(first.saturating_sub(1)..last.min(COLUMNS));
                    }
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    hidden
}

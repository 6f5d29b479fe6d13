//! Workbooks of every format, with their cells where a person finds them.

pub(crate) mod made;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use dataterrier::model::{CellType, Coverage, ItemPath, Reason, Segment, Status, cell_reference};
use dataterrier::read::{Claim, Flow, Item, Limits, Out, READERS, Reader};

/// What a reader handed out.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// `sheet!B7` to value, field name, type and whether it is hidden.
    pub(crate) cells: BTreeMap<String, (String, String, CellType, bool)>,
    /// Stored offsets of the texts that have them.
    pub(crate) offsets: Vec<u64>,
    /// Place and text of everything else.
    pub(crate) texts: Vec<(String, String)>,
    /// Stop after so many segments.
    stop_after: Option<usize>,
    segments: usize,
}

impl Out for Seen {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        self.segments += 1;
        match segment {
            Segment::Text(block) => {
                self.offsets.extend(
                    block
                        .origin
                        .map(|origin| origin.stored_span(block.core.clone()).start),
                );
                let place = block.place.unwrap_or_default();
                let sheet = place.sheet.as_deref().unwrap_or_default();
                let place = format!(
                    "{sheet}!{}{}",
                    place.cell.unwrap_or_default(),
                    if place.hidden { " hidden" } else { "" }
                );
                self.texts.push((
                    place,
                    String::from_utf8_lossy(&block.text[block.core]).into_owned(),
                ));
            }
            Segment::Cells(batch) => {
                for cell in batch.cells {
                    let text = &batch.text[cell.span.start as usize..cell.span.end as usize];
                    let field = &batch.table.fields[cell.field as usize];
                    let sheet = batch.table.sheet.as_deref().expect("sheets have names");
                    let place = format!("{sheet}!{}", cell_reference(cell.row, cell.field.into()));
                    let value = String::from_utf8(text.to_vec()).expect("values are UTF-8");
                    let hidden = batch.table.hidden || field.hidden;
                    self.cells
                        .insert(place, (value, field.name.to_string(), cell.typed, hidden));
                }
            }
        }
        if self.stop_after.is_some_and(|most| self.segments >= most) {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }
}

impl Seen {
    pub(crate) fn stopping_after(segments: usize) -> Self {
        Seen {
            stop_after: Some(segments),
            ..Seen::default()
        }
    }

    pub(crate) fn value(&self, place: &str) -> &str {
        self.cells.get(place).map_or("", |cell| &cell.0)
    }

    pub(crate) fn field(&self, place: &str) -> &str {
        self.cells.get(place).map_or("", |cell| &cell.1)
    }

    fn typed(&self, place: &str) -> CellType {
        self.cells[place].2
    }

    fn hidden(&self, place: &str) -> bool {
        self.cells[place].3
    }

    pub(crate) fn has_text(&self, place: &str, text: &str) -> bool {
        self.texts
            .iter()
            .any(|(at, seen)| at == place && seen.contains(text))
    }
}

pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/spreadsheets")
        .join(name)
}

/// The reader that claims some bytes.
pub(crate) fn reader_for(bytes: &[u8], name: &str) -> Option<&'static dyn Reader> {
    let path = ItemPath::new(name);
    let head = &bytes[..bytes.len().min(8 << 10)];
    let claimed = READERS
        .iter()
        .map(|reader| (reader.claims(head, &path), *reader))
        .max_by_key(|(claim, _)| *claim);
    claimed
        .filter(|(claim, _)| *claim != Claim::No)
        .map(|(_, reader)| reader)
}

/// Reads bytes as a stream, in this process.
fn read_bytes(bytes: &[u8], name: &str, limits: &Limits) -> (Seen, Coverage) {
    let reader = reader_for(bytes, name).expect("a reader claims the sample");
    let mut seen = Seen::default();
    let path = ItemPath::new(name);
    let (head, mut rest) = bytes.split_at(bytes.len().min(1000));
    let mut item = Item {
        path: &path,
        head,
        complete: false,
        rest: &mut rest,
        size: None,
        file: None,
    };
    let coverage = reader.read(&mut item, limits, &mut seen);
    (seen, coverage)
}

fn read_sample(name: &str) -> (Seen, Coverage) {
    let bytes = fs::read(sample(name)).expect("the sample exists");
    read_bytes(&bytes, name, &Limits::default())
}

#[test]
fn each_format_is_claimed_by_its_reader() {
    for name in [
        "staff.xlsx",
        "staff.xlsb",
        "staff.xls",
        "staff.ods",
        "encrypted.xlsx",
    ] {
        let bytes = fs::read(sample(name)).unwrap();
        let extension = name.rsplit('.').next().unwrap();
        assert_eq!(reader_for(&bytes, name).unwrap().name(), extension);
    }
    let xlsx = fs::read(sample("staff.xlsx")).unwrap();
    assert_eq!(reader_for(&xlsx, "macros.XLSM").unwrap().name(), "xlsm");
    assert!(reader_for(b"PK\x03\x04 another archive", "a.zip").is_none());
    assert!(reader_for(b"name;email", "really-csv.xls").is_none());
    assert!(reader_for(b"", "empty.xlsx").is_none());
}

#[test]
fn xlsx_cells_stand_where_a_person_sees_them() {
    let (seen, coverage) = read_sample("staff.xlsx");
    assert_eq!(coverage.status, Status::Scanned, "{coverage:?}");
    let at = |cell: &str| format!("Staff & Pay!{cell}");
    assert_eq!(
        (seen.value(&at("A1")), seen.field(&at("A1"))),
        ("Staff list, internal", "#1")
    );
    assert_eq!(
        (seen.value(&at("C3")), seen.field(&at("C3"))),
        ("SSN", "#3")
    );
    assert_eq!(
        (seen.value(&at("C4")), seen.field(&at("C4"))),
        ("987-65-4321", "SSN")
    );
    assert_eq!(
        (seen.value(&at("B4")), seen.typed(&at("B4"))),
        ("1985-03-14", CellType::Date)
    );
    assert_eq!(
        (seen.value(&at("D4")), seen.typed(&at("D4"))),
        ("2138", CellType::Number)
    );
    assert_eq!(seen.value(&at("E4")), "4100000000000000");
    assert_eq!(seen.value(&at("E5")), "4000056655665556");
    assert_eq!(
        (seen.value(&at("C7")), seen.typed(&at("C7"))),
        ("000-12-3456", CellType::Text)
    );
    assert!(
        !seen.cells.contains_key(&at("G4")),
        "truth values are left out"
    );
    assert!(seen.hidden(&at("F4")), "hidden column");
    assert!(!seen.hidden(&at("E4")));
}

#[test]
fn xlsx_hidden_sheets_notes_names_and_properties_are_read() {
    let (seen, _) = read_sample("staff.xlsx");
    assert_eq!(
        (seen.value("Payroll!A2"), seen.field("Payroll!A2")),
        ("ann@example.com", "email")
    );
    assert_eq!(seen.value("Payroll!B3"), "60000.5");
    assert!(seen.hidden("Payroll!A2"));
    assert!(seen.hidden("Keys!B2"));
    assert!(
        seen.has_text("Keys! hidden", "Keys"),
        "names of hidden sheets are content"
    );
    assert!(seen.has_text("Empty!", "Empty"));
    assert!(seen.has_text("Staff & Pay!B5", "202-555-0199"));
    assert!(seen.has_text("Staff & Pay!", "Hr Person"));
    assert!(seen.has_text("Staff & Pay!", "mailto:ann@example.com"));
    assert!(seen.has_text("! hidden", "creator: Erin Author"));
    assert!(seen.has_text("! hidden", "MSIP_Label_0_Name: Confidential"));
    assert!(seen.has_text("! hidden", "rate@example.com"));
}

#[test]
fn xlsb_xls_and_ods_say_the_same() {
    for name in ["staff.xlsb", "staff.xls", "staff.ods"] {
        let (seen, coverage) = read_sample(name);
        assert_eq!(coverage.status, Status::Scanned, "{name} {coverage:?}");
        let ssn = if name == "staff.xlsb" { "B2" } else { "C2" };
        assert_eq!(seen.value(&format!("Staff!{ssn}")), "987-65-4321", "{name}");
        assert_eq!(seen.field(&format!("Staff!{ssn}")), "SSN", "{name}");
        assert!(seen.has_text("Payroll! hidden", "Payroll"), "{name}");
        assert!(
            seen.cells
                .iter()
                .any(|(at, cell)| at.starts_with("Payroll!") && cell.0.contains("ann@") && cell.3),
            "{name}"
        );
    }
}

#[test]
fn xls_dates_and_numbers() {
    let (seen, _) = read_sample("staff.xls");
    assert_eq!(
        (seen.value("Staff!B2"), seen.typed("Staff!B2")),
        ("1985-03-14", CellType::Date)
    );
    assert_eq!(
        (seen.value("Staff!E2"), seen.typed("Staff!E2")),
        ("4100000000000000", CellType::Number)
    );
    assert_eq!(seen.value("Payroll!B5"), "hidden ann@example.com");
    assert!(
        seen.has_text("Staff!B3", "Hr Person\nPrivate number 202-555-0199"),
        "{:?}",
        seen.texts
    );
}

#[test]
fn ods_keeps_what_is_shown_and_streams_repetitions() {
    let (seen, _) = read_sample("staff.ods");
    assert_eq!(
        (seen.value("Staff!B2"), seen.typed("Staff!B2")),
        ("1985-03-14", CellType::Date)
    );
    assert_eq!(
        (seen.value("Staff!D2"), seen.typed("Staff!D2")),
        ("02138", CellType::Text)
    );
    assert_eq!(
        (seen.value("Staff!E2"), seen.typed("Staff!E2")),
        ("4100000000000000", CellType::Number)
    );
    assert!(seen.has_text("Staff!B3", "202-555-0199"));
    assert!(seen.has_text("Staff!B3", "Hr Person"));
}

#[test]
fn xlsb_notes_are_read() {
    let (seen, _) = read_sample("staff.xlsb");
    assert!(seen.has_text("Staff!", "202-555-0199"), "{:?}", seen.texts);
    assert_eq!(
        (seen.value("Staff!C3"), seen.typed("Staff!C3")),
        ("10001", CellType::Number)
    );
}

#[test]
fn two_cells_far_apart_are_two_cells() {
    let (seen, coverage) = read_sample("sparse.xlsx");
    assert_eq!(coverage.status, Status::Scanned);
    assert_eq!(seen.cells.len(), 2);
    assert_eq!(seen.value("Sheet!A1"), "first@example.com");
    assert_eq!(seen.value("Sheet!XFD1048576"), "last@example.com");
}

#[test]
fn encrypted_workbooks_say_so() {
    let (_, coverage) = read_sample("encrypted.xlsx");
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Failed, Some(Reason::Encrypted))
    );
}

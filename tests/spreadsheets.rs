//! Workbooks of every format, with their cells where a person finds them.

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

/// A workbook with one sheet, whose parts are given by the test.
pub(crate) fn workbook(sheet: &[u8], strings: Option<&[u8]>) -> Vec<u8> {
    workbook_with(sheet, strings, &[])
}

fn workbook_with(sheet: &[u8], strings: Option<&[u8]>, more: &[(&str, &str)]) -> Vec<u8> {
    const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let link = |id: u32, kind: &str, target: &str| {
        format!("<Relationship Id='r{id}' Type='{TYPES}/{kind}' Target='{target}'/>")
    };
    let links = |inner: String| {
        format!("<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{inner}</Relationships>").into_bytes()
    };
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, content: &[u8]| {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .expect("memory takes it");
        zip.write_all(content).expect("memory takes it");
    };
    let strings_link = if strings.is_some() {
        link(2, "sharedStrings", "sharedStrings.xml")
    } else {
        String::new()
    };
    part(
        "_rels/.rels",
        &links(link(1, "officeDocument", "xl/workbook.xml")),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &links(link(1, "worksheet", "worksheets/sheet1.xml") + &strings_link),
    );
    part(
        "xl/workbook.xml",
        format!("<workbook xmlns='m' xmlns:r='{TYPES}'><sheets><sheet name='S' sheetId='1' r:id='r1'/></sheets></workbook>").as_bytes(),
    );
    part("xl/worksheets/sheet1.xml", sheet);
    if let Some(strings) = strings {
        part("xl/sharedStrings.xml", strings);
    }
    for (name, content) in more {
        part(name, content.as_bytes());
    }
    zip.finish().expect("memory takes it").into_inner()
}

const SHARED: &[u8] =
    b"<sst><si><t>email</t></si><si><r><t>ann@</t></r><r><t>example.com</t></r></si></sst>";
const SHEET: &[u8] = b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c></row>\
    <row r='2'><c r='A2' t='s'><v>1</v></c></row></sheetData></worksheet>";

#[test]
fn shared_strings_with_runs_are_joined() {
    let (seen, coverage) = read_bytes(&workbook(SHEET, Some(SHARED)), "a.xlsx", &Limits::default());
    assert_eq!(coverage.status, Status::Scanned, "{coverage:?}");
    assert_eq!(
        (seen.value("S!A2"), seen.field("S!A2")),
        ("ann@example.com", "email")
    );
}

#[test]
fn what_lies_beneath_the_sheets_is_read() {
    let more = [
        (
            "xl/pivotCache/pivotCacheRecords1.xml",
            "<r><s v='deleted@example.com'/><n v='12'/></r>",
        ),
        (
            "xl/connections.xml",
            "<c><connection name='db' connection='Pwd=letmein;Uid=R&amp;D'/></c>",
        ),
        (
            "xl/revisions/log1.xml",
            "<r><oc><is><t>was@example.com</t></is></oc></r>",
        ),
        (
            "xl/pivotCache/broken.xml",
            "<r><s v='half@example.com'/><s v='",
        ),
    ];
    let book = workbook_with(SHEET, Some(SHARED), &more);
    let (seen, coverage) = read_bytes(&book, "a.xlsx", &Limits::default());
    assert_eq!(coverage.status, Status::Scanned, "{coverage:?}");
    for text in [
        "deleted@example.com",
        "Pwd=letmein;Uid=R&D",
        "was@example.com",
        "half@example.com",
    ] {
        assert!(seen.has_text("! hidden", text), "{text}");
    }
}

#[test]
fn values_longer_than_a_batch_are_text_at_their_cell() {
    let value = format!("{}long@example.com", "word ".repeat(100_000));
    let sheet = format!(
        "<worksheet><sheetData><row r='7'><c r='B7' t='inlineStr'><is><t>{value}</t></is></c></row></sheetData></worksheet>"
    );
    let (seen, coverage) = read_bytes(
        &workbook(sheet.as_bytes(), None),
        "a.xlsx",
        &Limits::default(),
    );
    assert_eq!(coverage.status, Status::Scanned, "{coverage:?}");
    let text = seen
        .texts
        .iter()
        .filter(|(place, _)| place == "S!B7")
        .map(|(_, text)| text.as_str());
    assert!(text.collect::<String>() == value);
}

#[test]
fn a_bad_cell_costs_only_itself() {
    let sheet = b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>99</v></c><c r='B1' t='inlineStr'><is><t>ann@example.com</t></is></c>\
        </row></sheetData></worksheet>";
    let (seen, coverage) = read_bytes(&workbook(sheet, None), "a.xlsx", &Limits::default());
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Partial, Some(Reason::Malformed))
    );
    assert_eq!(seen.value("S!B1"), "ann@example.com");
}

#[test]
fn a_sheet_that_breaks_off_keeps_what_was_read() {
    let sheet = b"<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>ann@example.com</t></is></c></row><row r='2'><c r=";
    let (seen, coverage) = read_bytes(&workbook(sheet, None), "a.xlsx", &Limits::default());
    assert_eq!(coverage.status, Status::Partial, "{coverage:?}");
    assert_eq!(seen.value("S!A1"), "ann@example.com");
}

#[test]
fn bombs_end_before_they_are_parsed() {
    let bomb = workbook(&vec![b' '; 100 << 20], None);
    let (seen, coverage) = read_bytes(&bomb, "bomb.xlsx", &Limits::default());
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Failed, Some(Reason::LimitRatio)),
        "{coverage:?}"
    );
    assert!(seen.cells.is_empty());
    let limits = Limits {
        expanded_bytes: 1 << 20,
        ..Limits::default()
    };
    let (_, coverage) = read_bytes(&workbook(&vec![b' '; 2 << 20], None), "bomb.xlsx", &limits);
    assert_eq!(coverage.reason, Some(Reason::LimitBytes), "{coverage:?}");
}

#[test]
fn a_directory_that_lies_about_sizes_is_not_believed() {
    let size = 100_u32 << 20;
    let mut bomb = workbook(&vec![b' '; size as usize], None);
    let (real, claimed) = (size.to_le_bytes(), 1000_u32.to_le_bytes());
    for at in 0..bomb.len() - 4 {
        if bomb[at..at + 4] == real {
            bomb[at..at + 4].copy_from_slice(&claimed);
        }
    }
    let (_, coverage) = read_bytes(&bomb, "bomb.xlsx", &Limits::default());
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Failed, Some(Reason::Malformed)),
        "{coverage:?}"
    );
}

#[test]
fn shared_strings_that_do_not_fit_into_memory_are_refused() {
    let strings = [
        b"<sst><si><t>".as_slice(),
        &[b'x'; 100_000],
        b"</t></si></sst>",
    ]
    .concat();
    let limits = Limits {
        worker_memory: 400_000,
        ..Limits::default()
    };
    let (_, coverage) = read_bytes(&workbook(SHEET, Some(&strings)), "a.xlsx", &limits);
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Failed, Some(Reason::LimitMemory))
    );
}

#[test]
fn cut_and_damaged_workbooks_end_in_coverage() {
    for name in ["staff.xlsx", "staff.xlsb", "staff.xls", "staff.ods"] {
        let whole = fs::read(sample(name)).unwrap();
        // The last bytes of a compound file are padding.
        for cut in [whole.len() / 3, whole.len() * 2 / 3, whole.len() - 513] {
            let fence =
                std::panic::catch_unwind(|| read_bytes(&whole[..cut], name, &Limits::default()));
            let Ok((_, coverage)) = fence else { continue };
            assert!(
                matches!(coverage.status, Status::Failed | Status::Partial),
                "{name} cut at {cut}: {coverage:?}"
            );
        }
    }
}

#[test]
fn a_consumer_may_stop() {
    let bytes = fs::read(sample("staff.xlsx")).unwrap();
    let path = ItemPath::new("staff.xlsx");
    let mut seen = Seen::stopping_after(1);
    let mut item = Item {
        path: &path,
        head: &[],
        complete: false,
        rest: &mut bytes.as_slice(),
        size: None,
        file: None,
    };
    let coverage =
        reader_for(&bytes, "staff.xlsx")
            .unwrap()
            .read(&mut item, &Limits::default(), &mut seen);
    assert_eq!(
        (coverage.status, coverage.reason),
        (Status::Partial, Some(Reason::Interrupted))
    );
    assert_eq!(seen.texts.len() + seen.cells.len(), 1);
}

#[test]
fn longer_items_than_allowed_are_refused() {
    let limits = Limits {
        item_bytes: 100,
        ..Limits::default()
    };
    let (_, coverage) = read_bytes(
        &fs::read(sample("staff.xlsx")).unwrap(),
        "staff.xlsx",
        &limits,
    );
    assert_eq!(coverage.reason, Some(Reason::LimitBytes));
}

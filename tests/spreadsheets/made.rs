//! Workbooks made part by part: rare structure, damage and bombs.

use super::*;

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

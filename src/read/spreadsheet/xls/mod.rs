//! Workbooks of Excel 5 to 2003, and encrypted ones of later versions, which
//! hide in the same kind of container.

mod compound;
mod notes;

use std::io::{BufReader, Read, Seek};

use calamine::{Reader as _, SheetType, SheetVisible, WorkbookProperties, Xls, XlsError};

use super::sheet::SheetWriter;
use super::{Progress, beneath, properties, utf16, value};
use crate::model::{Coverage, Reason};
use crate::read::spool::{Spool, could_not_read};
use crate::read::{Flow, Out};

/// Size of a directory entry, and what their offsets are multiples of (MS-CFB 2.6).
const ENTRY: usize = 128;

pub(super) fn read(mut file: Spool, size: u64, out: &mut dyn Out) -> Result<Coverage, Coverage> {
    let streams = streams(&mut file, &["EncryptedPackage", "Workbook", "Book"])
        .map_err(|e| could_not_read(&e))?;
    if streams.first() == Some(&true) {
        return Err(Coverage::failed(
            Reason::Encrypted,
            "the workbook is encrypted with a password",
        ));
    }
    if streams.iter().all(|present| !present) {
        return Err(Coverage::failed(
            Reason::Malformed,
            "the compound file has no workbook in it",
        ));
    }
    // Notes are no reason to fail: what cannot be followed has none.
    let notes = match compound::stream(&mut file, &["Workbook"]) {
        Ok(Some(stream)) => notes::read(&stream),
        _ => Vec::new(),
    };
    file.rewind().map_err(|error| could_not_read(&error))?;
    let mut workbook = Xls::new(BufReader::new(file)).map_err(|error| refused(&error))?;
    let mut progress = Progress::default();
    let mut around = workbook
        .workbook_properties()
        .map(|found| describe(&found))
        .unwrap_or_default();
    around.extend(
        workbook
            .defined_names()
            .iter()
            .map(|(name, formula)| format!("{name}: {formula}\n")),
    );
    if !around.is_empty() {
        progress.note(properties::write(&around, out));
    }
    for (index, sheet) in workbook.sheets_metadata().to_vec().iter().enumerate() {
        if progress.stopped {
            break;
        }
        if sheet.typ == SheetType::Vba {
            continue;
        }
        let hidden = sheet.visible != SheetVisible::Visible;
        let mut writer = SheetWriter::new(&sheet.name, hidden, Vec::new(), out);
        for note in notes.get(index).into_iter().flatten() {
            writer.note(note.cell, &note.text);
        }
        match workbook.worksheet_range(&sheet.name) {
            Ok(range) => {
                let (first_row, first_column) = range.start().unwrap_or_default();
                for (row, column, data) in range.used_cells() {
                    let (row, column) = (first_row + row as u32, first_column + column as u32);
                    if writer.cell(row, column, |text| value::write_owned(data, text)) == Flow::Stop
                    {
                        break;
                    }
                }
                progress.sheets += 1;
            }
            Err(_) if matches!(sheet.typ, SheetType::WorkSheet) => {
                progress.trouble(
                    Reason::Malformed,
                    format!("sheet {} cannot be parsed", progress.sheets + 1),
                );
            }
            Err(_) => {}
        }
        progress.note(writer.finish());
    }
    if !progress.stopped
        && let Ok(Some(project)) = workbook.vba_project()
    {
        progress.note(beneath::write_macros(&project, out));
    }
    Ok(progress.coverage(size))
}

fn refused(error: &XlsError) -> Coverage {
    match error {
        XlsError::Password => {
            Coverage::failed(Reason::Encrypted, "the workbook is protected by a password")
        }
        XlsError::Io(error) => could_not_read(error),
        XlsError::Cfb(_)
        | XlsError::EoStream(_)
        | XlsError::ContinueRecordTooShort
        | XlsError::Len { .. } => {
            Coverage::failed(Reason::Truncated, "the workbook ends inside its records")
        }
        _ => Coverage::failed(Reason::Malformed, "the workbook does not follow its format"),
    }
}

/// Which of the named streams the directory lists. The directory may lie
/// anywhere, and of a damaged file only parts can be followed, so that entries
/// are looked for by what they look like.
fn streams(file: &mut Spool, names: &[&str]) -> std::io::Result<Vec<bool>> {
    let needles = names
        .iter()
        .map(|name| utf16(&format!("{name}\0")))
        .collect::<Vec<_>>();
    let mut present = vec![false; names.len()];
    let mut sectors = vec![0; 512 * ENTRY];
    loop {
        let mut filled = 0;
        while filled < sectors.len() {
            match file.read(&mut sectors[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        for entry in sectors[..filled].chunks(ENTRY) {
            for (needle, present) in needles.iter().zip(&mut present) {
                *present |= entry.starts_with(needle);
            }
        }
        if filled < sectors.len() {
            file.rewind()?;
            return Ok(present);
        }
    }
}

fn describe(found: &WorkbookProperties) -> String {
    let fields = [
        ("creator", &found.creator),
        ("lastModifiedBy", &found.last_modified_by),
        ("title", &found.title),
        ("subject", &found.subject),
        ("description", &found.description),
        ("keywords", &found.keywords),
        ("category", &found.category),
        ("company", &found.company),
        ("manager", &found.manager),
        ("template", &found.template),
    ];
    let own = fields
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), (*value).clone()?)));
    let mut custom = found
        .custom_properties
        .clone()
        .into_iter()
        .collect::<Vec<_>>();
    custom.sort();
    own.chain(custom)
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect()
}

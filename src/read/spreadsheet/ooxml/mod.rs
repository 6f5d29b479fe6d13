//! xlsx, xlsm and xlsb: cells through calamine's streaming readers, what lies
//! around the cells through the package's own parts.

mod annotations;
mod layout;

use std::io::{BufReader, Seek};
use std::ops::Range;

use calamine::{
    Cell, DataRef, Reader as _, Sheet, SheetType, SheetVisible, Xlsb, XlsbError, Xlsx, XlsxError,
};

use self::layout::{SheetPart, Workbook};
use super::format::DigitFormat;
use super::package::Package;
use super::sheet::SheetWriter;
use super::{Progress, beneath, properties, value};
use crate::model::{Coverage, Reason};
use crate::read::spool::{Spool, could_not_read};
use crate::read::{Flow, Limits, Out};

/// Values of one sheet that may be broken before the sheet is given up.
const MOST_BAD_CELLS: usize = 1000;

/// Part of the memory of a worker that shared strings may take as XML; in
/// memory they take two to three times as much.
const STRINGS_SHARE: u64 = 5;

pub(super) fn read(
    mut package: Package,
    size: u64,
    limits: &Limits,
    out: &mut dyn Out,
) -> Result<Coverage, Coverage> {
    let workbook = Workbook::find(&mut package)
        .ok_or_else(|| Coverage::failed(Reason::Malformed, "the package has no workbook in it"))?;
    for part in &workbook.strings {
        let strings = package.declared_size(part);
        if strings > limits.worker_memory / STRINGS_SHARE {
            let detail = format!("{strings} bytes of shared strings do not fit into memory");
            return Err(Coverage::failed(Reason::LimitMemory, detail));
        }
    }
    let mut progress = Progress::default();
    if progress.note(properties::read(&mut package, out)) {
        return Ok(progress.coverage(size));
    }
    let sheets = workbook
        .sheets
        .iter()
        .map(|sheet| Around::read(&mut package, sheet))
        .collect::<Vec<_>>();
    if progress.note(beneath::read(&mut package, out)) {
        return Ok(progress.coverage(size));
    }
    let mut file = package.into_file();
    file.rewind().map_err(|error| could_not_read(&error))?;
    let file = BufReader::new(file);
    if workbook.binary {
        let book = Xlsb::new(file).map_err(|error| refused_binary(&error))?;
        read_binary(book, &sheets, &mut progress, out);
    } else {
        let book = Xlsx::new(file).map_err(|error| refused(&error))?;
        read_xml(book, &sheets, &mut progress, out);
    }
    Ok(progress.coverage(size))
}

type File = BufReader<Spool>;

fn read_xml(mut book: Xlsx<File>, sheets: &[Around], progress: &mut Progress, out: &mut dyn Out) {
    if progress.note(write_names(book.defined_names(), out)) {
        return;
    }
    let mut formats = Formats::default();
    for sheet in book.sheets_metadata().to_vec() {
        let around = sheets.iter().find(|known| known.name == sheet.name);
        let around = around.cloned().unwrap_or_default();
        let next = book.worksheet_cells_reader(&sheet.name).map(|mut cells| {
            let formats = formats.learn(cells.styles());
            move || {
                let next = cells.next_cell_with_style_id()?;
                Ok(next.map(|(cell, style)| (cell, formats.get(style).and_then(Option::as_ref))))
            }
        });
        if read_sheet(&sheet, &around, next, is_end, progress, out) {
            return;
        }
    }
    if let Ok(Some(project)) = book.vba_project() {
        progress.note(beneath::write_macros(&project, out));
    }
}

fn read_binary(
    mut book: Xlsb<File>,
    sheets: &[Around],
    progress: &mut Progress,
    out: &mut dyn Out,
) {
    if progress.note(write_names(book.defined_names(), out)) {
        return;
    }
    for (index, sheet) in book.sheets_metadata().to_vec().iter().enumerate() {
        let around = sheets.get(index).cloned().unwrap_or_default();
        let next = book
            .worksheet_cells_reader(&sheet.name)
            .map(|mut cells| move || Ok(cells.next_cell()?.map(|cell| (cell, None))));
        if read_sheet(sheet, &around, next, is_binary_end, progress, out) {
            return;
        }
    }
    if let Ok(Some(project)) = book.vba_project() {
        progress.note(beneath::write_macros(&project, out));
    }
}

/// What is known of a sheet besides its cells.
#[derive(Clone, Debug, Default)]
struct Around {
    name: String,
    hidden_columns: Vec<Range<u32>>,
    notes: Vec<annotations::Note>,
}

impl Around {
    fn read(package: &mut Package, sheet: &SheetPart) -> Self {
        Around {
            name: sheet.name.clone(),
            hidden_columns: layout::hidden_columns(package, &sheet.part),
            notes: annotations::read(package, &sheet.part),
        }
    }
}

/// The digit formats of a workbook's styles, parsed once.
#[derive(Debug, Default)]
struct Formats(Vec<Option<DigitFormat>>);

impl Formats {
    fn learn(&mut self, styles: &[calamine::Style]) -> &[Option<DigitFormat>] {
        if self.0.len() != styles.len() {
            let format = |style: &calamine::Style| {
                DigitFormat::parse(&style.number_format.as_ref()?.format_code)
            };
            self.0 = styles.iter().map(format).collect();
        }
        &self.0
    }
}

/// Reads one sheet; true when the consumer has had enough.
fn read_sheet<'f, 's, N, E>(
    sheet: &Sheet,
    around: &Around,
    next: Result<N, E>,
    is_end: fn(&E) -> Option<Reason>,
    progress: &mut Progress,
    out: &mut dyn Out,
) -> bool
where
    N: FnMut() -> Result<Option<(Cell<DataRef<'s>>, Option<&'f DigitFormat>)>, E>,
{
    let hidden = sheet.visible != SheetVisible::Visible;
    let mut writer = SheetWriter::new(&sheet.name, hidden, around.hidden_columns.clone(), out);
    for note in &around.notes {
        writer.note(note.cell, &note.text);
    }
    let number = progress.sheets + 1;
    match next {
        Ok(mut next) => {
            progress.sheets += 1;
            let mut bad = 0;
            loop {
                match next() {
                    Ok(Some((cell, format))) => {
                        let (row, column) = cell.get_position();
                        let write =
                            |text: &mut String| value::write_ref(cell.get_value(), format, text);
                        if writer.cell(row, column, write) == Flow::Stop {
                            break;
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        bad += 1;
                        let end = is_end(&error);
                        let reason = end.unwrap_or(Reason::Malformed);
                        let detail =
                            format!("sheet {number} is damaged; what could be parsed was read");
                        progress.trouble(reason, detail);
                        if end.is_some() || bad > MOST_BAD_CELLS {
                            break;
                        }
                    }
                }
            }
        }
        // Charts and dialogs have no cells.
        Err(_) if matches!(sheet.typ, SheetType::ChartSheet | SheetType::DialogSheet) => {}
        Err(error) => {
            let reason = is_end(&error).unwrap_or(Reason::Malformed);
            progress.trouble(reason, format!("sheet {number} cannot be parsed"));
        }
    }
    let flow = writer.finish();
    progress.note(flow)
}

fn write_names(names: &[(String, String)], out: &mut dyn Out) -> Flow {
    let text = names
        .iter()
        .map(|(name, formula)| format!("{name}: {formula}\n"))
        .collect::<String>();
    if text.is_empty() {
        Flow::Continue
    } else {
        properties::write(&text, out)
    }
}

/// Why no further cell can follow an error, or `None` when only one was bad.
fn is_end(error: &XlsxError) -> Option<Reason> {
    match error {
        XlsxError::XmlEof(_) => Some(Reason::Truncated),
        XlsxError::Io(_) | XlsxError::Zip(_) | XlsxError::Xml(_) => Some(Reason::Malformed),
        _ => None,
    }
}

fn is_binary_end(error: &XlsbError) -> Option<Reason> {
    match error {
        XlsbError::CellError(_) => None,
        XlsbError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Some(Reason::Truncated)
        }
        _ => Some(Reason::Malformed),
    }
}

fn refused(error: &XlsxError) -> Coverage {
    match error {
        XlsxError::Password => Coverage::failed(
            Reason::Encrypted,
            "the workbook is encrypted with a password",
        ),
        XlsxError::Io(error) => could_not_read(error),
        XlsxError::XmlEof(_) => {
            Coverage::failed(Reason::Truncated, "a part of the workbook ends too early")
        }
        _ => Coverage::failed(Reason::Malformed, "the workbook does not follow its format"),
    }
}

fn refused_binary(error: &XlsbError) -> Coverage {
    match error {
        XlsbError::Password => Coverage::failed(
            Reason::Encrypted,
            "the workbook is encrypted with a password",
        ),
        XlsbError::Io(error) => could_not_read(error),
        _ => Coverage::failed(Reason::Malformed, "the workbook does not follow its format"),
    }
}

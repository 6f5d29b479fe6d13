//! Cell values as text: what a person sees, without losing digits.

use std::fmt::Write as _;

use calamine::{Data, DataRef, ExcelDateTime};

use super::format::DigitFormat;
use crate::model::CellType;

/// The largest serial number Excel takes for a date, 9999-12-31.
const LAST_SERIAL: f64 = 2_958_465.0;

/// Appends the text of a value. `None` when there is nothing to search in it:
/// empty cells, booleans and error codes.
pub(super) fn write_ref(
    value: &DataRef<'_>,
    format: Option<&DigitFormat>,
    text: &mut String,
) -> Option<CellType> {
    match value {
        DataRef::Int(number) => Some(write_number(*number as f64, format, text)),
        DataRef::Float(number) => Some(write_number(*number, format, text)),
        DataRef::String(value) => write_text(value, text),
        DataRef::SharedString(value) => write_text(value, text),
        DataRef::DateTime(value) => Some(write_date(value, text)),
        DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => {
            text.push_str(value);
            Some(CellType::Date)
        }
        DataRef::Bool(_) | DataRef::Error(_) | DataRef::Empty => None,
    }
}

/// [`write_ref`] for workbooks that are read whole.
pub(super) fn write_owned(value: &Data, text: &mut String) -> Option<CellType> {
    match value {
        Data::Int(number) => Some(write_number(*number as f64, None, text)),
        Data::Float(number) => Some(write_number(*number, None, text)),
        Data::String(value) => write_text(value, text),
        Data::DateTime(value) => Some(write_date(value, text)),
        Data::DateTimeIso(value) | Data::DurationIso(value) => {
            text.push_str(value);
            Some(CellType::Date)
        }
        Data::Bool(_) | Data::Error(_) | Data::Empty => None,
    }
}

fn write_text(value: &str, text: &mut String) -> Option<CellType> {
    if value.trim().is_empty() {
        return None;
    }
    text.push_str(value);
    Some(CellType::Text)
}

/// Numbers without exponent and without a fraction they do not have. A cell
/// format that shows leading zeros or separators (`000-00-0000`) is followed,
/// because the person who opens the file sees those.
pub(super) fn write_number(
    number: f64,
    format: Option<&DigitFormat>,
    text: &mut String,
) -> CellType {
    if let Some(format) = format
        && format.write(number, text)
    {
        return CellType::Text;
    }
    let magnitude = number.abs();
    let _ = if magnitude != 0.0 && !(1e-9..1e21).contains(&magnitude) {
        // No identifier looks like this; plain digits could be hundreds long.
        write!(text, "{number:e}")
    } else {
        write!(text, "{number}")
    };
    CellType::Number
}

/// Dates as ISO 8601; a number that no date can have stays a number.
fn write_date(value: &ExcelDateTime, text: &mut String) -> CellType {
    let serial = value.as_f64();
    if !(0.0..=LAST_SERIAL + 1.0).contains(&serial) {
        return write_number(serial, None, text);
    }
    if value.is_duration() {
        let seconds = (serial * 86_400.0).round() as u64;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let _ = write!(text, "{hours}:{minutes:02}:{seconds:02}");
        return CellType::Date;
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    let has_time = (hour, minute, second) != (0, 0, 0);
    if serial >= 1.0 {
        let _ = write!(text, "{year:04}-{month:02}-{day:02}");
        if has_time {
            text.push('T');
        }
    }
    if has_time || serial < 1.0 {
        let _ = write!(text, "{hour:02}:{minute:02}:{second:02}");
    }
    CellType::Date
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn number(value: f64) -> String {
        let mut text = String::new();
        write_number(value, None, &mut text);
        text
    }

    fn date(serial: f64) -> String {
        let mut text = String::new();
        write_date(
            &ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false),
            &mut text,
        );
        text
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(number(4.1e15), "4100000000000000");
        assert_eq!(number(536_228_471.0), "536228471");
        assert_eq!(number(-0.5), "-0.5");
        assert_eq!(number(0.0), "0");
        assert_eq!(number(1234.56), "1234.56");
        assert_eq!(number(1e300), "1e300");
    }

    #[test]
    fn dates_are_iso_and_impossible_ones_stay_numbers() {
        assert_eq!(date(31_120.0), "1985-03-14");
        assert_eq!(date(31_120.5), "1985-03-14T12:00:00");
        assert_eq!(date(0.25), "06:00:00");
        assert_eq!(date(536_228_471.0), "536228471");
    }
}

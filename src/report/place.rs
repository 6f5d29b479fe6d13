//! Where a finding is, in a few characters.

use crate::model::{Location, Printable};

/// The place that a person would go to: `Payroll!B7`, `12:8`,
/// `customers.ssn/12`, a JSON Pointer, `page 3`, `byte 512`; empty when the
/// format knows none of these.
pub(super) fn short(at: &Location) -> String {
    if let Some(cell) = &at.cell {
        return match &at.sheet {
            Some(sheet) => format!("{}!{}", Printable(sheet), Printable(cell)),
            None => Printable(cell).to_string(),
        };
    }
    if let Some(line) = at.line {
        return match at.column {
            Some(column) => format!("{line}:{column}"),
            None => line.to_string(),
        };
    }
    if at.field.is_some() || at.row.is_some() {
        let row = at.row.map(|row| format!("/{row}")).unwrap_or_default();
        return format!("{}{row}", field(at).unwrap_or_default());
    }
    if let Some(pointer) = &at.pointer {
        return Printable(pointer).to_string();
    }
    if let Some(page) = at.page {
        return format!("page {page}");
    }
    if let Some(sheet) = &at.sheet {
        return Printable(sheet).to_string();
    }
    match &at.bytes {
        Some(bytes) => format!("byte {}", bytes.start),
        None => String::new(),
    }
}

/// The field with the table or sheet it belongs to: `ssn`, `customers.ssn`,
/// `Payroll!ssn`.
pub(super) fn field(at: &Location) -> Option<String> {
    let field = Printable(at.field.as_deref()?);
    Some(match (at.table.as_deref(), at.sheet.as_deref()) {
        (Some(table), _) => format!("{}.{field}", Printable(table)),
        (None, Some(sheet)) => format!("{}!{field}", Printable(sheet)),
        (None, None) => field.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefers_what_can_be_opened() {
        let line = Location {
            line: Some(12),
            column: Some(8),
            field: Some("ssn".into()),
            ..Location::default()
        };
        let cell = Location {
            sheet: Some("Pay\nroll".into()),
            cell: Some("B7".into()),
            row: Some(7),
            ..Location::default()
        };
        let row = Location {
            table: Some("customers".into()),
            field: Some("ssn".into()),
            row: Some(12),
            ..Location::default()
        };
        assert_eq!(short(&line), "12:8");
        assert_eq!(short(&cell), "Pay\\nroll!B7");
        assert_eq!(short(&row), "customers.ssn/12");
        assert_eq!(short(&Location::default()), "");
    }
}

//! The part of a value that a check looks at.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Characters of a value: comma-separated half-open ranges (`"0..6,7..10"`)
/// or single places (`"8"`); ends may be left open and may count from the
/// right (`"-10.."`, `"..-1"`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slice(Vec<(i32, Option<i32>)>);

impl Slice {
    /// The chosen characters of `value`; `None` when it is too short.
    ///
    /// One range of an ASCII value, by far the most common case, borrows.
    pub fn of<'v>(&self, value: &'v str) -> Option<Cow<'v, str>> {
        let ascii = value.is_ascii();
        let len = if ascii {
            value.len()
        } else {
            value.chars().count()
        };
        if ascii && let [range] = self.0[..] {
            return value.get(place(range, len)?).map(Cow::Borrowed);
        }
        let mut chosen = String::new();
        for &range in &self.0 {
            let range = place(range, len)?;
            if ascii {
                chosen.push_str(value.get(range)?);
            } else {
                chosen.extend(value.chars().skip(range.start).take(range.len()));
            }
        }
        Some(Cow::Owned(chosen))
    }
}

/// The range of a value of `len` characters that is meant.
fn place((start, end): (i32, Option<i32>), len: usize) -> Option<Range<usize>> {
    let from_left = |at: i32| {
        let places = at.unsigned_abs() as usize;
        if at < 0 {
            len.checked_sub(places)
        } else {
            Some(places)
        }
    };
    let start = from_left(start)?;
    let end = end.map_or(Some(len), from_left)?;
    (start <= end && end <= len).then_some(start..end)
}

impl TryFrom<String> for Slice {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no slice: write \"0..3\", \"8\", \"-4..\" or \"0..6,7..10\"");
        let number = |s: &str| s.trim().parse::<i32>().map_err(|_| wrong());
        let mut parts = Vec::new();
        for part in text.split(',') {
            parts.push(match part.split_once("..") {
                Some((start, end)) => {
                    let start = if start.trim().is_empty() {
                        0
                    } else {
                        number(start)?
                    };
                    let end = if end.trim().is_empty() {
                        None
                    } else {
                        Some(number(end)?)
                    };
                    (start, end)
                }
                None => {
                    let at = number(part)?;
                    (at, if at == -1 { None } else { Some(at + 1) })
                }
            });
        }
        Ok(Slice(parts))
    }
}

impl From<Slice> for String {
    fn from(slice: Slice) -> String {
        let parts: Vec<String> = slice
            .0
            .iter()
            .map(|(start, end)| match end {
                Some(end) => format!("{start}..{end}"),
                None => format!("{start}.."),
            })
            .collect();
        parts.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut<'v>(slice: &str, value: &'v str) -> Option<Cow<'v, str>> {
        Slice::try_from(slice.to_owned())
            .expect("well written")
            .of(value)
    }

    #[test]
    fn slices_count_characters_from_either_end() {
        assert_eq!(cut("0..3", "ABCDEF").as_deref(), Some("ABC"));
        assert_eq!(cut("2", "ABCDEF").as_deref(), Some("C"));
        assert_eq!(cut("-1", "ABCDEF").as_deref(), Some("F"));
        assert_eq!(cut("-2", "ABCDEF").as_deref(), Some("E"));
        assert_eq!(cut("-3..", "ABCDEF").as_deref(), Some("DEF"));
        assert_eq!(cut("..-1", "ABCDEF").as_deref(), Some("ABCDE"));
        assert_eq!(cut("0..2,-1", "ABCDEF").as_deref(), Some("ABF"));
        assert_eq!(cut("1..3", "ÑÑß").as_deref(), Some("Ñß"));
    }

    #[test]
    fn a_value_too_short_for_the_slice_has_none() {
        for slice in ["0..7", "6", "-7..", "..-7", "5..-3"] {
            assert_eq!(cut(slice, "ABCDEF"), None, "{slice}");
        }
    }

    #[test]
    fn what_is_no_slice_is_refused() {
        for text in ["", "a", "1..b", "1,,2", "1...3"] {
            assert!(Slice::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}

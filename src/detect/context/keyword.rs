//! Context words around a value.

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::AhoCorasick;

use crate::detect::catalog::fold::{GAP, fold};

/// The keywords of one detector, ready to be looked for.
#[derive(Debug)]
pub(crate) struct Keywords {
    automaton: AhoCorasick,
    /// As the detector lists them.
    words: Vec<Arc<str>>,
    /// Bytes of the shortest way to write one of them.
    shortest: usize,
    /// What stands behind each pattern of the automaton.
    forms: Vec<Form>,
}

/// One way to write a keyword.
#[derive(Debug)]
struct Form {
    /// The keyword, in the order in which the detector lists them.
    keyword: u32,
    /// Bytes of its shortest word.
    shortest: usize,
}

/// A keyword near a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Near {
    /// Which, for [`Keywords::word`].
    pub(crate) keyword: u32,
    /// Bytes between it and the value.
    pub(crate) distance: u32,
}

impl Near {
    /// How many bytes away a keyword still counts as beside the value.
    const BESIDE: u32 = 24;

    /// Near enough to name this value and no other.
    pub(crate) fn is_beside(self) -> bool {
        self.distance <= Self::BESIDE
    }
}

/// The text around a value in folded form, with the way back.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    folded: Vec<u8>,
    places: Vec<u32>,
}

impl Keywords {
    /// `None` when there are none.
    pub(crate) fn new(keywords: &[String]) -> Option<Keywords> {
        let mut texts: Vec<Vec<u8>> = Vec::new();
        let mut forms = Vec::new();
        for (id, keyword) in (0..).zip(keywords) {
            for cased in [
                keyword.to_lowercase(),
                keyword.to_uppercase(),
                keyword.clone(),
            ] {
                let spaced = folded(cased.as_bytes());
                // `dateOfBirth` is `date of birth` too.
                let joined: Vec<u8> = spaced.iter().copied().filter(|&b| b != GAP).collect();
                for text in [spaced, joined] {
                    if !text.is_empty() && !texts.contains(&text) {
                        let words = text.split(|&b| b == GAP).filter(|w| !w.is_empty());
                        let shortest = words.map(<[u8]>::len).min().unwrap_or(0);
                        forms.push(Form {
                            keyword: id,
                            shortest,
                        });
                        texts.push(text);
                    }
                }
            }
        }
        let shortest = texts.iter().map(Vec::len).min()?;
        let automaton = AhoCorasick::new(&texts).expect("a few short words fit any automaton");
        Some(Keywords {
            automaton,
            words: keywords.iter().map(|word| word.as_str().into()).collect(),
            shortest,
            forms,
        })
    }

    /// A keyword as the detector lists it.
    pub(crate) fn word(&self, near: Near) -> &Arc<str> {
        &self.words[near.keyword as usize]
    }

    /// The keyword that is nearest to `value`, at most `window` bytes away, on
    /// the same line or the one above. `scope` bounds the text that counts.
    pub(crate) fn nearest(
        &self,
        text: &[u8],
        scope: &Range<usize>,
        value: &Range<usize>,
        window: usize,
        buffer: &mut Buffer,
    ) -> Option<Near> {
        if (value.start - scope.start).max(scope.end - value.end) < self.shortest {
            return None;
        }
        let left = left_window(text, scope, value, window);
        let right = right_window(text, scope, value, window);
        let mut best: Option<Near> = None;
        for side in [left, right] {
            let on_left = side.end <= value.start;
            buffer.fill(text, &side);
            for found in self.automaton.find_overlapping_iter(&buffer.folded) {
                let span = buffer.span(found.start(), found.end());
                let form = &self.forms[found.pattern().as_usize()];
                if !stands_alone(text, &span, form.shortest) {
                    continue;
                }
                let distance = if on_left {
                    value.start - span.end
                } else {
                    span.start - value.end
                };
                let distance = distance as u32;
                if best.as_ref().is_none_or(|b| distance < b.distance) {
                    best = Some(Near {
                        keyword: form.keyword,
                        distance,
                    });
                }
            }
        }
        best
    }
}

/// The value's own line up to the value, and the line above it.
fn left_window(
    text: &[u8],
    scope: &Range<usize>,
    value: &Range<usize>,
    window: usize,
) -> Range<usize> {
    let far = value.start.saturating_sub(window).max(scope.start);
    let mut newlines = memchr::memrchr_iter(b'\n', &text[far..value.start]);
    let start = newlines.nth(1).map_or(far, |second| far + second + 1);
    start..value.start
}

/// What follows the value on its line.
fn right_window(
    text: &[u8],
    scope: &Range<usize>,
    value: &Range<usize>,
    window: usize,
) -> Range<usize> {
    let far = (value.end + window).min(scope.end);
    let end = memchr::memchr(b'\n', &text[value.end..far]).map_or(far, |at| value.end + at);
    value.end..end
}

impl Buffer {
    fn fill(&mut self, text: &[u8], span: &Range<usize>) {
        self.folded.clear();
        self.places.clear();
        for at in span.clone() {
            let byte = fold(text[at]);
            if byte == GAP && self.folded.last() == Some(&GAP) {
                continue;
            }
            self.folded.push(byte);
            self.places.push(at as u32);
        }
    }

    fn span(&self, start: usize, end: usize) -> Range<usize> {
        self.places[start] as usize..self.places[end - 1] as usize + 1
    }
}

fn folded(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    for &byte in text {
        let byte = fold(byte);
        if byte != GAP || out.last() != Some(&GAP) {
            out.push(byte);
        }
    }
    out
}

/// Whether `before` and `after`, which are folded, stand around the word at
/// `span`, where a gap may be any run of separators or none at all. Lets more
/// through than [`Keywords::nearest`]; it is asked first because it is cheap.
pub(crate) fn may_stand(text: &[u8], span: &Range<usize>, before: &[u8], after: &[u8]) -> bool {
    let gap = |b: &&u8| fold(**b) == GAP;
    let mut left = text[..span.start].iter().rev();
    for &want in before.iter().rev() {
        if want == GAP {
            while left.clone().next().as_ref().is_some_and(gap) {
                left.next();
            }
        } else if left.next().is_none_or(|&b| fold(b) != want) {
            return false;
        }
    }
    let mut right = text[span.end..].iter();
    for &want in after {
        if want == GAP {
            while right.clone().next().as_ref().is_some_and(gap) {
                right.next();
            }
        } else if right.next().is_none_or(|&b| fold(b) != want) {
            return false;
        }
    }
    true
}

/// Whether a keyword stands as a word of its own: nothing that continues it on
/// either side. Digits behind it (`phone2`) and a plural s do not, and letters
/// of other scripts, which do not use spaces everywhere, are not asked. A
/// change from lower to upper case (`userPhone`) separates words too.
///
/// Short words are part of too many others for that: of two or three letters
/// they need an ASCII separator (or the edge of the text) on both or on one
/// side, as the keys by which they are found do.
pub(crate) fn stands_alone(text: &[u8], span: &Range<usize>, shortest: usize) -> bool {
    let first = text[span.start];
    let last = text[span.end - 1];
    let before = span.start.checked_sub(1).map(|i| text[i]);
    let after = text.get(span.end).copied();
    let humps = shortest >= 4;
    let hump =
        |lower: u8, upper: u8| humps && lower.is_ascii_lowercase() && upper.is_ascii_uppercase();
    let free_before = !first.is_ascii_alphanumeric()
        || before.is_none_or(|b| !b.is_ascii_alphanumeric() || hump(b, first));
    let ends = |last: u8, after: Option<u8>| {
        after.is_none_or(|a| !a.is_ascii_alphabetic() || hump(last, a))
    };
    let free_after = !last.is_ascii_alphanumeric()
        || ends(last, after)
        || matches!(after, Some(plural @ (b's' | b'S')) if ends(plural, text.get(span.end + 1).copied()));
    let foreign = [before, after]
        .iter()
        .flatten()
        .filter(|b| !b.is_ascii())
        .count();
    let most_foreign = match shortest {
        0..=2 => 0,
        3 => 1,
        _ => 2,
    };
    free_before && free_after && foreign <= most_foreign
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(keywords: &[&str], text: &str, value: &str) -> Option<(String, u32)> {
        let words: Vec<String> = keywords.iter().map(|k| (*k).to_owned()).collect();
        let at = text.find(value).unwrap();
        Keywords::new(&words)
            .unwrap()
            .nearest(
                text.as_bytes(),
                &(0..text.len()),
                &(at..at + value.len()),
                40,
                &mut Buffer::default(),
            )
            .map(|n| (keywords[n.keyword as usize].to_owned(), n.distance))
    }

    #[test]
    fn words_are_found_in_any_spelling() {
        for text in [
            "date of birth: 1980",
            "DATE_OF_BIRTH=1980",
            "dateOfBirth: 1980",
            "Date-Of-Birth  1980",
            "the date of  births 1980",
        ] {
            assert!(near(&["date of birth"], text, "1980").is_some(), "{text}");
        }
        assert_eq!(near(&["ssn"], "classnames 1980", "1980"), None);
        assert_eq!(near(&["ssn"], "userSsn 1980", "1980"), None);
        assert!(near(&["phone"], "userPhone2 1980", "1980").is_some());
        assert!(near(&["tax id"], "TAXID 1980", "1980").is_some());
        assert!(near(&["ssn"], "号ssn: 1980", "1980").is_some());
        assert!(near(&["身份证"], "他的身份证是1980", "1980").is_some());
        assert!(near(&["прізвище"], "ПРІЗВИЩЕ 1980", "1980").is_some());
    }

    #[test]
    fn the_nearest_counts_on_this_line_and_the_one_above() {
        assert_eq!(
            near(&["a b", "dob"], "dob a b 1980", "1980"),
            Some(("a b".into(), 1))
        );
        assert!(near(&["dob"], "DOB\n1980", "1980").is_some());
        assert_eq!(near(&["dob"], "DOB\n\n1980", "1980"), None);
        assert!(near(&["dob"], "1980 (dob)", "1980").is_some());
        assert_eq!(near(&["dob"], "1980\ndob", "1980"), None);
    }
}

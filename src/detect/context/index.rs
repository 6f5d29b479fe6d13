//! Where the context words of all detectors stand in a text, found when first
//! asked for and kept.

use std::ops::Range;

use super::keyword::stands_alone;
use crate::detect::anchor::simd::{AHEAD, Buckets, Fold, Level, Places};
use crate::detect::catalog::buckets::Closure;
use crate::detect::catalog::fold::{GAP, GAP_FOLDED, gap_fold};
use crate::detect::catalog::words::{Use, WordTable};

/// The alphabet of context words.
const FOLD: Fold = Fold::new(&GAP_FOLDED, gap_fold);

/// Words are looked for in pieces of this many bytes.
const CHUNK: usize = 512;

/// How often a piece is asked about before it is looked at.
const FEW: u32 = 8;

/// Bytes that a word may stand over the edge of its piece, about.
const SLACK: usize = 64;

/// The context words of all detectors.
#[derive(Debug)]
pub(crate) struct Words {
    table: WordTable,
    buckets: Buckets,
    level: Level,
    detectors: usize,
    /// Bytes of the shortest way to write a word.
    shortest: usize,
}

/// A word near a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Near {
    /// Its place in the detector's list.
    pub(crate) word: u32,
    /// Bytes between it and the value.
    pub(crate) distance: u32,
    /// True when it stands before the value.
    pub(crate) before: bool,
}

impl Near {
    /// How many bytes away a word still counts as beside the value.
    const BESIDE: u32 = 24;

    /// Near enough to name this value and no other.
    pub(crate) fn is_beside(self) -> bool {
        self.distance <= Self::BESIDE
    }

    /// The same word, but not near enough for that.
    pub(crate) fn not_beside(self) -> Near {
        Near {
            distance: self.distance.max(Self::BESIDE + 1),
            ..self
        }
    }
}

/// What was found in one text so far.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// By piece.
    chunks: Vec<Piece>,
    found: Vec<Found>,
    /// For each piece that was looked at, a bit for each detector that has a word
    /// in it that speaks for a value.
    present: Vec<u64>,
    scratch: Option<Box<Scratch>>,
}

/// A piece of text.
#[derive(Clone, Copy, Debug)]
enum Piece {
    /// Not looked at, but asked about so many times.
    Asked(u32),
    Known(Chunk),
}

#[derive(Clone, Copy, Debug)]
struct Chunk {
    /// Its part of `found`.
    first: u32,
    count: u32,
    /// Where its bits begin in `present`.
    present: u32,
}

#[derive(Clone, Copy, Debug)]
struct Found {
    start: u32,
    end: u32,
    form: u32,
}

#[derive(Debug)]
struct Scratch {
    places: Places,
    /// The piece and what stands behind it, with room.
    ahead: [u8; CHUNK + AHEAD],
    folded: [u8; 1 + CHUNK + AHEAD],
}

impl Words {
    pub(crate) fn new(table: WordTable, detectors: usize) -> Words {
        Words {
            buckets: Buckets::new(
                table.keys.admits(Closure::Exact).rows(),
                table.keys.admits(Closure::Nibbles).rows(),
            ),
            level: Level::best(),
            detectors,
            shortest: table
                .forms
                .iter()
                .map(|form| (form.text.1 - form.text.0) as usize)
                .min()
                .unwrap_or(0),
            table,
        }
    }

    fn uses(&self, form: u32) -> &[Use] {
        let (first, end) = self.table.forms[form as usize].uses;
        &self.table.uses[first as usize..end as usize]
    }

    /// The form that has a key of its own at `place`, and its span.
    fn form_at(&self, text: &[u8], place: usize, entry: u32) -> Option<Found> {
        let entry = self.table.entries[entry as usize];
        let form = &self.table.forms[entry.form as usize];
        let (start, end) = form.text;
        let written = &self.table.text[start as usize..end as usize];
        let (before, after) = written.split_at(usize::from(entry.at));
        let is_gap = |b: u8| gap_fold(b) == GAP;
        // The place of the key in the text is where `after` begins; the key may
        // begin at a separator before the text.
        let from = (place + usize::from(entry.skip)).checked_sub(1)?;
        let mut end = from;
        for &want in after {
            if text.get(end).is_none_or(|&b| gap_fold(b) != want) {
                return None;
            }
            end += 1;
            while want == GAP && text.get(end).is_some_and(|&b| is_gap(b)) {
                end += 1;
            }
        }
        let mut start = from;
        for (index, &want) in before.iter().enumerate().rev() {
            start = start.checked_sub(1)?;
            if gap_fold(text[start]) != want {
                return None;
            }
            while want == GAP && index > 0 && start > 0 && is_gap(text[start - 1]) {
                start -= 1;
            }
        }
        stands_alone(text, &(start..end), usize::from(form.shortest)).then_some(Found {
            start: start as u32,
            end: end as u32,
            form: entry.form,
        })
    }
}

impl Index {
    /// Forgets the text before and makes room for one of `length` bytes.
    pub(crate) fn begin(&mut self, length: usize) {
        self.chunks.clear();
        self.chunks.resize(length.div_ceil(CHUNK), Piece::Asked(0));
        self.found.clear();
        self.present.clear();
    }

    /// Whether a word that speaks for `detector` may stand in `region`.
    pub(crate) fn is_near(
        &mut self,
        words: &Words,
        text: &[u8],
        detector: u32,
        region: &Range<usize>,
    ) -> bool {
        pieces(region).any(|chunk| {
            self.look(words, text, chunk)
                .is_some_and(|chunk| self.speaks_for(detector, chunk))
        })
    }

    /// The same as far as it is known; true where it is not. A piece is looked at
    /// only when it was asked about a few times: most of those who ask are turned
    /// away by the next question, which costs less.
    pub(crate) fn is_known_near(
        &mut self,
        words: &Words,
        text: &[u8],
        detector: u32,
        region: &Range<usize>,
    ) -> bool {
        let mut is_open = |chunk: usize| match self.chunks.get_mut(chunk) {
            Some(Piece::Asked(times)) if *times < FEW => {
                *times += 1;
                true
            }
            _ => false,
        };
        pieces(region).any(&mut is_open) || self.is_near(words, text, detector, region)
    }

    /// Whether a piece has a word that speaks for a detector.
    fn speaks_for(&self, detector: u32, chunk: Chunk) -> bool {
        let word = self.present[chunk.present as usize + detector as usize / 64];
        word >> (detector % 64) & 1 == 1
    }

    /// The word of a detector that is nearest to `value`, at most `window` bytes
    /// away, on the same line or, before the value, the one above. `scope` bounds
    /// the text that counts.
    pub(crate) fn nearest(
        &mut self,
        words: &Words,
        text: &[u8],
        (detector, negative): (u32, bool),
        scope: &Range<usize>,
        value: &Range<usize>,
        window: usize,
    ) -> Option<Near> {
        // No word fits beside a value that nearly fills its cell.
        if (value.start - scope.start).max(scope.end - value.end) < words.shortest {
            return None;
        }
        let left = left_window(text, scope, value, window);
        let right = right_window(text, scope, value, window);
        let mut best: Option<(Near, u32)> = None;
        for chunk in pieces(&(left.start..right.end)) {
            let Some(chunk) = self.look(words, text, chunk) else {
                continue;
            };
            let found = &self.found[chunk.first as usize..][..chunk.count as usize];
            for found in found {
                let span = found.start as usize..found.end as usize;
                let before = span.start >= left.start && span.end <= left.end;
                let distance = if before {
                    left.end - span.end
                } else if span.start >= right.start && span.end <= right.end {
                    span.start - right.start
                } else {
                    continue;
                };
                let (distance, length) = (distance as u32, found.end - found.start);
                let nearer = best.is_none_or(|(near, known)| {
                    distance < near.distance || distance == near.distance && length > known
                });
                if !nearer {
                    continue;
                }
                let of = words
                    .uses(found.form)
                    .iter()
                    .find(|of| of.detector == detector && of.negative == negative);
                // `… 555-0100 ssn=…`: the word names what comes next.
                if let Some(of) = of
                    && (before || !names_next(&text[span.end..scope.end]))
                {
                    let near = Near {
                        word: of.word,
                        distance,
                        before,
                    };
                    best = Some((near, length));
                }
            }
        }
        best.map(|(near, _)| near)
    }

    /// Looks at a piece unless it was looked at before.
    fn look(&mut self, words: &Words, text: &[u8], chunk: usize) -> Option<Chunk> {
        Some(match *self.chunks.get(chunk)? {
            Piece::Known(known) => known,
            Piece::Asked(_) => self.search(words, text, chunk),
        })
    }

    fn search(&mut self, words: &Words, text: &[u8], chunk: usize) -> Chunk {
        let Index {
            chunks,
            found,
            present,
            scratch,
        } = self;
        let Scratch {
            places,
            ahead,
            folded,
        } = &mut **scratch.get_or_insert_with(|| {
            Box::new(Scratch {
                places: Places::new(),
                ahead: [0; CHUNK + AHEAD],
                folded: [GAP; 1 + CHUNK + AHEAD],
            })
        });
        let from = chunk * CHUNK;
        let rest = &text[from..];
        let held = rest.len().min(CHUNK + AHEAD);
        ahead[..held].copy_from_slice(&rest[..held]);
        ahead[held..].fill(0);
        words.level.fold(FOLD, &ahead[..], &mut folded[1..]);
        words
            .level
            .filter(&words.buckets, &folded[1..], CHUNK / 64, places);
        let first = found.len();
        let bits = present.len();
        present.resize(bits + words.detectors.div_ceil(64), 0);
        // A key may start at the separator that one can think before the text.
        let before = (from == 0).then_some(0);
        let inside = places
            .as_slice()
            .iter()
            .map(|&place| usize::from(place) + 1);
        for place in before.into_iter().chain(inside) {
            let key = folded[place..].first_chunk().expect("there is room behind");
            let key = u32::from_le_bytes(*key);
            if from + place > text.len() || !words.table.keys.may_hold(key) {
                continue;
            }
            for &entry in words.table.keys.numbers_of(key) {
                let Some(new) = words.form_at(text, from + place, entry) else {
                    continue;
                };
                for of in words.uses(new.form).iter().filter(|of| !of.negative) {
                    present[bits + of.detector as usize / 64] |= 1 << (of.detector % 64);
                }
                found.push(new);
            }
        }
        let new = Chunk {
            first: first as u32,
            count: (found.len() - first) as u32,
            present: bits as u32,
        };
        chunks[chunk] = Piece::Known(new);
        new
    }
}

/// The pieces that can hold the keys of words in `region`.
fn pieces(region: &Range<usize>) -> Range<usize> {
    region.start.saturating_sub(SLACK) / CHUNK..(region.end + SLACK).div_ceil(CHUNK)
}

/// Whether text behind a word makes it the name of what follows.
fn names_next(text: &[u8]) -> bool {
    let quotes = text.iter().take(2).take_while(|b| b"\"' ".contains(b));
    let behind = &text[quotes.count()..];
    matches!(behind, [b'=' | b':', after, ..] if !b"=:".contains(after))
}

/// The value's own line up to the value, and the line above it, over an empty one.
fn left_window(
    text: &[u8],
    scope: &Range<usize>,
    value: &Range<usize>,
    window: usize,
) -> Range<usize> {
    let far = value.start.saturating_sub(window).max(scope.start);
    let mut newlines = memchr::memrchr_iter(b'\n', &text[far..value.start]).map(|at| far + at);
    let own = newlines.next();
    let mut start = newlines.next();
    if let (Some(own), Some(above)) = (own, start)
        && text[above + 1..own].trim_ascii().is_empty()
    {
        start = newlines.next();
    }
    start.map_or(far, |newline| newline + 1)..value.start
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

#[cfg(test)]
mod tests {
    use super::*;

    fn near(keywords: &[&str], text: &str, value: &str) -> Option<(String, u32)> {
        let words: Vec<String> = keywords.iter().map(|k| (*k).to_owned()).collect();
        let at = text.find(value).unwrap();
        let words_of = Words::new(WordTable::new([(&words[..], &[][..])]), 1);
        let mut index = Index::default();
        index.begin(text.len());
        index
            .nearest(
                &words_of,
                text.as_bytes(),
                (0, false),
                &(0..text.len()),
                &(at..at + value.len()),
                40,
            )
            .map(|n| (words[n.word as usize].clone(), n.distance))
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
            near(&["abc de", "dob"], "dob abc de 1980", "1980"),
            Some(("abc de".into(), 1))
        );
        assert!(near(&["dob"], "DOB\n1980", "1980").is_some());
        assert!(near(&["dob"], "DOB\n\n1980", "1980").is_some());
        assert_eq!(near(&["dob"], "DOB\n\n\n1980", "1980"), None);
        assert_eq!(near(&["dob"], "DOB\nx\n1980", "1980"), None);
        assert!(near(&["dob"], "1980 (dob)", "1980").is_some());
        assert_eq!(near(&["dob"], "1980\ndob", "1980"), None);
        assert_eq!(near(&["dob"], "id=1980 dob=2", "1980"), None);
    }
}

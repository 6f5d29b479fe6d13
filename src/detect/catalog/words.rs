//! All context words of all detectors, and the keys by which they are found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fold::{GAP, frequency, gap_fold};
use super::keys::{Key, KeyTable};

/// The context words of a catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WordTable {
    /// Keys to entries.
    pub keys: KeyTable,
    /// Where in a form the key stands.
    pub entries: Vec<WordKey>,
    /// The ways in which words are written.
    pub forms: Vec<Form>,
    /// The text of all forms.
    #[serde(with = "super::bytes")]
    pub text: Vec<u8>,
    /// Who wants to know of each form.
    pub uses: Vec<Use>,
}

/// A key of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WordKey {
    /// The form.
    pub form: u32,
    /// Bytes of the form that stand before the first byte of it in the key.
    pub at: u16,
    /// Bytes of the key that stand before that: 1 when it begins with the
    /// separator before the form.
    pub skip: u16,
}

/// One way to write a word or phrase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// Its text, folded by [`gap_fold`], each run of separators as one [`GAP`]: a
    /// part of [`WordTable::text`].
    pub text: (u32, u32),
    /// Bytes of its shortest word.
    pub shortest: u8,
    /// Its part of [`WordTable::uses`].
    pub uses: (u32, u32),
}

/// A detector that has a word in its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Use {
    /// The detector, in the order of the catalogue.
    pub detector: u32,
    /// True for a word that speaks against a value.
    pub negative: bool,
    /// The word's place in the detector's list.
    pub word: u32,
}

impl WordTable {
    /// The words of detectors in their order: those that speak for a value and
    /// those that speak against it.
    pub fn new<'a>(detectors: impl IntoIterator<Item = (&'a [String], &'a [String])>) -> WordTable {
        let mut forms: BTreeMap<Vec<u8>, Vec<Use>> = BTreeMap::new();
        for (detector, (words, negative)) in (0..).zip(detectors) {
            for (negative, words) in [(false, words), (true, negative)] {
                for (word, text) in (0..).zip(words) {
                    for form in forms_of(text) {
                        forms.entry(form).or_default().push(Use {
                            detector,
                            negative,
                            word,
                        });
                    }
                }
            }
        }
        let mut table = WordTable {
            keys: KeyTable::new(Vec::new()),
            entries: Vec::new(),
            forms: Vec::new(),
            text: Vec::new(),
            uses: Vec::new(),
        };
        let mut keys = Vec::new();
        for (text, uses) in forms {
            let words = text.split(|&b| b == GAP).filter(|word| !word.is_empty());
            let shortest = words.map(<[u8]>::len).min().unwrap_or(0);
            let form = table.forms.len() as u32;
            for (key, at, skip) in keys_of(&text) {
                keys.push((key, table.entries.len() as u32));
                table.entries.push(WordKey { form, at, skip });
            }
            let first = table.uses.len() as u32;
            table.uses.extend(uses);
            table.uses[first as usize..].sort_unstable();
            // A form can stand for two words of one list; the first is enough.
            let mut last: Option<Use> = None;
            let mut at = first as usize;
            while at < table.uses.len() {
                let new = table.uses[at];
                if last.is_some_and(|l| (l.detector, l.negative) == (new.detector, new.negative)) {
                    table.uses.remove(at);
                } else {
                    last = Some(new);
                    at += 1;
                }
            }
            let start = table.text.len() as u32;
            table.text.extend_from_slice(&text);
            table.forms.push(Form {
                text: (start, table.text.len() as u32),
                shortest: shortest.min(usize::from(u8::MAX)) as u8,
                uses: (first, table.uses.len() as u32),
            });
        }
        table.keys = KeyTable::new(keys);
        table
    }
}

/// The ways in which a word is written, folded: in every case, because only
/// ASCII loses its case in folding, and without its separators, because
/// `dateOfBirth` is `date of birth` too.
fn forms_of(word: &str) -> Vec<Vec<u8>> {
    let lower = word.to_lowercase();
    let mut chars = lower.chars();
    let title: String = chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default();
    let mut forms = Vec::new();
    for cased in [lower.clone(), word.to_uppercase(), title, word.to_owned()] {
        let mut spaced: Vec<u8> = Vec::new();
        for byte in cased.bytes().map(gap_fold) {
            if byte != GAP || spaced.last().is_some_and(|&last| last != GAP) {
                spaced.push(byte);
            }
        }
        while spaced.last() == Some(&GAP) {
            spaced.pop();
        }
        let joined: Vec<u8> = spaced.iter().copied().filter(|&b| b != GAP).collect();
        forms.extend([spaced, joined]);
    }
    forms.retain(|form| !form.is_empty());
    forms.sort();
    forms.dedup();
    forms
}

/// The keys by which a form is found, with their place in it: those that text
/// holds least. A key holds one separator at most, at its edge, because there
/// may be any number of them between two words. Where the form is too short, what
/// must stand around it is part of the key: `context::keyword` asks for a
/// separator before short words and a separator, a digit or a plural behind.
fn keys_of(form: &[u8]) -> Vec<(Key, u16, u16)> {
    let behind = || (b'0'..=b'9').chain([GAP, b's']);
    let rate =
        |keys: &[(Key, u16, u16)]| -> f64 { keys.iter().map(|(key, _, _)| frequency(key)).sum() };
    let mut choices: Vec<Vec<(Key, u16, u16)>> = Vec::new();
    for (at, window) in form.windows(4).enumerate() {
        let &[a, b, c, d] = window else { continue };
        if b != GAP && c != GAP && (a != GAP || d != GAP) {
            choices.push(vec![([a, b, c, d], at as u16, 0)]);
        }
    }
    // Words of two or three letters at the ends of the form or between others.
    let short = if choices.is_empty() {
        words_at(form)
    } else {
        Vec::new()
    };
    for (index, word) in short {
        let last = index + word.len() == form.len();
        let skip = u16::from(index == 0);
        let at = index as u16 - u16::from(index > 0);
        match *word {
            [a, b] if last => choices.push(behind().map(|c| ([GAP, a, b, c], at, skip)).collect()),
            [a, b] => choices.push(vec![([GAP, a, b, GAP], at, skip)]),
            [a, b, c] if last => choices.push(
                behind()
                    .map(|d| ([a, b, c, d], index as u16, 0))
                    .chain([([GAP, a, b, c], at, skip)])
                    .collect(),
            ),
            _ => {}
        }
    }
    // Single letters, `d o b`: as they stand, one separator between them.
    if let (true, Some(&key)) = (choices.is_empty(), form.first_chunk()) {
        choices.push(vec![(key, 0, 0)]);
    }
    choices
        .into_iter()
        .min_by(|a, b| rate(a).total_cmp(&rate(b)))
        .unwrap_or_default()
}

/// The words of a form and where they start.
fn words_at(form: &[u8]) -> Vec<(usize, &[u8])> {
    let mut at = 0;
    let mut words = Vec::new();
    for word in form.split(|&b| b == GAP) {
        words.push((at, word));
        at += word.len() + 1;
    }
    words
}

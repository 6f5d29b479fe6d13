//! A catalogue as the engine starts from it: the tables that every scan needs,
//! and the rest in pieces that are decoded when first asked for. Of hundreds of
//! detectors a scan meets few, and a hook must start at once.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::compile::{Detector, Pattern};
use super::tables::Tables;
use super::words::WordTable;

/// A set of detectors, ready for the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    pub(crate) tables: Tables,
    /// The patterns of each detector.
    pub(crate) patterns: Vec<Range<u32>>,
    /// The words that patterns without anchors start from.
    pub(crate) keywords: Vec<Keyword>,
    pub(crate) fingerprint: String,
    pub(crate) pieces: Pieces,
}

/// A word of a keyword or of a label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Keyword {
    pub(crate) detector: u32,
    pub(crate) is_label: bool,
    /// What stands before the word and behind it, folded.
    pub(crate) before: Vec<u8>,
    pub(crate) after: Vec<u8>,
}

/// What is decoded when first asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pieces {
    /// Where each piece ends.
    ends: Vec<u32>,
    detectors: u32,
    #[serde(skip)]
    bytes: Cow<'static, [u8]>,
}

/// A pattern without what the tables were made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PatternPiece {
    pub(crate) pattern: Pattern,
    /// What must follow from the sign on, for each anchor.
    pub(crate) tails: Vec<Option<String>>,
}

/// Pieces that are there once.
#[derive(Clone, Copy, Debug)]
enum Single {
    Words,
    Fields,
}

impl Catalog {
    /// The catalogue of some detectors, which it orders by id.
    pub fn new(mut detectors: Vec<Detector>) -> Catalog {
        detectors.sort_by(|a, b| a.id.cmp(&b.id));
        let tables = Tables::new(&detectors);
        let fingerprint = fingerprint(&detectors);
        let mut patterns = Vec::new();
        let mut first = 0;
        for detector in &detectors {
            let end = first + detector.patterns.len() as u32;
            patterns.push(first..end);
            first = end;
        }
        let mut keywords = Vec::new();
        for (number, detector) in (0..).zip(&mut detectors) {
            // In the order in which the tables number them.
            for (is_label, factors) in [
                (false, &mut detector.keyword_factors),
                (true, &mut detector.label_factors),
            ] {
                let factors = std::mem::take(factors).into_iter();
                keywords.extend(factors.map(|factor| Keyword {
                    detector: number,
                    is_label,
                    before: factor.before,
                    after: factor.after,
                }));
            }
        }
        Catalog {
            tables,
            patterns,
            keywords,
            fingerprint,
            pieces: Pieces::new(detectors),
        }
    }

    /// How many detectors there are.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// For [`Catalog::from_bytes`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let mut bytes = postcard::to_allocvec(self)?;
        bytes.extend_from_slice(&self.pieces.bytes);
        Ok(bytes)
    }

    /// What [`Catalog::to_bytes`] gave, whose pieces stay where they are.
    pub fn from_bytes(bytes: &'static [u8]) -> Result<Catalog, postcard::Error> {
        let (mut catalog, pieces) = postcard::take_from_bytes::<Catalog>(bytes)?;
        catalog.pieces.bytes = Cow::Borrowed(pieces);
        Ok(catalog)
    }
}

/// Of all that decides what is found.
fn fingerprint(detectors: &[Detector]) -> String {
    let mut hasher = Sha256::new();
    let mut add = |part: &[u8]| {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    };
    for detector in detectors {
        for part in [&detector.id, &detector.validate, &detector.deny] {
            add(part.as_bytes());
        }
        add(&encode(&detector.context));
        add(&encode(&(detector.normalise, detector.priority)));
        for pattern in &detector.patterns {
            let Pattern {
                regex,
                group,
                same,
                confidence,
                requires,
                not_fields,
                only_fields,
                whole,
                of_people,
                field_confidence,
                boundary,
                validate,
                ..
            } = pattern;
            add(&encode(&(regex, group, same, confidence)));
            add(&encode(&(requires, not_fields, only_fields, whole)));
            add(&encode(&(of_people, field_confidence)));
            add(&encode(&(boundary, validate)));
        }
    }
    let hash = hasher.finalize();
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Pieces {
    fn new(detectors: Vec<Detector>) -> Pieces {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        let mut add = |piece: Vec<u8>| {
            bytes.extend(piece);
            ends.push(bytes.len() as u32);
        };
        let contexts = || detectors.iter().map(|detector| &detector.context);
        let words = contexts().map(|context| (&context.keywords[..], &context.negative[..]));
        add(encode(&WordTable::new(words)));
        let fields: Vec<&[String]> = contexts().map(|context| &context.fields[..]).collect();
        add(encode(&fields));
        let count = detectors.len() as u32;
        let mut patterns = Vec::new();
        for mut detector in detectors {
            patterns.append(&mut detector.patterns);
            detector.references.clear();
            add(encode(&detector));
        }
        for mut pattern in patterns {
            let anchors = std::mem::take(&mut pattern.plan.anchors);
            let tails = anchors.into_iter().map(|anchor| anchor.tail).collect();
            add(encode(&PatternPiece { pattern, tails }));
        }
        Pieces {
            ends,
            detectors: count,
            bytes: Cow::Owned(bytes),
        }
    }

    /// The context words of all detectors.
    pub(crate) fn words(&self) -> WordTable {
        self.decode(Single::Words as usize)
    }

    /// The field names of each detector.
    pub(crate) fn fields(&self) -> Vec<Vec<String>> {
        self.decode(Single::Fields as usize)
    }

    /// A detector, without its patterns.
    pub(crate) fn detector(&self, number: u32) -> Detector {
        self.decode(Self::SINGLES + number as usize)
    }

    /// A pattern.
    pub(crate) fn pattern(&self, number: u32) -> PatternPiece {
        self.decode(Self::SINGLES + (self.detectors + number) as usize)
    }

    const SINGLES: usize = Single::Fields as usize + 1;

    fn decode<T: DeserializeOwned>(&self, piece: usize) -> T {
        let start = piece.checked_sub(1).map_or(0, |before| self.ends[before]);
        let bytes = &self.bytes[start as usize..self.ends[piece] as usize];
        postcard::from_bytes(bytes).expect("it was encoded from the same type")
    }
}

fn encode(piece: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(piece).expect("plain data can be encoded")
}

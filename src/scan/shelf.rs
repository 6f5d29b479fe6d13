//! Where findings wait for the report when there are too many for memory.
//!
//! The first findings of a scan stay in memory. From some number on, those of
//! each further item are written to an unnamed temporary file, one item after
//! the other, and read back when a report comes to the item. Values are
//! sensitive, so the file is enciphered under a key that ends with the process.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::model::{
    Confidence, DetectorInfo, Evidence, Finding, ItemPath, Label, Location, Sensitive,
};
use crate::report::Aside;

/// Findings that were set aside.
#[derive(Debug)]
pub(super) struct Shelf {
    /// Findings that stay in memory.
    most: usize,
    held: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<(File, Cipher)>,
    end: u64,
    items: BTreeMap<Arc<ItemPath>, Range<u64>>,
    detectors: Vec<Arc<DetectorInfo>>,
    doubts: Vec<&'static str>,
}

impl Shelf {
    /// Keeps up to `most` findings in memory.
    pub(super) fn new(most: usize) -> Shelf {
        Shelf {
            most,
            held: AtomicUsize::new(0),
            state: Mutex::default(),
        }
    }

    /// Takes over the findings of an item, unless there is room for them in
    /// memory, or nowhere else.
    pub(super) fn put(&self, item: &Arc<ItemPath>, findings: &mut Vec<Finding>) {
        if findings.is_empty() {
            return;
        }
        let held = self.held.fetch_add(findings.len(), Ordering::Relaxed);
        if held.saturating_add(findings.len()) <= self.most {
            return;
        }
        if self.state().write(item, findings).is_ok() {
            self.held.fetch_sub(findings.len(), Ordering::Relaxed);
            *findings = Vec::new();
        }
    }

    /// True when nothing was set aside.
    pub(super) fn is_empty(&self) -> bool {
        self.state().items.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Aside for Shelf {
    fn findings(&self, item: &ItemPath) -> io::Result<Vec<Finding>> {
        self.state().read(item)
    }
}

impl State {
    fn write(&mut self, item: &Arc<ItemPath>, findings: &[Finding]) -> io::Result<()> {
        let records: Vec<Record> = findings.iter().map(|found| self.record(found)).collect();
        let mut bytes = postcard::to_stdvec(&records).map_err(io::Error::other)?;
        if self.file.is_none() {
            self.file = Some((tempfile::tempfile()?, Cipher::new()));
        }
        let Some((file, cipher)) = &mut self.file else {
            return Err(io::Error::other("it was just made"));
        };
        cipher.apply(self.end, &mut bytes);
        file.seek(SeekFrom::Start(self.end))?;
        file.write_all(&bytes)?;
        let end = self.end + bytes.len() as u64;
        self.items.insert(item.clone(), self.end..end);
        self.end = end;
        Ok(())
    }

    fn read(&mut self, item: &ItemPath) -> io::Result<Vec<Finding>> {
        let (Some((path, span)), Some((file, cipher))) =
            (self.items.get_key_value(item), &mut self.file)
        else {
            return Ok(Vec::new());
        };
        let mut bytes = vec![0; (span.end - span.start) as usize];
        file.seek(SeekFrom::Start(span.start))?;
        file.read_exact(&mut bytes)?;
        cipher.apply(span.start, &mut bytes);
        let records: Vec<Record> = postcard::from_bytes(&bytes).map_err(io::Error::other)?;
        // What was deciphered does not stay behind in freed memory.
        drop(Sensitive::new(bytes));
        let findings = records.into_iter();
        let findings = findings.map(|record| record.finding(path, &self.detectors, &self.doubts));
        findings
            .collect::<Option<_>>()
            .ok_or_else(|| io::Error::other("a finding that was set aside is damaged"))
    }

    fn record(&mut self, found: &Finding) -> Record {
        let detector = position(&mut self.detectors, &found.detector, Arc::ptr_eq);
        let evidence = found.evidence.iter();
        Record {
            id: found.id.clone(),
            detector,
            location: found.location.clone(),
            value: found.value.reveal().to_vec(),
            preview: found.preview.clone(),
            confidence: found.confidence.get(),
            evidence: evidence
                .map(|evidence| Reason::of(evidence, &mut self.doubts))
                .collect(),
            label: found.label,
            test_value: found.test_value,
        }
    }
}

/// Where `wanted` stands in the list, at its end if it was not there before.
fn position<T: Clone>(list: &mut Vec<T>, wanted: &T, same: impl Fn(&T, &T) -> bool) -> u32 {
    let at = list.iter().position(|known| same(known, wanted));
    let at = at.unwrap_or_else(|| {
        list.push(wanted.clone());
        list.len() - 1
    });
    at as u32
}

/// A finding as it is stored.
#[derive(Serialize, Deserialize)]
struct Record {
    id: String,
    detector: u32,
    location: Location,
    value: Vec<u8>,
    preview: String,
    confidence: f32,
    evidence: Vec<Reason>,
    label: Label,
    test_value: bool,
}

impl Record {
    fn finding(
        self,
        path: &Arc<ItemPath>,
        detectors: &[Arc<DetectorInfo>],
        doubts: &[&'static str],
    ) -> Option<Finding> {
        let evidence = self.evidence.into_iter();
        Some(Finding {
            id: self.id,
            detector: detectors.get(self.detector as usize)?.clone(),
            path: path.clone(),
            location: self.location,
            value: Sensitive::new(self.value),
            preview: self.preview,
            confidence: Confidence::new(self.confidence),
            evidence: evidence
                .map(|reason| reason.evidence(doubts))
                .collect::<Option<_>>()?,
            label: self.label,
            test_value: self.test_value,
        })
    }
}

/// [`Evidence`] as it is stored.
#[derive(Serialize, Deserialize)]
enum Reason {
    Pattern(Arc<str>),
    Checksum(Arc<str>),
    Keyword(Arc<str>, u32),
    Field(Arc<str>),
    NegativeKeyword(Arc<str>),
    Neighbour(Arc<str>),
    Doubt(u32),
    TestValue,
}

impl Reason {
    fn of(evidence: &Evidence, doubts: &mut Vec<&'static str>) -> Reason {
        match evidence {
            Evidence::Pattern { id } => Reason::Pattern(id.clone()),
            Evidence::Checksum { name } => Reason::Checksum(name.clone()),
            Evidence::Keyword { text, distance } => Reason::Keyword(text.clone(), *distance),
            Evidence::Field { text } => Reason::Field(text.clone()),
            Evidence::NegativeKeyword { text } => Reason::NegativeKeyword(text.clone()),
            Evidence::Neighbour { detector } => Reason::Neighbour(detector.clone()),
            Evidence::Doubt { reason } => Reason::Doubt(position(doubts, reason, |a, b| a == b)),
            Evidence::TestValue => Reason::TestValue,
        }
    }

    fn evidence(self, doubts: &[&'static str]) -> Option<Evidence> {
        Some(match self {
            Reason::Pattern(id) => Evidence::Pattern { id },
            Reason::Checksum(name) => Evidence::Checksum { name },
            Reason::Keyword(text, distance) => Evidence::Keyword { text, distance },
            Reason::Field(text) => Evidence::Field { text },
            Reason::NegativeKeyword(text) => Evidence::NegativeKeyword { text },
            Reason::Neighbour(detector) => Evidence::Neighbour { detector },
            Reason::Doubt(at) => Evidence::Doubt {
                reason: doubts.get(at as usize)?,
            },
            Reason::TestValue => Evidence::TestValue,
        })
    }
}

/// A stream cipher: the output of keyed BLAKE3, by place. No place is written
/// twice under one key.
struct Cipher(blake3::OutputReader);

impl Cipher {
    /// Draws a key from what the system gives hash maps against flooding.
    fn new() -> Cipher {
        let mut seed = blake3::Hasher::new_derive_key("dataterrier findings set aside v1");
        for part in 0..8_u64 {
            seed.update(&RandomState::new().hash_one(part).to_le_bytes());
        }
        Cipher(seed.finalize_xof())
    }

    fn apply(&self, at: u64, bytes: &mut [u8]) {
        let mut stream = self.0.clone();
        stream.set_position(at);
        let mut key = [0; 4096];
        for chunk in bytes.chunks_mut(key.len()) {
            stream.fill(&mut key[..chunk.len()]);
            for (byte, key) in chunk.iter_mut().zip(&key) {
                *byte ^= key;
            }
        }
    }
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Scanner;

    #[test]
    fn findings_come_back_as_they_were() {
        let text = "SSN: 536-22-8471\nSSN: 536-22-8472\n";
        let results = Scanner::builder()
            .build()
            .scan_bytes("a.txt", text.as_bytes());
        assert!(results.findings.len() > 1);
        let shelf = Shelf::new(0);
        for name in ["a", "b"] {
            let mut findings = results.findings.clone();
            shelf.put(&Arc::new(ItemPath::new(name)), &mut findings);
            assert!(findings.is_empty());
        }
        let back = shelf.findings(&ItemPath::new("b")).unwrap();
        for (back, found) in back.iter().zip(&results.findings) {
            assert_eq!(back.path, Arc::new(ItemPath::new("b")));
            let moved = Finding {
                path: back.path.clone(),
                ..found.clone()
            };
            assert_eq!(format!("{back:?}"), format!("{moved:?}"));
            assert_eq!(back.value.reveal(), found.value.reveal());
        }
        assert_eq!(back.len(), results.findings.len());
        assert!(shelf.findings(&ItemPath::new("c")).unwrap().is_empty());
    }

    #[test]
    fn what_is_stored_cannot_be_read_and_what_fits_is_not_stored() {
        let text = b"SSN: 536-22-8471\n";
        let results = Scanner::builder().build().scan_bytes("a.txt", text);
        let path = Arc::new(ItemPath::new("a.txt"));
        let shelf = Shelf::new(results.findings.len());
        shelf.put(&path, &mut results.findings.clone());
        assert!(shelf.is_empty());
        shelf.put(&path, &mut results.findings.clone());
        let mut state = shelf.state();
        let (file, _) = state.file.as_mut().unwrap();
        let mut stored = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut stored).unwrap();
        assert!(stored.len() > 50);
        assert!(memchr::memmem::find(&stored, b"536-22-8471").is_none());
    }
}

//! What the segments of one item gave, put together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::block::{self, Block};
use super::options::Options;
use super::owned::OwnedSegment;
use super::place::LineCarry;
use crate::classify;
use crate::detect::{Engine, Scratch};
use crate::model::{Coverage, Finding, ItemPath, LedgerEntry, Segment};
use crate::read::{Flow, Out};
use crate::report::Hidden;
use crate::state::ItemIds;

/// One item, done.
#[derive(Debug)]
pub(super) struct ItemResult {
    pub(super) entry: LedgerEntry,
    pub(super) findings: Vec<Finding>,
    pub(super) hidden: Hidden,
}

/// What every thread of a scan shares.
#[derive(Clone, Copy)]
pub(super) struct Shared<'s> {
    pub(super) engine: &'s Engine,
    pub(super) options: &'s Options,
    pub(super) stop: &'s (dyn Fn() -> bool + Sync),
}

/// Scans segments as they come, on the thread that reads them.
pub(super) struct Inline<'s> {
    pub(super) shared: Shared<'s>,
    pub(super) path: &'s Arc<ItemPath>,
    pub(super) scratch: &'s mut Scratch,
    pub(super) blocks: Vec<Block>,
}

impl Out for Inline<'_> {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        let Shared {
            engine,
            options,
            stop,
        } = self.shared;
        self.blocks.push(block::scan(
            engine,
            options,
            self.path,
            &segment,
            self.scratch,
        ));
        if stop() { Flow::Stop } else { Flow::Continue }
    }
}

/// Hands copies of segments to other threads, so that one long item keeps all
/// cores busy while one thread reads it.
pub(super) struct Spread<'s, 'scope> {
    pub(super) shared: Shared<'scope>,
    pub(super) path: &'scope Arc<ItemPath>,
    pub(super) scope: &'s rayon::Scope<'scope>,
    pub(super) board: &'scope Board,
    /// Segments handed out so far.
    pub(super) count: usize,
}

/// Where the results of spread segments are collected.
#[derive(Default)]
pub(super) struct Board {
    done: Mutex<Vec<(usize, Block)>>,
    open: AtomicUsize,
    scratches: Mutex<Vec<Scratch>>,
}

impl Board {
    /// The results, in the order of the segments.
    pub(super) fn into_blocks(self) -> Vec<Block> {
        let mut done = self
            .done
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, block)| block).collect()
    }

    fn scan(&self, shared: Shared<'_>, path: &Arc<ItemPath>, index: usize, segment: &Segment<'_>) {
        let lock = |m: &Mutex<Vec<Scratch>>| m.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = lock(&self.scratches).unwrap_or_default();
        let block = block::scan(shared.engine, shared.options, path, segment, &mut scratch);
        self.done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((index, block));
        self.scratches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(scratch);
    }
}

impl Out for Spread<'_, '_> {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        let index = self.count;
        self.count += 1;
        let (shared, path, board) = (self.shared, self.path, self.board);
        // With enough work waiting the reader lends a hand instead of running
        // ahead, which bounds the memory that copies take.
        if board.open.load(Ordering::Relaxed) > 2 * rayon::current_num_threads() {
            board.scan(shared, path, index, &segment);
        } else {
            let owned = OwnedSegment::from(&segment);
            board.open.fetch_add(1, Ordering::Relaxed);
            self.scope.spawn(move |_| {
                board.scan(shared, path, index, &owned.borrow());
                board.open.fetch_sub(1, Ordering::Relaxed);
            });
        }
        if (shared.stop)() {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }
}

/// Puts the blocks of an item together: lines counted through, ids given out,
/// the label decided.
pub(super) fn finish(
    path: &Arc<ItemPath>,
    format: &'static str,
    coverage: Coverage,
    blocks: Vec<Block>,
    options: &Options,
) -> ItemResult {
    let mut carry = LineCarry::default();
    let mut ids = ItemIds::new(path);
    let mut findings = Vec::new();
    let mut hidden = Hidden::default();
    let mut counts: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for block in blocks {
        hidden.add(block.hidden);
        for (mut finding, line) in block.findings {
            carry.place(&mut finding.location);
            finding.id = ids.next(&finding.detector.id, &finding.location, &line);
            let count = counts.entry(finding.detector.id.clone()).or_default();
            *count += 1;
            if *count > options.most_per_detector {
                hidden.over_cap += 1;
            } else {
                findings.push(finding);
            }
        }
        carry = carry.then(block.lines);
    }
    let label = classify::item(&findings, &options.policy);
    if let Some(mismatch) = label.mismatch {
        let marking = findings
            .iter()
            .find(|f| f.detector.id == mismatch.marking)
            .cloned();
        findings.extend(marking.map(|marking| mismatch.finding(&marking)));
    }
    ItemResult {
        entry: LedgerEntry {
            path: ItemPath::clone(path),
            format,
            coverage,
            label: label.label,
            reasons: label.reasons,
            findings: findings.len() as u64 + hidden.over_cap,
        },
        findings,
        hidden,
    }
}

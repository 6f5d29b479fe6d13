//! What the segments of one item gave, put together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::block::{self, Block, Draft, Group};
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
    pub(super) scratch: &'s mut Scratch,
    pub(super) assembly: Assembly<'s>,
}

impl Out for Inline<'_> {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        let Shared {
            engine,
            options,
            stop,
        } = self.shared;
        let Assembly { path, full, .. } = &self.assembly;
        let block = block::scan(engine, options, path, &segment, full, self.scratch);
        self.assembly.add(block);
        if stop() { Flow::Stop } else { Flow::Continue }
    }
}

/// Hands copies of segments to other threads, so that one long item keeps all
/// cores busy while one thread reads it.
pub(super) struct Spread<'s, 'scope, 'p> {
    pub(super) shared: Shared<'scope>,
    pub(super) scope: &'s rayon::ScopeFifo<'scope>,
    pub(super) board: &'scope Board<'p>,
    /// Segments handed out so far.
    pub(super) count: usize,
}

/// Where the results of spread segments are put together.
pub(super) struct Board<'p> {
    path: &'p Arc<ItemPath>,
    state: Mutex<State<'p>>,
    open: AtomicUsize,
    scratches: Mutex<Vec<Scratch>>,
}

struct State<'p> {
    assembly: Assembly<'p>,
    /// Blocks that are done while one before them is not.
    waiting: BTreeMap<usize, Block>,
    next: usize,
}

impl<'p> Board<'p> {
    pub(super) fn new(path: &'p Arc<ItemPath>, options: &'p Options) -> Self {
        let assembly = Assembly::new(path, options);
        Board {
            path,
            state: Mutex::new(State {
                assembly,
                waiting: BTreeMap::new(),
                next: 0,
            }),
            open: AtomicUsize::new(0),
            scratches: Mutex::default(),
        }
    }

    /// All that was scanned, put together.
    pub(super) fn into_assembly(self) -> Assembly<'p> {
        let state = self.state.into_inner();
        state.unwrap_or_else(PoisonError::into_inner).assembly
    }

    fn scan(&self, shared: Shared<'_>, index: usize, segment: &Segment<'_>) {
        let idle = self
            .scratches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut scratch = idle.unwrap_or_default();
        let full = self.state().assembly.full.clone();
        let Shared {
            engine, options, ..
        } = shared;
        let block = block::scan(engine, options, self.path, segment, &full, &mut scratch);
        self.scratches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(scratch);
        // In the order of the segments, whatever the order in which they are
        // done: ids, lines and the choice of what is kept depend on it.
        let mut state = self.state();
        let State {
            assembly,
            waiting,
            next,
        } = &mut *state;
        waiting.insert(index, block);
        while let Some(block) = waiting.remove(next) {
            assembly.add(block);
            *next += 1;
        }
    }

    fn state(&self) -> MutexGuard<'_, State<'p>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Out for Spread<'_, '_, '_> {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        let index = self.count;
        self.count += 1;
        let (shared, board) = (self.shared, self.board);
        let threads = rayon::current_num_threads();
        // With enough work waiting the reader lends a hand, oldest first,
        // instead of running ahead: that bounds what copies and results that
        // wait for an earlier one take.
        let mut room = threads > 1;
        while room && board.open.load(Ordering::Relaxed) >= 2 * threads {
            room = rayon::yield_now() == Some(rayon::Yield::Executed);
        }
        if room {
            let owned = OwnedSegment::from(&segment);
            board.open.fetch_add(1, Ordering::Relaxed);
            self.scope.spawn_fifo(move |_| {
                board.scan(shared, index, &owned.borrow());
                board.open.fetch_sub(1, Ordering::Relaxed);
            });
        } else {
            board.scan(shared, index, &segment);
        }
        if (shared.stop)() {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }
}

/// Puts the blocks of an item together, in order: lines counted through, ids
/// given out, and no more kept of a group than the options allow.
pub(super) struct Assembly<'p> {
    path: &'p Arc<ItemPath>,
    options: &'p Options,
    carry: LineCarry,
    /// Made for the first finding: most items have none.
    ids: Option<ItemIds>,
    findings: Vec<Finding>,
    hidden: Hidden,
    counts: BTreeMap<Group, usize>,
    /// Groups of which enough is kept.
    full: BTreeSet<Group>,
}

impl<'p> Assembly<'p> {
    pub(super) fn new(path: &'p Arc<ItemPath>, options: &'p Options) -> Self {
        Assembly {
            path,
            options,
            carry: LineCarry::default(),
            ids: None,
            findings: Vec::new(),
            hidden: Hidden::default(),
            counts: BTreeMap::new(),
            full: BTreeSet::new(),
        }
    }

    fn add(&mut self, block: Block) {
        self.hidden.add(block.hidden);
        for Draft {
            mut finding,
            masked,
            group,
        } in block.findings
        {
            let count = self.counts.entry(group).or_default();
            *count += 1;
            if *count > self.options.most_per_field {
                self.full.insert(group);
                self.hidden.over_cap += 1;
                continue;
            }
            self.carry.place(&mut finding.location);
            let ids = self.ids.get_or_insert_with(|| ItemIds::new(self.path));
            finding.id = ids.next(&finding.detector.id, &finding.location, &masked);
            self.findings.push(finding);
        }
        self.carry = self.carry.then(block.lines);
    }

    /// The item as a whole: its label, and its line in the ledger.
    pub(super) fn finish(self, format: &'static str, coverage: Coverage) -> ItemResult {
        let Assembly {
            path,
            mut findings,
            hidden,
            ..
        } = self;
        let label = classify::item(&findings, &self.options.policy);
        if let Some(mismatch) = label.mismatch {
            let marking = findings
                .iter()
                .find(|f| f.detector.id == mismatch.marking)
                .cloned();
            findings.extend(marking.map(|marking| mismatch.finding(&marking)));
        }
        ItemResult {
            entry: LedgerEntry {
                path: path.clone(),
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
}

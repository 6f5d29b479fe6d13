//! From roots to results: walk, read, scan, in order.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::collect::{Assembly, Board, Inline, ItemResult, Shared, Spread};
use super::options::Options;
use super::shelf::Shelf;
use super::worker::Pool;
use crate::detect::{Engine, Scratch};
use crate::model::{Coverage, ItemPath, LedgerEntry, Reason, RunInfo};
use crate::read::{self, Item, Out, Pick};
use crate::report::{Hidden, Results};
use crate::source::{Entry, Found, Walk};

/// Bytes read in one go from the start of every file: most files fit whole.
const HEAD: usize = 256 * 1024;

/// Files from this size on are spread over all threads.
const LARGE: u64 = 4 * 1024 * 1024;

/// Items that one thread scans before it calls the others: a scan of a few
/// small files is over before they would have started.
const ALONE: usize = 16;

/// Where a scan starts.
#[derive(Clone, Debug)]
pub enum Roots {
    /// Files and folders that a person named: one that is not there is an
    /// error, because it is most likely a mistake.
    Named(Vec<PathBuf>),
    /// Paths from a list that a program made: one that is not there any more
    /// is a line in the ledger.
    Listed(Vec<PathBuf>),
}

/// Is told how far a scan has come. Called from many threads, often.
pub trait Observer: Sync {
    /// An item of so many stored bytes is done.
    fn item(&self, bytes: u64);
}

impl Observer for () {
    fn item(&self, _: u64) {}
}

/// A scan that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A path that the user named does not exist or cannot be looked at.
    #[error("cannot scan {}, so nothing was scanned", ItemPath::new(.path))]
    Root {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A glob that does not parse.
    #[error("a pattern of paths is not valid")]
    Glob(#[from] globset::Error),
    /// The threads could not be started.
    #[error("cannot start the scanning threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Engine, readers and options together.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) engine: Engine,
    pub(super) options: Options,
    /// Threads that scan; at least one.
    pub(super) threads: usize,
    /// Findings that results keep in memory.
    pub(super) most_in_memory: usize,
    pub(super) pool: Pool,
    pub(super) stop: Arc<AtomicBool>,
}

/// Memory of one thread.
struct Worker {
    head: Vec<u8>,
    scratch: Scratch,
}

impl Default for Worker {
    fn default() -> Self {
        Worker {
            head: vec![0; HEAD],
            scratch: Scratch::default(),
        }
    }
}

impl Pipeline {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Scans trees and files.
    pub(super) fn scan_roots(
        &self,
        roots: &Roots,
        observer: &dyn Observer,
    ) -> Result<Results, ScanError> {
        let started = Instant::now();
        let roots = match roots {
            Roots::Named(roots) => {
                for root in roots {
                    std::fs::symlink_metadata(root).map_err(|source| ScanError::Root {
                        path: root.clone(),
                        source,
                    })?;
                }
                roots
            }
            Roots::Listed(roots) => roots,
        };
        if roots.is_empty() {
            return Ok(self.results(Done::default(), &[], started));
        }
        let tour = Tour {
            walk: Walk::new(roots, &self.options.walk)?,
            large: Mutex::default(),
            shelf: Shelf::new(self.most_in_memory),
            observer,
        };
        let mut items = self.share(&tour);
        let Tour { large, shelf, .. } = tour;
        let large = large.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !large.is_empty() {
            items.extend(self.scan_spread(large, &shelf, observer)?);
        }
        let done = Done {
            items,
            shelf: Some(shelf),
        };
        Ok(self.results(done, roots, started))
    }

    /// Scans what a walk meets, on all threads. Files that deserve all threads
    /// for themselves are put by.
    fn share(&self, tour: &Tour<'_>) -> Vec<ItemResult> {
        thread::scope(|scope| {
            let mut helpers = Vec::new();
            let mut items = self.scan_along(tour, |done| {
                if done == ALONE {
                    let help = || self.scan_along(tour, |_| {});
                    helpers.extend((1..self.threads).map(|_| scope.spawn(help)));
                }
            });
            for helper in helpers {
                match helper.join() {
                    Ok(more) => items.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            items
        })
    }

    /// One thread's part of a walk; `after` is told how many items it has done.
    fn scan_along(&self, tour: &Tour<'_>, mut after: impl FnMut(usize)) -> Vec<ItemResult> {
        let mut worker = Worker::default();
        let mut items = Vec::new();
        tour.walk.run(|found| {
            if self.stopped() {
                return ControlFlow::Break(());
            }
            let item = match found {
                Found::File(entry) => self.scan_small(entry, &mut worker),
                Found::Left(path, coverage) => Ok(left(&Arc::new(ItemPath::new(path)), coverage)),
            };
            match item {
                Ok(item) => items.push(item.noted(&tour.shelf, tour.observer)),
                Err(put_by) => tour
                    .large
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(put_by),
            }
            after(items.len());
            ControlFlow::Continue(())
        });
        items
    }

    /// Scans files with all threads for each, the largest first, so that no
    /// thread is left with a long one at the end.
    fn scan_spread(
        &self,
        mut large: Vec<Large>,
        shelf: &Shelf,
        observer: &dyn Observer,
    ) -> Result<Vec<ItemResult>, ScanError> {
        large.sort_by(|a, b| (b.size, &a.path).cmp(&(a.size, &b.path)));
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads)
            .build()?;
        let scan = |large: &Large| self.scan_large(&large.path).noted(shelf, observer);
        Ok(threads.install(|| large.par_iter().map(scan).collect()))
    }

    /// Scans one item that is not a file, such as standard input.
    pub(super) fn scan_stream(&self, path: ItemPath, stream: &mut dyn Read) -> Results {
        let started = Instant::now();
        let path = Arc::new(path);
        let mut worker = Worker::default();
        let result = match fill(&mut worker.head, stream) {
            Ok((length, complete)) => {
                let Worker { head, scratch } = &mut worker;
                let mut item = Item {
                    path: &path,
                    head: &head[..length],
                    complete,
                    rest: stream,
                    size: complete.then_some(length as u64),
                    file: None,
                };
                self.scan_item(&path, &mut item, scratch)
            }
            Err(err) => left(&path, Coverage::failed(Reason::Io, err.to_string())),
        };
        let done = Done {
            items: vec![result],
            shelf: None,
        };
        self.results(done, &[], started)
    }

    /// Reads a stream as what it is, and hands its segments to `out`.
    pub(super) fn read_stream(
        &self,
        path: &Arc<ItemPath>,
        stream: &mut dyn Read,
        out: &mut dyn Out,
    ) -> io::Result<Coverage> {
        let mut head = vec![0; HEAD];
        let (length, complete) = fill(&mut head, stream)?;
        let mut item = Item {
            path,
            head: &head[..length],
            complete,
            rest: stream,
            size: complete.then_some(length as u64),
            file: None,
        };
        Ok(match read::pick(item.head, item.complete, path) {
            Pick::Reader(reader) => self.pool.read(reader, &mut item, &self.options.limits, out),
            Pick::Skip { coverage, .. } => coverage,
        })
    }

    /// Scans a file unless it is large and there are threads to share it with.
    fn scan_small(&self, entry: Entry<'_>, worker: &mut Worker) -> Result<ItemResult, Large> {
        let opened = entry.open();
        let path = Arc::new(ItemPath::new(entry.into_path()));
        let opened = opened.and_then(|mut opened| {
            let (length, complete) = fill(&mut worker.head, &mut opened)?;
            Ok((opened, length, complete))
        });
        let (mut opened, length, complete) = match opened {
            Ok(opened) => opened,
            Err(err) => return Ok(left(&path, unopened(&err))),
        };
        let size = if complete {
            Some(length as u64)
        } else {
            opened.metadata().ok().map(|metadata| metadata.len())
        };
        let large = size.unwrap_or(u64::MAX);
        if large >= LARGE && self.threads > 1 {
            return Err(Large { size: large, path });
        }
        let Worker { head, scratch } = worker;
        let mut item = Item {
            path: &path,
            head: &head[..length],
            complete,
            rest: &mut opened,
            size,
            file: Some(path.outer()),
        };
        Ok(self.scan_item(&path, &mut item, scratch))
    }

    /// Scans a file whose segments are spread over the threads of the pool.
    fn scan_large(&self, path: &Arc<ItemPath>) -> ItemResult {
        let mut head = vec![0; HEAD];
        let opened = File::open(path.outer()).and_then(|mut opened| {
            let (length, complete) = fill(&mut head, &mut opened)?;
            let size = opened.metadata()?.len();
            Ok((opened, length, complete, size))
        });
        let (mut opened, length, complete, size) = match opened {
            Ok(opened) => opened,
            Err(err) => return left(path, unopened(&err)),
        };
        let mut item = Item {
            path,
            head: &head[..length],
            complete,
            rest: &mut opened,
            size: Some(size),
            file: Some(path.outer()),
        };
        let reader = match read::pick(item.head, item.complete, path) {
            Pick::Reader(reader) => reader,
            Pick::Skip { format, coverage } => return skipped(path, format, coverage),
        };
        let board = Board::new(path, &self.options);
        let stop = || self.stopped();
        let shared = Shared {
            engine: &self.engine,
            options: &self.options,
            stop: &stop,
        };
        let coverage = rayon::in_place_scope_fifo(|scope| {
            let mut out = Spread {
                shared,
                scope,
                board: &board,
                count: 0,
            };
            self.pool
                .read(reader, &mut item, &self.options.limits, &mut out)
        });
        let coverage = self.interrupted(coverage);
        board.into_assembly().finish(reader.name(), coverage)
    }

    fn scan_item(
        &self,
        path: &Arc<ItemPath>,
        item: &mut Item<'_>,
        scratch: &mut Scratch,
    ) -> ItemResult {
        let reader = match read::pick(item.head, item.complete, path) {
            Pick::Reader(reader) => reader,
            Pick::Skip { format, coverage } => return skipped(path, format, coverage),
        };
        let stop = || self.stopped();
        let shared = Shared {
            engine: &self.engine,
            options: &self.options,
            stop: &stop,
        };
        let mut out = Inline {
            shared,
            scratch,
            assembly: Assembly::new(path, &self.options),
        };
        let coverage = self.pool.read(reader, item, &self.options.limits, &mut out);
        let coverage = self.interrupted(coverage);
        out.assembly.finish(reader.name(), coverage)
    }

    fn interrupted(&self, coverage: Coverage) -> Coverage {
        if self.stopped() && coverage.reason.is_none() {
            return Coverage::partial(
                coverage.bytes,
                Reason::Interrupted,
                "the scan was interrupted",
            );
        }
        coverage
    }

    fn results(&self, done: Done, roots: &[PathBuf], started: Instant) -> Results {
        let Done { mut items, shelf } = done;
        // A path that several roots reach is one item, with its best outcome.
        items.sort_by(|a, b| {
            let key = |item: &ItemResult| item.entry.coverage.status;
            (a.entry.path.cmp(&b.entry.path)).then_with(|| key(a).cmp(&key(b)))
        });
        items.dedup_by(|next, kept| next.entry.path.cmp(&kept.entry.path).is_eq());
        let mut results = Results {
            run: RunInfo {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                catalogue: self.engine.fingerprint().to_owned(),
                config: self.options.fingerprint(),
                roots: roots
                    .iter()
                    .map(|root| ItemPath::new(root).to_string())
                    .collect(),
                interrupted: self.stopped(),
                ..RunInfo::default()
            },
            ..Results::default()
        };
        for item in items {
            results.hidden.add(item.hidden);
            results.findings.extend(item.findings);
            results.ledger.push(item.entry);
        }
        if let Some(shelf) = shelf.filter(|shelf| !shelf.is_empty()) {
            results.aside = Some(Arc::new(shelf));
        }
        results.run.seconds = started.elapsed().as_secs_f64();
        results
    }
}

/// A walk, and what the threads that share it have in common.
struct Tour<'o> {
    walk: Walk,
    /// Files that are put by.
    large: Mutex<Vec<Large>>,
    shelf: Shelf,
    observer: &'o dyn Observer,
}

/// All that a scan did.
#[derive(Default)]
struct Done {
    items: Vec<ItemResult>,
    shelf: Option<Shelf>,
}

impl ItemResult {
    /// Tells whom it concerns that the item is done.
    fn noted(mut self, shelf: &Shelf, observer: &dyn Observer) -> Self {
        shelf.put(&self.entry.path, &mut self.findings);
        observer.item(self.entry.coverage.bytes);
        self
    }
}

/// A file that all threads scan together.
struct Large {
    size: u64,
    path: Arc<ItemPath>,
}

/// Reads until the buffer is full or the stream ends, which the flag tells.
fn fill(buffer: &mut [u8], stream: &mut dyn Read) -> io::Result<(usize, bool)> {
    let mut length = 0;
    while length < buffer.len() {
        match stream.read(&mut buffer[length..]) {
            Ok(0) => return Ok((length, true)),
            Ok(read) => length += read,
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            Err(err) => return Err(err),
        }
    }
    Ok((length, false))
}

fn unopened(err: &io::Error) -> Coverage {
    let reason = match err.kind() {
        io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
        io::ErrorKind::NotFound => Reason::Vanished,
        _ => Reason::Io,
    };
    Coverage::failed(reason, err.to_string())
}

fn left(path: &Arc<ItemPath>, coverage: Coverage) -> ItemResult {
    skipped(path, "", coverage)
}

fn skipped(path: &Arc<ItemPath>, format: &'static str, coverage: Coverage) -> ItemResult {
    ItemResult {
        entry: LedgerEntry {
            path: path.clone(),
            format,
            coverage,
            label: None,
            reasons: Vec::new(),
            findings: 0,
        },
        findings: Vec::new(),
        hidden: Hidden::default(),
    }
}

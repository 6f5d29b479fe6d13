//! From roots to results: walk, read, scan, in order.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::collect::{Assembly, Board, Inline, ItemResult, Shared, Spread};
use super::options::Options;
use super::worker::Pool;
use crate::detect::{Engine, Scratch};
use crate::model::{Coverage, ItemPath, LedgerEntry, Reason, RunInfo};
use crate::read::{self, Item, Pick};
use crate::report::{Hidden, Results};
use crate::source::{Found, Walk};

/// Bytes read in one go from the start of every file: most files fit whole.
const HEAD: usize = 256 * 1024;

/// Files from this size on are spread over all threads.
const LARGE: u64 = 4 * 1024 * 1024;

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
            return Ok(self.results(Vec::new(), &[], started));
        }
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(self.options.threads)
            .build()?;
        let mut walk_options = self.options.walk.clone();
        walk_options.threads = threads.current_num_threads();
        let walk = Walk::new(roots, &walk_options)?;
        let done = Mutex::new(Vec::new());
        let large = Mutex::new(Vec::new());
        walk.run(|| {
            let mut local = Local {
                results: Vec::new(),
                worker: Worker::default(),
                done: &done,
            };
            let large = &large;
            move |found| {
                if self.stopped() {
                    return ignore::WalkState::Quit;
                }
                match found {
                    Found::File(path) => match self.scan_small(&path, &mut local.worker) {
                        Some(result) => local.push(result, observer),
                        None => large
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(path),
                    },
                    Found::Left(path, coverage) => {
                        local.push(left(&item_path(&path), coverage), observer);
                    }
                }
                ignore::WalkState::Continue
            }
        });
        let mut large = large.into_inner().unwrap_or_else(PoisonError::into_inner);
        large.sort();
        let spread: Vec<ItemResult> = threads.install(|| {
            let scan = |path: &PathBuf| {
                let result = self.scan_large(path);
                observer.item(result.entry.coverage.bytes);
                result
            };
            large.par_iter().map(scan).collect()
        });
        let mut results = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.extend(spread);
        Ok(self.results(results, roots, started))
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
        self.results(vec![result], &[], started)
    }

    /// Scans a file unless it is large, in which case it is left for later.
    fn scan_small(&self, file: &Path, worker: &mut Worker) -> Option<ItemResult> {
        let path = Arc::new(item_path(file));
        let mut opened = match File::open(file) {
            Ok(opened) => opened,
            Err(err) => return Some(left(&path, unopened(&err))),
        };
        let (length, complete) = match fill(&mut worker.head, &mut opened) {
            Ok(filled) => filled,
            Err(err) => return Some(left(&path, unopened(&err))),
        };
        let size = if complete {
            Some(length as u64)
        } else {
            opened.metadata().ok().map(|m| m.len())
        };
        if size.is_none_or(|size| size >= LARGE) {
            return None;
        }
        let Worker { head, scratch } = worker;
        let mut item = Item {
            path: &path,
            head: &head[..length],
            complete,
            rest: &mut opened,
            size,
            file: Some(file),
        };
        Some(self.scan_item(&path, &mut item, scratch))
    }

    /// Scans a file whose segments are spread over the threads of the pool.
    fn scan_large(&self, file: &Path) -> ItemResult {
        let path = Arc::new(item_path(file));
        let mut head = vec![0; HEAD];
        let opened = File::open(file).and_then(|mut opened| {
            let (length, complete) = fill(&mut head, &mut opened)?;
            let size = opened.metadata()?.len();
            Ok((opened, length, complete, size))
        });
        let (mut opened, length, complete, size) = match opened {
            Ok(opened) => opened,
            Err(err) => return left(&path, unopened(&err)),
        };
        let mut item = Item {
            path: &path,
            head: &head[..length],
            complete,
            rest: &mut opened,
            size: Some(size),
            file: Some(file),
        };
        let reader = match read::pick(item.head, item.complete, &path) {
            Pick::Reader(reader) => reader,
            Pick::Skip { format, coverage } => return skipped(&path, format, coverage),
        };
        let board = Board::new(&path, &self.options);
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

    fn results(&self, mut items: Vec<ItemResult>, roots: &[PathBuf], started: Instant) -> Results {
        // A path that several roots reach is one item, with its best outcome.
        items.sort_by(|a, b| {
            let key = |item: &ItemResult| item.entry.coverage.status;
            (a.entry.path.cmp(&b.entry.path)).then_with(|| key(a).cmp(&key(b)))
        });
        items.dedup_by(|next, kept| next.entry.path == kept.entry.path);
        let mut results = Results {
            run: RunInfo {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                catalogue: self.engine.fingerprint(),
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
        results.run.seconds = started.elapsed().as_secs_f64();
        results
    }
}

/// Results of one walking thread, handed in when it ends.
struct Local<'d> {
    results: Vec<ItemResult>,
    worker: Worker,
    done: &'d Mutex<Vec<ItemResult>>,
}

impl Local<'_> {
    fn push(&mut self, result: ItemResult, observer: &dyn Observer) {
        observer.item(result.entry.coverage.bytes);
        self.results.push(result);
    }
}

impl Drop for Local<'_> {
    fn drop(&mut self) {
        self.done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .append(&mut self.results);
    }
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

/// The path as reports show it: as the user named the root, without `./`.
fn item_path(path: &Path) -> ItemPath {
    ItemPath::new(path.strip_prefix("./").unwrap_or(path))
}

fn unopened(err: &io::Error) -> Coverage {
    let reason = match err.kind() {
        io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
        io::ErrorKind::NotFound => Reason::Vanished,
        _ => Reason::Io,
    };
    Coverage::failed(reason, err.to_string())
}

fn left(path: &ItemPath, coverage: Coverage) -> ItemResult {
    skipped(path, "", coverage)
}

fn skipped(path: &ItemPath, format: &'static str, coverage: Coverage) -> ItemResult {
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

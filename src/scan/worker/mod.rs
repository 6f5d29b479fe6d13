//! Readers that may crash, hang or grow, kept away from the scan.
//!
//! ```text
//!  scan thread ── Pool::read ──► worker process (same program, `__worker`)
//!      ▲    job: reader, path, limits ──►  serve: sandbox, fence, reader
//!      │    ◄── segments, then coverage
//!      └─ dead or late? one item: what came is kept, the worker is replaced,
//!         and what can be salvaged is read here
//! ```
//!
//! A worker has bounds on memory and processor time, no core dumps, no new
//! privileges, and dies with the scan. Programs that embed the library without
//! the command use [`Spawn::InProcess`]: the panic fence remains, the bounds on
//! memory and time do not.

#[cfg(debug_assertions)]
#[doc(hidden)]
pub mod fault;
mod fence;
mod process;
mod sandbox;
mod serve;
mod wire;

use std::fs::File;
use std::io::{self, Seek as _};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, OnceLock, PoisonError, mpsc};
use std::thread;

pub use self::fence::{fence, read_fenced};
pub use self::serve::serve;

use self::fence::{Counted, is_crash};
use self::process::{Ended, Worker};
use self::wire::Job;
use crate::model::{Coverage, Reason, Status};
use crate::read::salvage::salvage;
use crate::read::spool::Spool;
use crate::read::{Item, Limits, Out, Reader};

/// The hidden subcommand that must lead to [`serve`].
pub const SUBCOMMAND: &str = "__worker";

/// Where isolated readers run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spawn {
    /// In processes of this program, which answers to [`SUBCOMMAND`].
    Command(PathBuf),
    /// In the calling thread, behind the panic fence only. A hostile file can
    /// take the process down by memory or stack.
    InProcess,
}

/// Runs readers, the isolated ones in worker processes. Shared by all threads
/// of a scan.
#[derive(Debug)]
pub struct Pool {
    spawn: Spawn,
    size: usize,
    /// Set up for the first item that needs them.
    workers: OnceLock<Workers>,
}

impl Pool {
    /// A pool of up to `size` worker processes (at least one), started when
    /// they are first needed.
    pub fn new(spawn: Spawn, size: usize) -> Self {
        Pool {
            spawn,
            size: size.max(1),
            workers: OnceLock::new(),
        }
    }

    fn workers(&self) -> Option<&Workers> {
        match &self.spawn {
            Spawn::Command(program) => Some(
                self.workers
                    .get_or_init(|| Workers::new(program.clone(), self.size)),
            ),
            Spawn::InProcess => None,
        }
    }

    /// Reads an item. Never panics for the sake of the item, and returns within
    /// [`Limits::seconds`] for readers that are isolated, besides the time the
    /// consumer takes and that of a salvage.
    pub fn read(
        &self,
        reader: &dyn Reader,
        item: &mut Item<'_>,
        limits: &Limits,
        out: &mut dyn Out,
    ) -> Coverage {
        if !reader.isolated() {
            return read_fenced(reader, item, limits, out);
        }
        // A stream is gone once it was read, but a salvage reads it again.
        let mut copy = match item.file {
            Some(_) => None,
            None => match Spool::open(item, limits) {
                Ok((copy, _)) => Some(copy),
                Err(coverage) => return coverage,
            },
        };
        let mut counted = Counted::new(out);
        let coverage = match self.workers() {
            Some(workers) => workers.read(job(reader, item, limits), copy.as_mut(), &mut counted),
            None => fence(|| read_here(reader, item, copy.as_mut(), limits, &mut counted)),
        };
        let coverage = counted.judge(coverage);
        if counted.stopped || !calls_for_salvage(&coverage) {
            return coverage;
        }
        let salvaged = match (copy, item.file) {
            (Some(mut copy), _) => salvage(&mut copy, limits, &mut counted),
            (None, Some(file)) => {
                File::open(file).map_or(0, |mut file| salvage(&mut file, limits, &mut counted))
            }
            (None, None) => 0,
        };
        degraded(coverage, salvaged, item.size)
    }
}

fn job(reader: &dyn Reader, item: &Item<'_>, limits: &Limits) -> Job {
    Job {
        reader: reader.name().to_owned(),
        outer: item.path.outer().as_os_str().to_owned(),
        members: item.path.members().to_vec(),
        file: item.file.map(|file| file.as_os_str().to_owned()),
        size: item.size,
        limits: limits.clone(),
    }
}

fn read_here(
    reader: &dyn Reader,
    item: &mut Item<'_>,
    copy: Option<&mut Spool>,
    limits: &Limits,
    out: &mut dyn Out,
) -> Coverage {
    let Some(copy) = copy else {
        return reader.read(item, limits, out);
    };
    let mut again = Item {
        path: item.path,
        head: &[],
        complete: false,
        rest: copy,
        size: item.size,
        file: None,
    };
    reader.read(&mut again, limits, out)
}

/// True when the format was not read to its end for a reason that lies in the
/// content, so that its bytes may still say something.
fn calls_for_salvage(coverage: &Coverage) -> bool {
    match coverage.reason {
        Some(reason) if is_crash(reason) => true,
        Some(Reason::Malformed | Reason::Truncated | Reason::UnsupportedFormat) => {
            coverage.status == Status::Failed
        }
        _ => false,
    }
}

/// The coverage of an item of which `salvaged` bytes of text were read by
/// other means.
fn degraded(coverage: Coverage, salvaged: u64, size: Option<u64>) -> Coverage {
    let (Some(reason), true) = (coverage.reason, salvaged > 0) else {
        return coverage;
    };
    let detail = coverage.detail.unwrap_or_default();
    let detail =
        format!("{detail}; {salvaged} bytes of text were salvaged without their structure");
    Coverage::partial(size.unwrap_or(coverage.bytes), reason, detail)
}

/// The worker processes of a pool.
#[derive(Debug)]
struct Workers {
    /// Asks for a new worker. All are started by one thread, because they die
    /// with the thread that started them.
    start: mpsc::Sender<mpsc::SyncSender<io::Result<Worker>>>,
    idle: Mutex<Idle>,
    returned: Condvar,
}

#[derive(Debug)]
struct Idle {
    /// Workers without a job.
    workers: Vec<Worker>,
    /// Workers that may be started besides.
    free: usize,
}

impl Workers {
    fn new(program: PathBuf, size: usize) -> Self {
        let (start, asked) = mpsc::channel::<mpsc::SyncSender<io::Result<Worker>>>();
        thread::spawn(move || {
            for answer in asked {
                // Nobody waits any longer: the worker is dropped, and ends.
                let _ = answer.send(Worker::start(&program));
            }
        });
        Workers {
            start,
            idle: Mutex::new(Idle {
                workers: Vec::new(),
                free: size,
            }),
            returned: Condvar::new(),
        }
    }

    fn read(&self, job: Job, mut content: Option<&mut Spool>, out: &mut dyn Out) -> Coverage {
        if let Some(content) = content.as_deref_mut()
            && let Err(error) = content.rewind()
        {
            return Coverage::failed(Reason::Io, error.kind().to_string());
        }
        let mut slot = Slot {
            workers: self,
            worker: self.take(),
        };
        if slot.worker.is_none() {
            match self.start() {
                Ok(worker) => slot.worker = Some(worker),
                Err(error) => {
                    let detail = format!("no worker process could be started: {}", error.kind());
                    return Coverage::failed(Reason::Io, detail);
                }
            }
        }
        let Some(worker) = &mut slot.worker else {
            return Coverage::failed(Reason::Io, "no worker process");
        };
        let Ended { coverage, reusable } = worker.run(job, content, out);
        if !reusable {
            slot.worker = None;
        }
        coverage
    }

    /// Waits for a place; `None` when a worker has to be started for it.
    fn take(&self) -> Option<Worker> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(mut worker) = idle.workers.pop() {
                return worker.is_alive().then_some(worker);
            }
            if idle.free > 0 {
                idle.free -= 1;
                return None;
            }
            idle = self
                .returned
                .wait(idle)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn start(&self) -> io::Result<Worker> {
        let (answer, started) = mpsc::sync_channel(1);
        self.start
            .send(answer)
            .map_err(|_| io::Error::other("the starting thread is gone"))?;
        started
            .recv()
            .map_err(|_| io::Error::other("the starting thread is gone"))?
    }
}

/// A place in the pool, given back also when the consumer panics.
struct Slot<'p> {
    workers: &'p Workers,
    worker: Option<Worker>,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        // In a panic the worker may be in the middle of a job.
        let worker = self.worker.take().filter(|_| !thread::panicking());
        let mut idle = self
            .workers
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match worker {
            Some(worker) => idle.workers.push(worker),
            None => idle.free += 1,
        }
        drop(idle);
        self.workers.returned.notify_one();
    }
}

//! The scan's side of one worker process.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::wire::{self, Job, Receiver, Reply, Request};
use crate::model::{Coverage, Reason};
use crate::read::spool::Spool;
use crate::read::{Flow, Out};

/// Content of streams goes to the worker in pieces of this size, in bytes.
const PIECE: usize = 64 << 10;
/// Messages a worker may be ahead of the scan.
const AHEAD: usize = 4;
/// A worker is replaced after so many items, before its memory is in pieces.
const LIFETIME: u32 = 500;
/// Most of a dead worker's last words that are looked at, in bytes.
const LAST_WORDS: u64 = 4 << 10;

/// A running worker.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    input: ChildStdin,
    replies: mpsc::Receiver<Vec<u8>>,
    jobs: u32,
}

/// How a job ended.
pub(super) struct Ended {
    pub(super) coverage: Coverage,
    /// True when the worker can take another job.
    pub(super) reusable: bool,
}

impl Worker {
    /// Starts `program __worker`.
    ///
    /// The system ends a worker together with the *thread* that started it
    /// (`PR_SET_PDEATHSIG`), so this thread must outlive the worker.
    pub(super) fn start(program: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .arg(super::SUBCOMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt as _;
            // An interrupt from the terminal is for the scan to handle.
            command.process_group(0);
        }
        let mut child = command.spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) =
            pipes.ok_or_else(|| io::Error::other("no pipes to the worker process"))?;
        let (sender, replies) = mpsc::sync_channel(AHEAD);
        thread::Builder::new()
            .name("terrier-replies".to_owned())
            .spawn(move || forward(output, &sender))?;
        Ok(Worker {
            child,
            input,
            replies,
            jobs: 0,
        })
    }

    /// False when the worker ended while it had nothing to do.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Runs one job. `content` is the item when it is no file.
    pub(super) fn run(
        &mut self,
        job: Job,
        mut content: Option<&mut Spool>,
        out: &mut dyn Out,
    ) -> Ended {
        self.jobs += 1;
        let seconds = job.limits.seconds;
        // Only the time spent waiting for the worker counts against it.
        let mut left = Duration::from_secs(seconds);
        if wire::send(&mut self.input, &Request::Job(job)).is_err() {
            return Ended {
                coverage: self.autopsy(seconds),
                reusable: false,
            };
        }
        let mut receiver = Receiver::default();
        loop {
            let asked = Instant::now();
            let frame = match self.replies.recv_timeout(left) {
                Ok(frame) => frame,
                Err(RecvTimeoutError::Timeout) => {
                    return Ended {
                        coverage: too_slow(seconds),
                        reusable: false,
                    };
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Ended {
                        coverage: self.autopsy(seconds),
                        reusable: false,
                    };
                }
            };
            left = left.saturating_sub(asked.elapsed());
            let next = match wire::decode(&frame) {
                Ok(Reply::Done(coverage)) => {
                    let crashed = coverage.reason == Some(Reason::ParserCrash);
                    return Ended {
                        coverage,
                        reusable: !crashed && self.jobs < LIFETIME,
                    };
                }
                Ok(Reply::Pull) => self.feed(content.as_deref_mut()),
                Ok(segment) => receiver.hand_on(segment, out),
                Err(error) => Err(error),
            };
            let coverage = match next {
                Ok(Flow::Continue) => continue,
                Ok(Flow::Stop) => Coverage::partial(0, Reason::Interrupted, "the scan was stopped"),
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.autopsy(seconds),
                Err(_) => Coverage::failed(Reason::ParserCrash, "the worker process sent nonsense"),
            };
            return Ended {
                coverage,
                reusable: false,
            };
        }
    }

    fn feed(&mut self, content: Option<&mut Spool>) -> io::Result<Flow> {
        let mut piece = Vec::with_capacity(PIECE);
        if let Some(content) = content {
            content.take(PIECE as u64).read_to_end(&mut piece)?;
        }
        wire::send(&mut self.input, &Request::Content(&piece))?;
        Ok(Flow::Continue)
    }

    /// Why a worker that closed its pipe is dead.
    fn autopsy(&mut self, seconds: u64) -> Coverage {
        let mut words = Vec::new();
        if let Some(errors) = self.child.stderr.take() {
            // Ends with the process, which has closed its other pipe already.
            let _ = errors.take(LAST_WORDS).read_to_end(&mut words);
        }
        let _ = self.child.kill();
        match self.child.wait() {
            Ok(status) => cause_of_death(status, &String::from_utf8_lossy(&words), seconds),
            Err(error) => Coverage::failed(
                Reason::ParserCrash,
                format!("the worker process is lost: {}", error.kind()),
            ),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Moves messages from the pipe to where one can wait for them with a limit.
fn forward(mut output: ChildStdout, to: &mpsc::SyncSender<Vec<u8>>) {
    while let Ok(Some(frame)) = wire::receive(&mut output) {
        if to.send(frame).is_err() {
            return;
        }
    }
}

fn too_slow(seconds: u64) -> Coverage {
    Coverage::failed(Reason::LimitTime, format!("not finished after {seconds} s"))
}

/// Reads the exit status and what the runtime wrote before it aborted. Those
/// words are never shown.
fn cause_of_death(status: ExitStatus, words: &str, seconds: u64) -> Coverage {
    if words.contains("memory allocation of") {
        return Coverage::failed(
            Reason::LimitMemory,
            "the worker process needed more memory than allowed",
        );
    }
    if words.contains("overflowed its stack") {
        return Coverage::failed(Reason::ParserCrash, "the parser overflowed its stack");
    }
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        use std::os::unix::process::ExitStatusExt as _;
        let is = |signal: Signal| status.signal() == Some(signal.as_raw());
        if is(Signal::XCPU) {
            return too_slow(seconds);
        }
        if is(Signal::KILL) {
            return Coverage::failed(
                Reason::LimitMemory,
                "the system ended the worker process, most likely for want of memory",
            );
        }
    }
    #[cfg(not(unix))]
    let _ = seconds;
    Coverage::failed(
        Reason::ParserCrash,
        format!("the worker process ended with {status}"),
    )
}

//! The worker's side: one item after the other until the scan closes the pipe.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::fence::read_fenced;
use super::sandbox;
use super::wire::{self, Job, Reply, Request, Sender};
use crate::model::{Coverage, Reason, Segment};
use crate::read::spool::could_not_read;
use crate::read::{Flow, Item, Out, READERS, Reader};

/// How much of an item its reader gets to see before it asks.
const HEAD: u64 = 8 << 10;

/// Serves a scan over its standard input and output. This is all that the
/// hidden subcommand `__worker` does.
///
/// Nothing but messages may go to `output`, and nothing at all to standard
/// error: what a parser has to say may quote the item.
///
/// # Errors
/// When the pipe breaks or carries nonsense; the process is of no use then.
pub fn serve(input: impl Read, output: impl Write) -> io::Result<()> {
    sandbox::enter();
    let link = Link {
        input: RefCell::new(input),
        output: RefCell::new(output),
    };
    loop {
        let Some(frame) = wire::receive(&mut *link.input.borrow_mut())? else {
            return Ok(());
        };
        let Request::Job(job) = wire::decode(&frame)? else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "content without a job",
            ));
        };
        sandbox::bound(&job.limits);
        let coverage = run(&job, &link);
        wire::send(&mut *link.output.borrow_mut(), &Reply::Done(coverage))?;
    }
}

/// The two ends of the pipe. The content of an item is pulled in the middle of
/// a job, so both are shared with what reads and what writes.
struct Link<R, W> {
    input: RefCell<R>,
    output: RefCell<W>,
}

fn run<R: Read, W: Write>(job: &Job, link: &Link<R, W>) -> Coverage {
    let Some(reader) = find_reader(&job.reader) else {
        return Coverage::failed(
            Reason::UnsupportedFormat,
            format!("no reader named {}", job.reader),
        );
    };
    let mut out = Remote {
        link,
        sender: Sender::default(),
    };
    let outcome = match job.file.as_deref().map(Path::new) {
        Some(file) => File::open(file)
            .and_then(|mut content| read(reader, job, &mut content, Some(file), &mut out)),
        None => read(
            reader,
            job,
            &mut Pulled {
                link,
                buffer: Vec::new(),
                at: 0,
            },
            None,
            &mut out,
        ),
    };
    outcome.unwrap_or_else(|error| could_not_read(&error))
}

fn find_reader(name: &str) -> Option<&'static dyn Reader> {
    let known = READERS.iter().copied();
    #[cfg(debug_assertions)]
    let known = known.chain(super::fault::READERS.iter().copied());
    let mut known = known;
    known.find(|reader| reader.name() == name)
}

fn read(
    reader: &dyn Reader,
    job: &Job,
    content: &mut dyn Read,
    file: Option<&Path>,
    out: &mut dyn Out,
) -> io::Result<Coverage> {
    let mut head = Vec::with_capacity(HEAD as usize);
    content.take(HEAD).read_to_end(&mut head)?;
    let complete = (head.len() as u64) < HEAD;
    let path = job.path();
    let mut item = Item {
        path: &path,
        head: &head,
        complete,
        rest: content,
        size: job.size,
        file,
    };
    Ok(read_fenced(reader, &mut item, &job.limits, out))
}

/// Sends segments to the scan.
struct Remote<'l, R, W> {
    link: &'l Link<R, W>,
    sender: Sender,
}

impl<R, W: Write> Out for Remote<'_, R, W> {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        // A scan that wants no more closes the pipe.
        match self
            .sender
            .send(&mut *self.link.output.borrow_mut(), &segment)
        {
            Ok(()) => Flow::Continue,
            Err(_) => Flow::Stop,
        }
    }
}

/// An item that is no file: its content comes through the pipe, on request.
struct Pulled<'l, R, W> {
    link: &'l Link<R, W>,
    buffer: Vec<u8>,
    at: usize,
}

impl<R: Read, W: Write> Read for Pulled<'_, R, W> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.buffer.len() {
            wire::send(&mut *self.link.output.borrow_mut(), &Reply::Pull)?;
            let frame = wire::receive(&mut *self.link.input.borrow_mut())?
                .ok_or(io::ErrorKind::UnexpectedEof)?;
            let Request::Content(content) = wire::decode(&frame)? else {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a job inside a job",
                ));
            };
            self.buffer = content.to_vec();
            self.at = 0;
        }
        let left = self.buffer.get(self.at..).unwrap_or_default();
        let (taken, room) = (left.len().min(into.len()), into);
        room[..taken].copy_from_slice(&left[..taken]);
        self.at += taken;
        Ok(taken)
    }
}

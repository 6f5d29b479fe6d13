//! Readers that misbehave on request, so that tests can see what becomes of a
//! worker that does. Not in release builds, and never asked about an item: only
//! a job that names one of them reaches it.

use std::time::Duration;

use crate::model::{Coverage, ItemPath, Place, Segment, TextBlock};
use crate::read::{Claim, Item, Limits, Out, Reader};

/// One way to fail, after one segment of text.
#[derive(Debug)]
pub struct Fault {
    name: &'static str,
    happen: fn(),
}

/// A panic whose message quotes content.
pub static PANIC: Fault = Fault {
    name: "fault-panic",
    happen: || panic!("quoted content"),
};
/// The end of the process.
pub static ABORT: Fault = Fault {
    name: "fault-abort",
    happen: || std::process::abort(),
};
/// No progress, asleep.
pub static HANG: Fault = Fault {
    name: "fault-hang",
    happen: || std::thread::sleep(Duration::from_secs(600)),
};
/// More memory than there is.
pub static GROW: Fault = Fault {
    name: "fault-grow",
    happen: grow,
};
/// A stack without end.
pub static RECURSE: Fault = Fault {
    name: "fault-recurse",
    happen: || {
        std::hint::black_box(recurse(0));
    },
};

pub(super) static READERS: &[&dyn Reader] = &[&PANIC, &ABORT, &HANG, &GROW, &RECURSE];

fn grow() {
    let mut kept = Vec::new();
    loop {
        kept.push(std::hint::black_box(vec![1_u8; 16 << 20]));
    }
}

fn recurse(depth: u64) -> [u64; 512] {
    let mut frame = [depth; 512];
    if std::hint::black_box(depth) < u64::MAX {
        frame = recurse(depth + 1).map(|n| n.wrapping_add(frame[0]));
    }
    std::hint::black_box(frame)
}

impl Reader for Fault {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> u32 {
        0
    }

    fn claims(&self, _: &[u8], _: &ItemPath) -> Claim {
        Claim::No
    }

    fn isolated(&self) -> bool {
        true
    }

    fn read(&self, _: &mut Item<'_>, _: &Limits, out: &mut dyn Out) -> Coverage {
        let text = b"read before the fault";
        let place = Some(Place::default());
        out.segment(Segment::Text(TextBlock {
            text,
            core: 0..text.len(),
            origin: None,
            place,
        }));
        (self.happen)();
        Coverage::scanned(0)
    }
}

//! Why the places of one item are reported or not.

use std::io::{self, Read};
use std::sync::Arc;

use super::pipeline::Pipeline;
use super::place::{self, LineCarry, Lines};
use crate::detect::{Candidate, Engine, Scratch};
use crate::mask;
use crate::model::{Coverage, ItemPath, Location, Segment, Sensitive};
use crate::read::{Flow, Out};

/// A place where a pattern matched, and what became of it.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Where it is.
    pub location: Location,
    /// The value, masked as its detector asks.
    pub preview: String,
    /// The value.
    pub value: Sensitive,
    /// What became of it.
    pub candidate: Candidate,
}

struct Explaining<'s> {
    engine: &'s Engine,
    scratch: Scratch,
    lines: LineCarry,
    on: &'s mut dyn FnMut(Explained),
}

impl Out for Explaining<'_> {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        let text = match &segment {
            Segment::Text(block) => block.text,
            Segment::Cells(batch) => batch.text,
        };
        let line_text = place::line_text(&segment);
        let mut lines = Lines::new(line_text.unwrap_or_default());
        for candidate in self.engine.explain(&segment, &mut self.scratch) {
            let lines = line_text.map(|_| &mut lines);
            let mut location = place::locate(&segment, &candidate.span, candidate.cell, lines);
            self.lines.place(&mut location);
            let value = &text[candidate.span.clone()];
            (self.on)(Explained {
                location,
                preview: mask::preview(value, self.engine.info(candidate.detector).mask),
                value: Sensitive::new(value),
                candidate,
            });
        }
        let of_segment = line_text.map(LineCarry::of).unwrap_or_default();
        self.lines = self.lines.then(of_segment);
        Flow::Continue
    }
}

impl Pipeline {
    /// Calls `on` with each place of a stream where a pattern matched, in order of
    /// place within each part that is read at once.
    pub(super) fn explain(
        &self,
        path: ItemPath,
        stream: &mut dyn Read,
        on: &mut dyn FnMut(Explained),
    ) -> io::Result<Coverage> {
        let mut out = Explaining {
            engine: &self.engine,
            scratch: Scratch::default(),
            lines: LineCarry::default(),
            on,
        };
        self.read_stream(&Arc::new(path), stream, &mut out)
    }
}

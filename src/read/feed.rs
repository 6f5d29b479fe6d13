//! What the readers of structured text share: values are collected into
//! batches, and the item's text is handed out from front to back, every byte
//! once, as text or as the raw text behind a batch.

use std::ops::Range;

use super::stream::TextStream;
use super::{Flow, OVERLAP, Out, text};
use crate::model::{
    CELL_SEPARATOR, Cell, CellBatch, CellType, Coverage, Escape, RawText, Reason, Segment, Status,
    Table, TextBlock,
};

/// Raw text behind a batch of cells; a batch ends with the record that fills it.
pub(crate) const BATCH: usize = 512 * 1024;

/// A record or value that is longer than this is no longer parsed.
pub(crate) const LONGEST: usize = 16 * 1024 * 1024;

/// Values of up to so many bytes are copied with others behind them.
const SHORT: usize = 32;

/// Fields that a table may have.
pub(crate) const MOST_FIELDS: usize = 16_384;

// `Cell::field` has to hold them.
const _: () = assert!(MOST_FIELDS <= 1 << 16);

/// Values of records, collected until there are enough for a batch. Buffers
/// are kept from one batch to the next.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    text: Vec<u8>,
    cells: Vec<Cell>,
    escape: Option<Escape>,
    /// A value that is put together.
    value: Vec<u8>,
}

/// A place in a batch to go back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    text: usize,
    cells: usize,
    escape: Option<Escape>,
}

impl Batch {
    /// True when nothing was collected.
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Where the batch stands.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            text: self.text.len(),
            cells: self.cells.len(),
            escape: self.escape,
        }
    }

    /// Forgets what was collected since `mark`.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.text.truncate(mark.text);
        self.cells.truncate(mark.cells);
        self.escape = mark.escape;
    }

    /// Adds a value that is written byte for byte at `raw` in the text.
    #[inline]
    pub(crate) fn plain(&mut self, text: &[u8], raw: Range<usize>, field: u32, row: u64) {
        self.copy(text, raw, (field, row), CellType::Text);
    }

    /// Adds a number that is written at `raw` in the text.
    #[inline]
    pub(crate) fn number(&mut self, text: &[u8], raw: Range<usize>, field: u32, row: u64) {
        self.copy(text, raw, (field, row), CellType::Number);
    }

    #[inline]
    fn copy(&mut self, text: &[u8], raw: Range<usize>, place: (u32, u64), typed: CellType) {
        if raw.is_empty() {
            return;
        }
        let start = self.text.len();
        // Copies of a known length are quicker than exact ones: most values
        // are short.
        match text[raw.start..].first_chunk::<SHORT>() {
            Some(chunk) if raw.len() <= SHORT => {
                self.text.extend_from_slice(chunk);
                self.text.truncate(start + raw.len());
            }
            _ => self.text.extend_from_slice(&text[raw.clone()]),
        }
        self.close(start, raw.start, place, typed, false);
    }

    /// Adds a value that is written with escapes at `raw` in the text; `decode`
    /// appends what it stands for. All values of a batch share one escape: one
    /// that needs another is added as it is written.
    #[inline]
    pub(crate) fn escaped(
        &mut self,
        text: &[u8],
        raw: Range<usize>,
        place: (u32, u64),
        escape: Escape,
        decode: impl FnOnce(&[u8], &mut Vec<u8>),
    ) {
        if self.escape.is_some_and(|known| known != escape) {
            return self.plain(text, raw, place.0, place.1);
        }
        if raw.is_empty() {
            return;
        }
        self.escape = Some(escape);
        let start = self.text.len();
        decode(&text[raw.clone()], &mut self.text);
        let decoded = self.text.get_mut(start..).unwrap_or_default();
        blank_separators(decoded);
        // Escapes only ever lengthen a value: as many bytes are the same bytes,
        // also when they hold what would be an escape within quotes.
        let escaped = decoded.len() != raw.len();
        self.close(start, raw.start, place, CellType::Text, escaped);
    }

    /// Adds values where they stand: the text from `from` on is copied as it
    /// is, and what separates values is blanked out in the copy.
    pub(crate) fn stretch(&mut self, from: usize) -> Stretch<'_> {
        Stretch {
            moved: self.text.len().wrapping_sub(from),
            kept: self.mark(),
            batch: self,
        }
    }

    /// The text before the values, so many bytes of it, was handed out.
    pub(crate) fn moved(&mut self, count: usize) {
        for cell in &mut self.cells {
            cell.raw -= count as u32;
        }
    }

    #[inline]
    fn close(
        &mut self,
        start: usize,
        raw: usize,
        (field, row): (u32, u64),
        typed: CellType,
        escaped: bool,
    ) {
        let end = self.text.len();
        self.text.push(CELL_SEPARATOR);
        self.cells.push(Cell {
            span: start as u32..end as u32,
            raw: raw as u32,
            field: field as u16,
            typed,
            escaped,
            row,
        });
    }

    /// Puts a space for separators in values that stand like that in the text
    /// `written`, from which the batch was parsed.
    fn seal(&mut self, written: &[u8]) {
        if memchr::memchr(CELL_SEPARATOR, written).is_none() {
            return;
        }
        for cell in &self.cells {
            blank_separators(&mut self.text[cell.span.start as usize..cell.span.end as usize]);
        }
    }

    fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.escape = None;
    }
}

#[cfg(test)]
impl Batch {
    /// Field, row, place in the text, whether escaped, and value of all cells.
    pub(crate) fn values(&self) -> Vec<(u16, u64, u32, bool, &[u8])> {
        let value = |cell: &Cell| cell.span.start as usize..cell.span.end as usize;
        self.cells
            .iter()
            .map(|c| (c.field, c.row, c.raw, c.escaped, &self.text[value(c)]))
            .collect()
    }
}

/// Values of a batch that lie in it as they do in the text, so that most need
/// no copying of their own. Places are those of the text.
pub(crate) struct Stretch<'b> {
    batch: &'b mut Batch,
    /// Added to a place, wrapping, to get the one in the batch.
    moved: usize,
    /// The end of the last whole record.
    kept: Mark,
}

impl Stretch<'_> {
    /// Appends the next of the text. Values are added behind this.
    #[inline]
    pub(crate) fn show(&mut self, text: &[u8]) {
        self.batch.text.extend_from_slice(text);
    }

    /// Says that the byte at `at` belongs to no value.
    #[inline]
    pub(crate) fn blank(&mut self, at: usize) {
        let at = at.wrapping_add(self.moved);
        self.batch.text[at] = CELL_SEPARATOR;
    }

    /// Adds a value that is written byte for byte at `raw`.
    #[inline]
    pub(crate) fn plain(&mut self, raw: Range<usize>, field: u32, row: u64) {
        if !raw.is_empty() {
            self.add(raw.clone(), raw.start, field, row, false);
        }
    }

    /// Adds a value that is written with escapes at `raw`, as [`Batch::escaped`]
    /// does; what is left of its place is blanked out.
    pub(crate) fn escaped(
        &mut self,
        text: &[u8],
        raw: Range<usize>,
        (field, row): (u32, u64),
        escape: Escape,
        decode: impl FnOnce(&[u8], &mut Vec<u8>),
    ) {
        if self.batch.escape.is_some_and(|known| known != escape) || raw.is_empty() {
            return self.plain(raw, field, row);
        }
        self.batch.escape = Some(escape);
        let mut value = std::mem::take(&mut self.batch.value);
        value.clear();
        decode(&text[raw.clone()], &mut value);
        blank_separators(&mut value);
        let start = raw.start.wrapping_add(self.moved);
        let (place, left) = self.batch.text[start..start + raw.len()].split_at_mut(value.len());
        place.copy_from_slice(&value);
        left.fill(CELL_SEPARATOR);
        let end = raw.start + value.len();
        self.add(raw.start..end, raw.start, field, row, end < raw.end);
        self.batch.value = value;
    }

    #[inline]
    fn add(&mut self, value: Range<usize>, raw: usize, field: u32, row: u64, escaped: bool) {
        let start = value.start.wrapping_add(self.moved) as u32;
        let end = value.end.wrapping_add(self.moved) as u32;
        self.batch.cells.push(Cell {
            span: start..end,
            raw: raw as u32,
            field: field as u16,
            typed: CellType::Text,
            escaped,
            row,
        });
    }

    /// A record is whole; the next one starts at `at`.
    #[inline]
    pub(crate) fn keep(&mut self, at: usize) {
        self.kept = Mark {
            text: at.wrapping_add(self.moved),
            cells: self.batch.cells.len(),
            escape: self.batch.escape,
        };
    }

    /// Forgets what came behind the last whole record.
    pub(crate) fn finish(self) {
        self.batch.back_to(self.kept);
    }
}

/// Puts a space for separators that occur in a value.
fn blank_separators(value: &mut [u8]) {
    for byte in value {
        if *byte == CELL_SEPARATOR {
            *byte = b' ';
        }
    }
}

/// Hands out the text of an item from front to back.
pub(crate) struct Feed<'f, 'i> {
    pub(crate) stream: TextStream<'i>,
    out: &'f mut dyn Out,
    /// Lines that were handed out.
    lines: u64,
    /// The first thing that went wrong.
    trouble: Option<(Reason, String)>,
    stopped: bool,
}

impl<'f, 'i> Feed<'f, 'i> {
    pub(crate) fn new(stream: TextStream<'i>, out: &'f mut dyn Out) -> Self {
        Feed {
            stream,
            out,
            lines: 0,
            trouble: None,
            stopped: false,
        }
    }

    /// Reads on until the window holds `count` bytes or the item ends.
    pub(crate) fn hold(&mut self, count: usize) {
        while self.stream.window().len() < count && self.stream.more() {}
    }

    /// The line, from 1, of a place in the window.
    pub(crate) fn line(&self, at: usize) -> u64 {
        let window = self.stream.window();
        let before = &window[..at.min(window.len())];
        self.lines + 1 + memchr::memchr_iter(b'\n', before).count() as u64
    }

    /// Keeps what went wrong for the ledger; the first report wins.
    pub(crate) fn report(&mut self, reason: Reason, detail: impl FnOnce() -> String) {
        if self.trouble.is_none() {
            self.trouble = Some((reason, detail()));
        }
    }

    /// Hands out the first `count` bytes of the window as text. They end where
    /// nothing goes on, or `open` says that what follows must be shown too.
    pub(crate) fn text(&mut self, count: usize, open: bool) -> Flow {
        let window = self.stream.window();
        let shown = if open {
            window.len().min(count + OVERLAP)
        } else {
            count
        };
        let block = TextBlock {
            text: &window[..shown],
            core: 0..count,
            origin: Some(self.stream.origin()),
            place: None,
        };
        if count > 0 && !self.stopped {
            self.stopped = self.out.segment(Segment::Text(block)) == Flow::Stop;
        }
        self.taken(count)
    }

    /// Hands out the batch, which was parsed from the first `count` bytes of
    /// the window.
    pub(crate) fn cells(&mut self, batch: &mut Batch, table: &Table, count: usize) -> Flow {
        if batch.is_empty() {
            return self.text(count, false);
        }
        batch.seal(&self.stream.window()[..count]);
        if !self.stopped {
            let raw = RawText {
                bytes: &self.stream.window()[..count],
                origin: self.stream.origin(),
                escape: batch.escape.unwrap_or(Escape::None),
            };
            let cells = CellBatch {
                text: &batch.text,
                cells: &batch.cells,
                table,
                raw: Some(raw),
            };
            self.stopped = self.out.segment(Segment::Cells(cells)) == Flow::Stop;
        }
        batch.clear();
        self.taken(count)
    }

    fn taken(&mut self, count: usize) -> Flow {
        self.lines += memchr::memchr_iter(b'\n', &self.stream.window()[..count]).count() as u64;
        self.stream.take(count);
        if self.stopped {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }

    /// True when the consumer has had enough.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Hands out all that is left as text.
    pub(crate) fn rest(&mut self) {
        if !self.stopped && text::read_rest(&mut self.stream, self.out) == Flow::Stop {
            self.stopped = true;
        }
    }

    /// What became of the item.
    pub(crate) fn coverage(self) -> Coverage {
        let coverage = self.stream.coverage();
        match self.trouble {
            // A failing device explains whatever the parser met.
            Some((reason, detail)) if coverage.status == Status::Scanned => {
                Coverage::partial(coverage.bytes, reason, detail)
            }
            _ => coverage,
        }
    }
}

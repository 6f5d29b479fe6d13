//! SQL dumps: rows of `INSERT` and `COPY` become cells with the names of their
//! table and columns; everything else in the script is text.
//!
//! A dump is read statement by statement. What is not understood costs
//! structure, never content: a statement that does not parse is text up to its
//! semicolon, and bytes between values lie in the raw text of a batch.

mod copy;
mod insert;
mod lex;
mod tables;

use self::lex::{Look, Skip};
use self::tables::Tables;
use super::charset::{self, Charset};
use super::feed::{BATCH, Batch, Feed, LONGEST};
use super::stream::TextStream;
use super::{Claim, Flow, Item, Limits, Out, Reader};
use crate::model::{Coverage, ItemPath, Reason};

/// Reads SQL scripts and dumps of PostgreSQL, MySQL, SQLite and SQL Server.
pub(crate) struct Sql;

impl Reader for Sql {
    fn name(&self) -> &'static str {
        "sql"
    }

    fn version(&self) -> u32 {
        1
    }

    fn claims(&self, head: &[u8], path: &ItemPath) -> Claim {
        /// First lines that dump programs write.
        const SIGNATURES: &[&[u8]] = &[
            b"-- PostgreSQL database dump",
            b"-- MySQL dump",
            b"-- MariaDB dump",
            b"-- phpMyAdmin SQL Dump",
            b"/*M!999999\\- enable the sandbox mode */",
            b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;",
        ];
        // At the start of a line: programs that read dumps quote them.
        let start = &head[..head.len().min(256)];
        let signed = |line: &[u8]| {
            let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
            SIGNATURES.iter().any(|mark| line.starts_with(mark))
        };
        let mut starts = memchr::memchr2_iter(b'\n', b'\r', start).map(|at| at + 1);
        if signed(start) || starts.any(|at| signed(&start[at..])) {
            return Claim::ByContent;
        }
        let holds = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
        let named = match path.extension().as_str() {
            "sql" | "psql" | "mysql" | "pgsql" | "ddl" => true,
            // Dumps of memory and of other things have these names as well.
            "dump" | "dmp" => holds(b"INSERT INTO ") || holds(b"CREATE TABLE "),
            _ => false,
        };
        if named && !matches!(charset::of(head, false), Charset::Binary { .. }) {
            Claim::ByName
        } else {
            Claim::No
        }
    }

    fn read(&self, item: &mut Item<'_>, limits: &Limits, out: &mut dyn Out) -> Coverage {
        let (head, complete) = (item.head, item.complete);
        let Some(stream) = TextStream::open(item, limits) else {
            return super::binary(head, complete);
        };
        let mut feed = Feed::new(stream, out);
        feed.hold(SAMPLE);
        let dialect = Dialect::of(feed.stream.window());
        Dump {
            feed,
            dialect,
            tables: Tables::default(),
            batch: Batch::default(),
            at: 0,
            held: Held::Text,
        }
        .read()
    }
}

/// Text that the dialect is judged on.
const SAMPLE: usize = 64 * 1024;
/// Longest statement before the rows that is read for its names.
const LONGEST_HEADER: usize = 1024 * 1024;

/// In what dialects differ as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dialect {
    /// MySQL: a backslash escapes, a double quote delimits strings, `#` comments.
    backslash: bool,
}

impl Dialect {
    fn of(sample: &[u8]) -> Dialect {
        let has = |mark: &[u8]| memchr::memmem::find(sample, mark).is_some();
        let mysql = [
            &b"MySQL dump"[..],
            b"MariaDB dump",
            b"phpMyAdmin",
            b"ENGINE=",
            b"INSERT INTO `",
            b"/*!40",
        ];
        Dialect {
            backslash: mysql.iter().any(|mark| has(mark)),
        }
    }
}

/// Where values go: a table and, when the statement lists them, its columns.
#[derive(Debug)]
struct Target {
    table: usize,
    columns: Option<Vec<u32>>,
}

/// What the text between the front of the window and `Dump::at` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Text,
    /// Rows of one table and what stands between them.
    Rows(usize),
}

/// What comes next.
#[derive(Debug)]
enum State {
    Statement,
    Skip(Skip),
    Insert(Target),
    Copy(Target),
    /// Rows of a COPY in another format.
    CopyText,
}

/// How a step ended.
enum Step {
    /// Something was parsed; more of the same may follow.
    Same,
    Next(State),
    /// The window ends too early.
    More,
    /// The item ends, or cannot be parsed further; the rest is text.
    End,
}

struct Dump<'f, 'i> {
    feed: Feed<'f, 'i>,
    dialect: Dialect,
    tables: Tables,
    batch: Batch,
    /// Parsed and not handed out: the window up to here.
    at: usize,
    held: Held,
}

impl Dump<'_, '_> {
    fn read(mut self) -> Coverage {
        let mut state = State::Statement;
        self.feed.hold(BATCH);
        while !self.feed.stopped() {
            // A long statement is handed out in pieces that show what follows.
            let open = matches!(state, State::Skip(_));
            if self.at >= BATCH && self.hand_out(open) == Flow::Stop {
                break;
            }
            match self.step(&mut state) {
                Step::Same => {}
                Step::Next(next) => state = next,
                Step::More => {
                    if !open && self.hand_out(false) == Flow::Stop || !self.lengthen(&state) {
                        break;
                    }
                }
                Step::End => break,
            }
        }
        self.hand_out(false);
        self.feed.rest();
        self.feed.coverage()
    }

    /// Makes the window longer; false when it cannot or may not be.
    fn lengthen(&mut self, state: &State) -> bool {
        let held = self.feed.stream.window().len();
        if held > LONGEST + BATCH {
            let line = self.feed.line(0);
            self.feed.report(Reason::LimitBytes, || {
                format!("a row at line {line} is longer than 16 MiB; text from there")
            });
            return false;
        }
        self.feed.hold((held * 2).max(BATCH));
        let longer = self.feed.stream.window().len() > held;
        if !longer && !matches!(state, State::Statement | State::Skip(_)) {
            let line = self.feed.line(0);
            self.feed.report(Reason::Truncated, || {
                format!("ends inside the rows at line {line}")
            });
        }
        longer
    }

    fn step(&mut self, state: &mut State) -> Step {
        match state {
            State::Statement => self.statement(),
            State::Skip(skip) => {
                self.hold_text();
                let rest = &self.feed.stream.window()[self.at..];
                let most = rest.len().min(BATCH);
                let last = self.feed.stream.at_end() && most == rest.len();
                let (length, ended) = skip.run(&rest[..most], last, self.dialect);
                let exhausted = most == rest.len();
                self.at += length;
                match ended {
                    true => Step::Next(State::Statement),
                    false if last => Step::End,
                    false if exhausted => Step::More,
                    false => Step::Same,
                }
            }
            State::Insert(target) => self.insert_row(target),
            State::Copy(target) => self.copy_row(target),
            State::CopyText => {
                self.hold_text();
                let rest = &self.feed.stream.window()[self.at..];
                let Some(end) = memchr::memchr(b'\n', rest) else {
                    return self.unless_last(Step::More);
                };
                let ends = copy::is_end(&rest[..end]);
                self.at += end + 1;
                if ends {
                    Step::Next(State::Statement)
                } else {
                    Step::Same
                }
            }
        }
    }

    /// `step`, or the end when the window is the last.
    fn unless_last(&self, step: Step) -> Step {
        if self.feed.stream.at_end() {
            Step::End
        } else {
            step
        }
    }

    /// At the begin of a statement: decides what it is.
    fn statement(&mut self) -> Step {
        let window = self.feed.stream.window();
        let last = self.feed.stream.at_end();
        let neutral = |b: &&u8| b.is_ascii_whitespace() || **b == b';';
        self.at += window[self.at..].iter().take_while(neutral).count();
        let rest = &window[self.at..];
        if rest.is_empty() {
            return self.unless_last(Step::More);
        }
        if rest.len() < 64 && !last {
            return Step::More;
        }
        if rest[0] == b'\\' {
            // A command to psql: it ends with its line.
            self.hold_text();
            let rest = &self.feed.stream.window()[self.at..];
            return match memchr::memchr(b'\n', rest) {
                Some(end) => {
                    self.at += end + 1;
                    Step::Next(State::Statement)
                }
                None => Step::Next(State::Skip(Skip::default())),
            };
        }
        if let Some(end) = lex::comment(window, self.at) {
            self.hold_text_to(end);
            return Step::Next(State::Statement);
        }
        let word = lex::word(rest, 0);
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        if is("GO") {
            // The batch separator of SQL Server's tools.
            self.at += word.len();
            return Step::Next(State::Statement);
        }
        let long = rest.len() > LONGEST_HEADER || last;
        let skip = Step::Next(State::Skip(Skip::default()));
        if is("INSERT") || is("REPLACE") {
            match insert::header(window, self.at) {
                Look::Got(header) => {
                    self.dialect.backslash |= header.backquoted;
                    return self
                        .rows(&header.table, header.columns, header.end, State::Insert)
                        .unwrap_or(skip);
                }
                Look::More if !long => return Step::More,
                _ => {}
            }
        } else if is("COPY") {
            match copy::header(window, self.at) {
                Look::Got(header) if header.plain => {
                    return self
                        .rows(&header.table, header.columns, header.end, State::Copy)
                        .unwrap_or(skip);
                }
                Look::Got(header) => {
                    self.hold_text_to(header.end);
                    return Step::Next(State::CopyText);
                }
                Look::More if !long => return Step::More,
                _ => {}
            }
        } else if is("CREATE") {
            match Skip::default().run(rest, last, self.dialect) {
                (end, true) => {
                    self.tables.declare(&rest[..end]);
                    let end = self.at + end;
                    self.hold_text_to(end);
                    return Step::Next(State::Statement);
                }
                _ if !long => return Step::More,
                _ => {}
            }
        }
        skip
    }

    /// Turns to the rows of a table, which begin at `end`. `None` when there
    /// are more tables or columns than can be kept.
    fn rows(
        &mut self,
        table: &str,
        columns: Option<Vec<String>>,
        end: usize,
        state: fn(Target) -> State,
    ) -> Option<Step> {
        let table = self.tables.find(table)?;
        let columns = match columns {
            Some(names) => Some(self.tables.known(table).columns(&names)?),
            None => None,
        };
        let length = end - self.at;
        if self.held != Held::Rows(table) {
            self.hand_out(false);
            self.held = Held::Rows(table);
        }
        self.at += length;
        Some(Step::Next(state(Target { table, columns })))
    }

    fn insert_row(&mut self, target: &Target) -> Step {
        let window = self.feed.stream.window();
        let mut at = lex::skip_space(window, self.at);
        let separated = window.get(at) == Some(&b',');
        if separated {
            at = lex::skip_space(window, at + 1);
        }
        if lex::word(window, at).eq_ignore_ascii_case(b"ROW") {
            at = lex::skip_space(window, at + 3);
        }
        let first_bytes_missing = at + 2 > window.len() && !self.feed.stream.at_end();
        match window.get(at) {
            _ if first_bytes_missing => Step::More,
            Some(b'(') => {
                let mark = self.batch.mark();
                let known = self.tables.known(target.table);
                match insert::row(window, at, target, known, self.dialect, &mut self.batch) {
                    Look::Got(end) => {
                        self.at = end;
                        Step::Same
                    }
                    look => {
                        self.batch.back_to(mark);
                        if look == Look::More {
                            return Step::More;
                        }
                        let line = self.feed.line(at);
                        self.feed.report(Reason::Malformed, || {
                            format!("a row at line {line} does not parse; read as text")
                        });
                        Step::Next(State::Skip(Skip::default()))
                    }
                }
            }
            None if separated => Step::More,
            // The statement goes on with something else, or ends.
            _ => {
                self.at = at;
                Step::Next(State::Statement)
            }
        }
    }

    fn copy_row(&mut self, target: &Target) -> Step {
        let window = self.feed.stream.window();
        let known = self.tables.known(target.table);
        self.at = copy::rows(window, (self.at, BATCH), target, known, &mut self.batch);
        if self.at >= BATCH {
            return Step::Same;
        }
        let end = match memchr::memchr(b'\n', &window[self.at..]) {
            Some(length) => self.at + length,
            None => return Step::More,
        };
        let line = &window[self.at..end];
        if copy::is_end(line) {
            self.at = end + 1;
            // Values of other statements are escaped otherwise.
            self.hand_out(false);
            return Step::Next(State::Statement);
        }
        let carriage = usize::from(line.last() == Some(&b'\r'));
        let mark = self.batch.mark();
        if !copy::row(
            window,
            (self.at, end - carriage),
            target,
            known,
            &mut self.batch,
        ) {
            self.batch.back_to(mark);
            let line = self.feed.line(self.at);
            self.feed.report(Reason::LimitEntries, || {
                format!("a row at line {line} has too many values; text from there")
            });
            return Step::End;
        }
        self.at = end + 1;
        Step::Same
    }

    /// What follows is text: hands out the rows before it.
    fn hold_text(&mut self) {
        if self.held != Held::Text {
            self.hand_out(false);
            self.held = Held::Text;
        }
    }

    /// The window up to `end` is text from where rows ended.
    fn hold_text_to(&mut self, end: usize) {
        let length = end - self.at;
        self.hold_text();
        self.at += length;
    }

    /// Hands out what was parsed.
    fn hand_out(&mut self, open: bool) -> Flow {
        let at = std::mem::take(&mut self.at);
        match self.held {
            Held::Text => self.feed.text(at, open),
            Held::Rows(table) => self.feed.cells(&mut self.batch, self.tables.get(table), at),
        }
    }
}

#[cfg(test)]
mod tests;

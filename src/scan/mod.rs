//! Runs sources, readers and the engine together.

mod block;
mod collect;
mod explain;
mod options;
mod owned;
mod pipeline;
mod place;
mod shelf;
pub mod worker;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use explain::Explained;
pub use options::Options;
pub use pipeline::{Observer, Roots, ScanError};
pub use worker::Spawn;

use crate::detect::Engine;
use crate::detect::catalog::Catalog;
use crate::model::{Coverage, ItemPath};
use crate::report::Results;
use pipeline::Pipeline;
use worker::Pool;

/// Scans files, trees and bytes.
///
/// Building one is cheap, but not free (about a millisecond with the built-in
/// detectors); use one for many scans. It can be shared between threads.
///
/// ```
/// use dataterrier::scan::Scanner;
///
/// let scanner = Scanner::builder().build();
/// let results = scanner.scan_bytes("note.txt", b"SSN: 536-22-8471");
/// for finding in &results.findings {
///     println!("{}: {}", finding.detector.name, finding.preview);
/// }
/// ```
#[derive(Debug)]
pub struct Scanner(Pipeline);

/// Sets up a [`Scanner`].
#[derive(Debug, Default)]
pub struct ScannerBuilder {
    catalog: Option<Catalog>,
    options: Options,
    spawn: Option<Spawn>,
    most_in_memory: Option<usize>,
    count_costs: bool,
    stop: Arc<AtomicBool>,
}

impl Scanner {
    /// Starts from the built-in detectors and the options of `terrier scan`.
    pub fn builder() -> ScannerBuilder {
        ScannerBuilder::default()
    }

    /// Scans files and, recursively, folders. Fails only when nothing can be
    /// scanned at all; whatever goes wrong with single items is in the ledger
    /// of the results.
    pub fn scan(&self, roots: &Roots, observer: &dyn Observer) -> Result<Results, ScanError> {
        self.0.scan_roots(roots, observer)
    }

    /// Scans one file or folder.
    pub fn scan_path(&self, root: impl Into<PathBuf>) -> Result<Results, ScanError> {
        self.scan(&Roots::Named(vec![root.into()]), &())
    }

    /// Scans a stream; `name` tells its format as a file name would.
    pub fn scan_reader(&self, name: &str, stream: &mut dyn Read) -> Results {
        self.0.scan_stream(ItemPath::new(name), stream)
    }

    /// Scans bytes; `name` tells their format as a file name would.
    pub fn scan_bytes(&self, name: &str, bytes: &[u8]) -> Results {
        self.scan_reader(name, &mut &*bytes)
    }

    /// Reads a stream and calls `on` with each place where a pattern matched and
    /// what became of it; the name of `path` tells the format.
    pub fn explain(
        &self,
        path: &Path,
        stream: &mut dyn Read,
        on: &mut dyn FnMut(Explained),
    ) -> io::Result<Coverage> {
        self.0.explain(ItemPath::new(path), stream, on)
    }

    /// The engine, for programs that bring their own segments.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }
}

impl ScannerBuilder {
    /// Uses these detectors instead of the built-in ones.
    #[must_use]
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// Sets the options.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Where parsers that may crash or grow run. Without this they run in this
    /// process behind a panic fence, which cannot stop one that takes all
    /// memory; programs that scan files of strangers should ship the command
    /// and name it here.
    #[must_use]
    pub fn isolate(mut self, spawn: Spawn) -> Self {
        self.spawn = Some(spawn);
        self
    }

    /// From how many findings on those of further items are kept in a temporary
    /// file until a report asks for them, as [`Results::aside`]. Without this
    /// all are kept in memory.
    #[must_use]
    pub fn set_aside_from(mut self, findings: usize) -> Self {
        self.most_in_memory = Some(findings);
        self
    }

    /// A flag that ends scans early, with partial results, when it is set.
    #[must_use]
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = stop;
        self
    }

    /// Counts what each pattern costs, for [`Engine::costs`]; takes time itself.
    #[must_use]
    pub fn count_costs(mut self) -> Self {
        self.count_costs = true;
        self
    }

    /// Builds the scanner.
    pub fn build(self) -> Scanner {
        let threads = match self.options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let mut engine = Engine::new(self.catalog.unwrap_or_else(crate::builtin::catalog));
        if self.count_costs {
            engine.count_costs();
        }
        Scanner(Pipeline {
            engine,
            options: self.options,
            threads,
            most_in_memory: self.most_in_memory.unwrap_or(usize::MAX),
            pool: Pool::new(self.spawn.unwrap_or(Spawn::InProcess), threads),
            stop: self.stop,
        })
    }
}

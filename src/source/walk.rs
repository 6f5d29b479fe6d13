//! Walks file trees: every file, and a reason for everything that is left out.

use std::collections::BTreeSet;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder, WalkParallel};

use crate::model::{Coverage, ItemPath, Printable, Reason};

/// What to walk and what to leave out.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    /// Only files whose path matches one of these globs; empty for all.
    pub include: Vec<String>,
    /// No files or folders whose path matches one of these.
    pub exclude: Vec<String>,
    /// Follow symbolic links.
    pub follow: bool,
    /// Leave out what `.gitignore`, `.ignore` and their like name.
    pub respect_gitignore: bool,
    /// Leave out files and folders whose name starts with a dot.
    pub skip_hidden: bool,
    /// Stay on the file system of the root.
    pub one_file_system: bool,
    /// How many folders deep to go; `None` for all.
    pub max_depth: Option<usize>,
    /// Threads that walk; 0 lets the library choose.
    pub threads: usize,
}

/// One thing that a walk met.
#[derive(Debug)]
pub enum Found {
    /// A file to read.
    File(PathBuf),
    /// Something that is not read, and why.
    Left(PathBuf, Coverage),
}

/// A walk that is set up but not yet started.
pub struct Walk {
    walker: WalkParallel,
    include: Option<Arc<Globs>>,
    left: Arc<Mutex<Vec<(PathBuf, Coverage)>>>,
}

/// Folders in which version control keeps its own data.
const VERSION_CONTROL: &[&str] = &[
    ".git", ".hg", ".svn", ".bzr", ".jj", "_darcs", ".pijul", "CVS",
];

impl Walk {
    /// Sets up a walk over `roots`, of which there is at least one.
    pub fn new(roots: &[PathBuf], options: &WalkOptions) -> Result<Walk, globset::Error> {
        let include = globs(&options.include)?.map(Arc::new);
        let exclude = globs(&options.exclude)?;
        let left = Arc::new(Mutex::new(Vec::new()));
        let mut unique = BTreeSet::new();
        let mut roots = roots.iter().filter(|root| unique.insert(root.as_path()));
        let first = roots.next().map_or(Path::new("."), |root| root.as_path());
        let mut builder = WalkBuilder::new(first);
        roots.for_each(|root| {
            builder.add(root);
        });
        let noted = left.clone();
        builder
            .standard_filters(options.respect_gitignore)
            .hidden(options.skip_hidden)
            .follow_links(options.follow)
            .same_file_system(options.one_file_system)
            .max_depth(options.max_depth)
            .threads(options.threads)
            .filter_entry(move |entry| match left_out(entry, exclude.as_ref()) {
                Some(why) => {
                    let coverage = Coverage::skipped(Reason::Excluded, why);
                    noted
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((entry.path().to_owned(), coverage));
                    false
                }
                None => true,
            });
        Ok(Walk {
            walker: builder.build_parallel(),
            include,
            left,
        })
    }

    /// Walks; each of the walker's threads gets a consumer of its own.
    /// Afterwards what the filters left out is handed to `consumer`.
    pub fn run<F>(self, mut consumer: impl FnMut() -> F)
    where
        F: FnMut(Found) -> ignore::WalkState + Send,
    {
        let include = self.include;
        self.walker.run(|| {
            let include = include.clone();
            let mut consume = consumer();
            Box::new(move |entry| match judge(entry, include.as_deref()) {
                Some(found) => consume(found),
                None => ignore::WalkState::Continue,
            })
        });
        let left = std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner));
        let mut consume = consumer();
        for (path, coverage) in left {
            if consume(Found::Left(path, coverage)).is_quit() {
                return;
            }
        }
    }
}

trait IsQuit {
    fn is_quit(&self) -> bool;
}

impl IsQuit for ignore::WalkState {
    fn is_quit(&self) -> bool {
        matches!(self, ignore::WalkState::Quit)
    }
}

/// Globs of the user. What they say of names holds below the roots only: a scan
/// of `/data/build` that leaves out `build` does not leave out everything.
struct Globs {
    /// Matched against the part of a path that lies below its root.
    below: GlobSet,
    /// Matched against the path as reports show it.
    whole: GlobSet,
}

impl Globs {
    fn matches(&self, entry: &DirEntry) -> bool {
        let path = entry.path();
        let path = path.strip_prefix("./").unwrap_or(path);
        self.whole.is_match(path) || self.below.is_match(below_root(entry))
    }
}

/// The part of a path that the walk has added to its root; of a root, its name.
fn below_root(entry: &DirEntry) -> &Path {
    let mut parts = entry.path().components();
    let above = parts.clone().count().saturating_sub(entry.depth().max(1));
    parts.by_ref().take(above).for_each(drop);
    parts.as_path()
}

fn globs(patterns: &[String]) -> Result<Option<Globs>, globset::Error> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let (mut below, mut whole) = (GlobSetBuilder::new(), GlobSetBuilder::new());
    for pattern in patterns {
        let pattern = pattern
            .strip_prefix("./")
            .unwrap_or(pattern)
            .trim_end_matches('/');
        // First on its own, so that an error quotes what the user wrote.
        let glob = Glob::new(pattern)?;
        // As everywhere: a pattern without a slash means a name at any depth.
        below.add(Glob::new(&format!("**/{pattern}"))?);
        below.add(Glob::new(&format!("**/{pattern}/**"))?);
        if pattern.contains('/') {
            whole.add(glob);
            whole.add(Glob::new(&format!("{pattern}/**"))?);
        }
    }
    Ok(Some(Globs {
        below: below.build()?,
        whole: whole.build()?,
    }))
}

/// Why an entry and all below it is left out.
fn left_out(entry: &DirEntry, exclude: Option<&Globs>) -> Option<String> {
    if entry.depth() == 0 {
        return None;
    }
    let is_dir = entry.file_type().is_some_and(|t| t.is_dir());
    if is_dir
        && VERSION_CONTROL
            .iter()
            .any(|name| entry.file_name() == *name)
    {
        return Some("version-control internals".into());
    }
    exclude?.matches(entry).then(|| "matches --exclude".into())
}

fn judge(entry: Result<DirEntry, ignore::Error>, include: Option<&Globs>) -> Option<Found> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(err) => return Some(unreadable(&err)),
    };
    let kind = entry.file_type()?;
    if kind.is_dir() {
        return None;
    }
    if include.is_some_and(|include| !include.matches(&entry)) {
        return Some(Found::Left(
            entry.into_path(),
            Coverage::skipped(Reason::Excluded, "does not match --include"),
        ));
    }
    let path = entry.into_path();
    Some(match special(kind) {
        Some(coverage) => Found::Left(path, coverage),
        None => Found::File(path),
    })
}

/// Why something that is neither file nor folder is not read.
fn special(kind: FileType) -> Option<Coverage> {
    if kind.is_file() {
        return None;
    }
    if kind.is_symlink() {
        return Some(Coverage::skipped(
            Reason::Symlink,
            "use --follow to follow it",
        ));
    }
    #[cfg(unix)]
    let what = {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            "a named pipe"
        } else if kind.is_socket() {
            "a socket"
        } else {
            "a device"
        }
    };
    #[cfg(not(unix))]
    let what = "not a regular file";
    Some(Coverage::skipped(Reason::SpecialFile, what))
}

fn unreadable(err: &ignore::Error) -> Found {
    let path = path_of(err).unwrap_or_default();
    if let Some(ancestor) = leads_back_to(err) {
        // Nothing is missed: the walk comes to it by another way.
        let why = format!("leads back to {}", ItemPath::new(ancestor));
        return Found::Left(path, Coverage::skipped(Reason::Symlink, why));
    }
    let reason = match err.io_error().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::PermissionDenied) => Reason::PermissionDenied,
        Some(std::io::ErrorKind::NotFound) => Reason::Vanished,
        _ => Reason::Io,
    };
    // Only the message of the system is free of names, which may be hostile.
    let detail = match err.io_error() {
        Some(io) => io.to_string(),
        None => Printable(&err.to_string()).to_string(),
    };
    Found::Left(path, Coverage::failed(reason, detail))
}

/// The folder that a link leads back to, when that is what is wrong.
fn leads_back_to(err: &ignore::Error) -> Option<&Path> {
    match err {
        ignore::Error::Loop { ancestor, .. } => Some(ancestor),
        ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } => {
            leads_back_to(err)
        }
        _ => None,
    }
}

fn path_of(err: &ignore::Error) -> Option<PathBuf> {
    match err {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        _ => None,
    }
}

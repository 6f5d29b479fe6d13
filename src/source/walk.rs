//! Walks file trees: every file, and a reason for everything that is left out.

use std::fs::{File, FileType};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::filtered::Filtered;
use super::globs::Globs;
#[cfg(unix)]
use super::tree::{Place, Tree};
use crate::model::{Coverage, Reason};

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
}

/// One thing that a walk met. Paths are as reports show them: as the user
/// named the root, without `./`.
#[derive(Debug)]
pub enum Found<'w> {
    /// A file to read.
    File(Entry<'w>),
    /// Something that is not read, and why.
    Left(PathBuf, Coverage),
}

/// A file that a walk met.
#[derive(Debug)]
pub struct Entry<'w> {
    pub(super) path: PathBuf,
    /// Where the system finds it without going all the way again.
    #[cfg(unix)]
    pub(super) place: Option<Place<'w>>,
    #[cfg(not(unix))]
    pub(super) place: std::marker::PhantomData<&'w ()>,
}

impl Entry<'_> {
    /// A file of which no more than the path is known.
    pub(super) fn new(path: PathBuf) -> Self {
        Entry {
            path,
            place: Default::default(),
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its path, for keeping.
    pub fn into_path(self) -> PathBuf {
        self.path
    }

    /// Opens it for reading.
    ///
    /// # Errors
    /// Those of the system.
    pub fn open(&self) -> io::Result<File> {
        #[cfg(unix)]
        if let Some(place) = &self.place {
            return place.open();
        }
        File::open(&self.path)
    }
}

/// A walk that is set up. Threads that are to share it each [`run`](Walk::run) it.
pub struct Walk(Listing);

enum Listing {
    #[cfg(unix)]
    Tree(Tree),
    Filtered(Filtered),
}

/// What the user wants left out by name.
#[derive(Debug)]
pub(super) struct Wanted {
    include: Option<Globs>,
    exclude: Option<Globs>,
}

/// Folders in which version control keeps its own data.
const VERSION_CONTROL: &[&str] = &[
    ".git", ".hg", ".svn", ".bzr", ".jj", "_darcs", ".pijul", "CVS",
];

impl Walk {
    /// Sets up a walk over `roots`.
    ///
    /// # Errors
    /// A glob that does not parse.
    pub fn new(roots: &[PathBuf], options: &WalkOptions) -> Result<Walk, globset::Error> {
        let wanted = Wanted::new(&options.include, &options.exclude)?;
        #[cfg(unix)]
        if !(options.follow
            || options.respect_gitignore
            || options.skip_hidden
            || options.one_file_system)
        {
            let tree = Tree::new(roots, options.max_depth, wanted);
            return Ok(Walk(Listing::Tree(tree)));
        }
        Ok(Walk(Listing::Filtered(Filtered::new(
            roots, options, wanted,
        ))))
    }

    /// Takes part in the walk until all of it is done, by any thread, or
    /// `consume` breaks it off for all. Every thing that is met goes to one of
    /// the threads.
    pub fn run(&self, mut consume: impl FnMut(Found<'_>) -> ControlFlow<()>) {
        match &self.0 {
            #[cfg(unix)]
            Listing::Tree(tree) => tree.run(&mut consume),
            Listing::Filtered(filtered) => filtered.run(&mut consume),
        }
    }
}

impl Wanted {
    pub(super) fn new(include: &[String], exclude: &[String]) -> Result<Wanted, globset::Error> {
        Ok(Wanted {
            include: Globs::new(include)?,
            exclude: Globs::new(exclude)?,
        })
    }

    /// Why a file or folder and all below it is left out.
    pub(super) fn left_out(&self, path: &Path, depth: usize, folder: bool) -> Option<Coverage> {
        if depth == 0 {
            return None;
        }
        let why = if folder && path.file_name().is_some_and(is_version_control) {
            "version-control internals"
        } else if self.exclude.as_ref()?.matches(path, depth) {
            "matches --exclude"
        } else {
            return None;
        };
        Some(Coverage::skipped(Reason::Excluded, why))
    }

    /// Why something that is no folder is not read.
    pub(super) fn unread(&self, path: &Path, depth: usize, kind: Kind) -> Option<Coverage> {
        match &self.include {
            Some(include) if !include.matches(path, depth) => Some(Coverage::skipped(
                Reason::Excluded,
                "does not match --include",
            )),
            _ => kind.unread(),
        }
    }
}

fn is_version_control(name: &std::ffi::OsStr) -> bool {
    VERSION_CONTROL.iter().any(|own| name == *own)
}

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Symlink,
    Special(&'static str),
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Kind {
        if kind.is_file() {
            return Kind::File;
        } else if kind.is_dir() {
            return Kind::Folder;
        } else if kind.is_symlink() {
            return Kind::Symlink;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt;
            if kind.is_fifo() {
                return Kind::PIPE;
            } else if kind.is_socket() {
                return Kind::SOCKET;
            }
            Kind::DEVICE
        }
        #[cfg(not(unix))]
        Kind::Special("not a regular file")
    }
}

impl Kind {
    #[cfg(unix)]
    pub(super) const PIPE: Kind = Kind::Special("a named pipe");
    #[cfg(unix)]
    pub(super) const SOCKET: Kind = Kind::Special("a socket");
    #[cfg(unix)]
    pub(super) const DEVICE: Kind = Kind::Special("a device");

    /// Why something that is neither file nor folder is not read.
    fn unread(self) -> Option<Coverage> {
        match self {
            Kind::File | Kind::Folder => None,
            Kind::Symlink => Some(Coverage::skipped(
                Reason::Symlink,
                "use --follow to follow it",
            )),
            Kind::Special(what) => Some(Coverage::skipped(Reason::SpecialFile, what)),
        }
    }
}

/// The ledger's word on something that could not be looked at.
pub(super) fn unreadable(error: &io::Error) -> Coverage {
    let reason = match error.kind() {
        io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
        io::ErrorKind::NotFound => Reason::Vanished,
        _ => Reason::Io,
    };
    Coverage::failed(reason, error.to_string())
}

/// The path as reports show it.
pub(super) fn shown(path: &Path) -> &Path {
    path.strip_prefix("./").unwrap_or(path)
}

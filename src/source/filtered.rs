//! Walks that look into ignore files, follow links or stay on one file system.

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder};

use super::walk::{Entry, Found, Kind, WalkOptions, Wanted, shown, unreadable};
use crate::model::{Coverage, ItemPath, Printable, Reason};

/// Entries that a thread takes at a time.
const BATCH: usize = 16;

/// A walk by the rules of `ignore`, whose entries the threads take by turns.
pub(super) struct Filtered {
    walk: Mutex<ignore::Walk>,
    wanted: Arc<Wanted>,
    /// What the filters left out and nobody was told yet.
    left: Left,
}

type Left = Arc<Mutex<Vec<(PathBuf, Coverage)>>>;

impl Filtered {
    pub(super) fn new(roots: &[PathBuf], options: &WalkOptions, wanted: Wanted) -> Filtered {
        let (wanted, left) = (Arc::new(wanted), Left::default());
        let mut unique = BTreeSet::new();
        let mut roots = roots.iter().filter(|root| unique.insert(root.as_path()));
        let first = roots.next().map_or(Path::new("."), |root| root.as_path());
        let mut builder = WalkBuilder::new(first);
        roots.for_each(|root| {
            builder.add(root);
        });
        let (judge, noted) = (wanted.clone(), left.clone());
        builder
            .standard_filters(options.respect_gitignore)
            .hidden(options.skip_hidden)
            .follow_links(options.follow)
            .same_file_system(options.one_file_system)
            .max_depth(options.max_depth)
            .filter_entry(move |entry| {
                let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                match judge.left_out(entry.path(), entry.depth(), folder) {
                    Some(coverage) => {
                        let path = shown(entry.path()).to_owned();
                        let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
                        noted.push((path, coverage));
                        false
                    }
                    None => true,
                }
            });
        Filtered {
            walk: Mutex::new(builder.build()),
            wanted,
            left,
        }
    }

    pub(super) fn run(&self, consume: &mut dyn FnMut(Found<'_>) -> ControlFlow<()>) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
            batch.extend(walk.by_ref().take(BATCH));
            drop(walk);
            if batch.is_empty() {
                break;
            }
            let mut found = batch.drain(..).filter_map(|entry| self.judge(entry));
            if found.try_for_each(&mut *consume).is_break() {
                return;
            }
        }
        let left = std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner));
        for (path, coverage) in left {
            if consume(Found::Left(path, coverage)).is_break() {
                return;
            }
        }
    }

    fn judge(&self, entry: Result<DirEntry, ignore::Error>) -> Option<Found<'static>> {
        let entry = match entry {
            Ok(entry) => entry,
            Err(err) => return Some(in_trouble(&err)),
        };
        let mut kind = Kind::from(entry.file_type()?);
        if entry.depth() == 0 && kind == Kind::Symlink {
            // What the user named is meant, also when it is a link.
            kind = match entry.path().metadata() {
                Ok(metadata) => metadata.file_type().into(),
                Err(error) => {
                    let path = shown(entry.path()).to_owned();
                    return Some(Found::Left(path, unreadable(&error)));
                }
            };
        }
        if kind == Kind::Folder {
            return None;
        }
        let unread = self.wanted.unread(entry.path(), entry.depth(), kind);
        let path = shown(entry.path()).to_owned();
        Some(match unread {
            Some(coverage) => Found::Left(path, coverage),
            None => Found::File(Entry::new(path)),
        })
    }
}

fn in_trouble(err: &ignore::Error) -> Found<'static> {
    let path = path_of(err).unwrap_or_default();
    let path = shown(&path).to_owned();
    if let Some(ancestor) = leads_back_to(err) {
        // Nothing is missed: the walk comes to it by another way.
        let why = format!("leads back to {}", ItemPath::new(ancestor));
        return Found::Left(path, Coverage::skipped(Reason::Symlink, why));
    }
    let coverage = match err.io_error().map(innermost) {
        Some(error) => unreadable(error),
        // Only the message of the system is free of names, which may be hostile.
        None => Coverage::failed(Reason::Io, Printable(&err.to_string()).to_string()),
    };
    Found::Left(path, coverage)
}

/// What the system said, without what was put around it.
fn innermost(error: &io::Error) -> &io::Error {
    let around = error.get_ref().and_then(|around| around.source());
    match around.and_then(|inner| inner.downcast_ref::<io::Error>()) {
        Some(inner) => innermost(inner),
        None => error,
    }
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

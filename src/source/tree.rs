//! Walks whole trees, near to what the system offers: a folder is listed once,
//! its files are opened relative to it, and nothing is asked of a file but its
//! content. Many small files cost little more than opening and reading them.

use std::collections::BTreeSet;
use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::ops::{ControlFlow, Range};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use super::walk::{Entry, Found, Kind, Wanted, shown, unreadable};

/// Entries of a folder that are held at a time.
const HELD: usize = 1024;
/// Files that are handed to another thread at a time.
const BATCH: usize = 16;

/// A walk in progress.
pub(super) struct Tree {
    max_depth: usize,
    wanted: Wanted,
    state: Mutex<State>,
    /// Is told when there is a new task, or when there will be none.
    changed: Condvar,
    /// Threads that wait for a task.
    waiting: AtomicUsize,
}

struct State {
    /// What is to be done; the last comes first.
    tasks: Vec<Task>,
    /// Threads that work on one, and may add more.
    working: usize,
    /// True when the consumer has had enough.
    over: bool,
}

enum Task {
    Root(PathBuf),
    /// A folder, and how far it lies below its root.
    Folder(PathBuf, usize),
    Files(Files),
}

/// Files of one folder.
struct Files {
    folder: PathBuf,
    open: OwnedFd,
    /// Names, each with a zero byte behind it.
    names: Vec<u8>,
}

/// A name in a folder that is open.
#[derive(Debug)]
pub(super) struct Place<'w> {
    folder: BorrowedFd<'w>,
    name: &'w CStr,
}

impl Place<'_> {
    pub(super) fn open(&self) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
        let opened = rustix::io::retry_on_intr(|| {
            rustix::fs::openat(self.folder, self.name, flags, Mode::empty())
        })?;
        Ok(opened.into())
    }
}

type Consume<'c> = dyn FnMut(Found<'_>) -> ControlFlow<()> + 'c;

impl Tree {
    pub(super) fn new(roots: &[PathBuf], max_depth: Option<usize>, wanted: Wanted) -> Tree {
        let mut unique = BTreeSet::new();
        let roots = roots.iter().filter(|root| unique.insert(root.as_path()));
        let tasks: Vec<Task> = roots.map(|root| Task::Root(root.clone())).collect();
        Tree {
            max_depth: max_depth.unwrap_or(usize::MAX),
            wanted,
            state: Mutex::new(State {
                tasks: tasks.into_iter().rev().collect(),
                working: 0,
                over: false,
            }),
            changed: Condvar::new(),
            waiting: AtomicUsize::new(0),
        }
    }

    pub(super) fn run(&self, consume: &mut Consume<'_>) {
        let mut listed = Listed::default();
        while let Some(task) = self.next() {
            // A thread that panics must not leave the others waiting for it.
            let working = Working(self);
            let flow = match task {
                Task::Root(root) => self.root(&root, consume),
                Task::Folder(path, depth) => self.folder(&path, depth, &mut listed, consume),
                Task::Files(files) => files.hand_out(consume),
            };
            if flow.is_break() {
                self.state().over = true;
            }
            drop(working);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a task; `None` when no more will come.
    fn next(&self) -> Option<Task> {
        let mut state = self.state();
        loop {
            if state.over {
                return None;
            }
            if let Some(task) = state.tasks.pop() {
                state.working += 1;
                return Some(task);
            }
            if state.working == 0 {
                return None;
            }
            self.waiting.fetch_add(1, Ordering::Relaxed);
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn add(&self, tasks: impl IntoIterator<Item = Task>) {
        let mut state = self.state();
        let before = state.tasks.len();
        state.tasks.extend(tasks);
        let added = state.tasks.len() - before;
        drop(state);
        if added > 0 && self.waiting.load(Ordering::Relaxed) > 0 {
            self.changed.notify_all();
        }
    }

    /// Something that the user named, which is followed when it is a link.
    fn root(&self, root: &Path, consume: &mut Consume<'_>) -> ControlFlow<()> {
        let path = shown(root).to_owned();
        let kind = match std::fs::metadata(root) {
            Ok(metadata) => Kind::from(metadata.file_type()),
            Err(error) => return consume(Found::Left(path, unreadable(&error))),
        };
        if kind != Kind::Folder {
            let unread = self.wanted.unread(root, 0, kind);
            return consume(match unread {
                Some(coverage) => Found::Left(path, coverage),
                None => Found::File(Entry::new(path)),
            });
        }
        self.add((self.max_depth > 0).then_some(Task::Folder(path, 0)));
        ControlFlow::Continue(())
    }

    fn folder(
        &self,
        path: &Path,
        depth: usize,
        listed: &mut Listed,
        consume: &mut Consume<'_>,
    ) -> ControlFlow<()> {
        let mut folder = match open_folder(path) {
            Ok(folder) => folder,
            Err(error) => return consume(Found::Left(path.to_owned(), unreadable(&error))),
        };
        loop {
            let end = listed.fill(&mut folder);
            let open = match folder.fd() {
                Ok(open) => open,
                Err(error) => {
                    return consume(Found::Left(path.to_owned(), unreadable(&error.into())));
                }
            };
            self.sort_out(path, depth + 1, listed, open, consume)?;
            match end {
                Ok(true) => return ControlFlow::Continue(()),
                Ok(false) => {}
                Err(error) => return consume(Found::Left(path.to_owned(), unreadable(&error))),
            }
        }
    }

    /// Files are handed out, folders wait, and of all else is said what it is.
    fn sort_out(
        &self,
        path: &Path,
        depth: usize,
        listed: &Listed,
        open: BorrowedFd<'_>,
        consume: &mut Consume<'_>,
    ) -> ControlFlow<()> {
        let mut folders = Vec::new();
        let mut files = Vec::with_capacity(listed.entries.len());
        for (name, kind) in listed.names() {
            let entry = join(path, name);
            let kind = match kind {
                Some(kind) => kind,
                None => match unlisted_kind(open, name) {
                    Ok(kind) => kind,
                    Err(error) => {
                        consume(Found::Left(entry, unreadable(&error)))?;
                        continue;
                    }
                },
            };
            let folder = kind == Kind::Folder;
            if let Some(coverage) = self.wanted.left_out(&entry, depth, folder) {
                consume(Found::Left(entry, coverage))?;
            } else if folder {
                folders.extend((depth < self.max_depth).then_some(Task::Folder(entry, depth)));
            } else if let Some(coverage) = self.wanted.unread(&entry, depth, kind) {
                consume(Found::Left(entry, coverage))?;
            } else {
                files.push((entry, name));
            }
        }
        // The first is to be taken first, and the last is taken first.
        self.add(folders.into_iter().rev());
        let mut files = files.into_iter();
        while files.len() > 0 {
            let idle = self.waiting.load(Ordering::Relaxed) > 0;
            if idle
                && files.len() > BATCH
                && let Ok(open) = open.try_clone_to_owned()
            {
                let names = files.by_ref().take(BATCH);
                let names = names.flat_map(|(_, name)| name.to_bytes_with_nul());
                self.add([Task::Files(Files {
                    folder: path.to_owned(),
                    open,
                    names: names.copied().collect(),
                })]);
                continue;
            }
            for (path, name) in files.by_ref().take(BATCH) {
                let place = Some(Place { folder: open, name });
                consume(Found::File(Entry { path, place }))?;
            }
        }
        ControlFlow::Continue(())
    }
}

impl Files {
    fn hand_out(&self, consume: &mut Consume<'_>) -> ControlFlow<()> {
        let mut rest = self.names.as_slice();
        while let Ok(name) = CStr::from_bytes_until_nul(rest) {
            rest = &rest[name.count_bytes() + 1..];
            let place = Some(Place {
                folder: std::os::fd::AsFd::as_fd(&self.open),
                name,
            });
            let path = join(&self.folder, name);
            consume(Found::File(Entry { path, place }))?;
        }
        ControlFlow::Continue(())
    }
}

/// A thread at work.
struct Working<'t>(&'t Tree);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.working -= 1;
        if std::thread::panicking() {
            state.over = true;
        }
        let last = state.over || (state.working == 0 && state.tasks.is_empty());
        drop(state);
        if last {
            self.0.changed.notify_all();
        }
    }
}

/// Entries of a folder, by name. Memory is kept from folder to folder.
#[derive(Default)]
struct Listed {
    /// Names, each with a zero byte behind it.
    names: Vec<u8>,
    /// Name and kind, as far as the listing tells it.
    entries: Vec<(Range<usize>, Option<Kind>)>,
}

impl Listed {
    /// Takes the next entries; true when there are no more.
    fn fill(&mut self, folder: &mut Dir) -> io::Result<bool> {
        self.names.clear();
        self.entries.clear();
        let end = loop {
            if self.entries.len() == HELD {
                break Ok(false);
            }
            match folder.read() {
                None => break Ok(true),
                Some(Err(error)) => break Err(error.into()),
                Some(Ok(entry)) => {
                    let name = entry.file_name();
                    if matches!(name.to_bytes(), b"." | b"..") {
                        continue;
                    }
                    let start = self.names.len();
                    self.names.extend_from_slice(name.to_bytes_with_nul());
                    self.entries
                        .push((start..self.names.len(), kind_of(entry.file_type())));
                }
            }
        };
        let names = &self.names;
        self.entries
            .sort_unstable_by(|(a, _), (b, _)| names[a.clone()].cmp(&names[b.clone()]));
        end
    }

    fn names(&self) -> impl Iterator<Item = (&CStr, Option<Kind>)> {
        self.entries.iter().filter_map(|(span, kind)| {
            let name = CStr::from_bytes_with_nul(&self.names[span.clone()]).ok()?;
            Some((name, *kind))
        })
    }
}

fn open_folder(path: &Path) -> io::Result<Dir> {
    // The path of a root `.` is shown as nothing.
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::io::retry_on_intr(|| rustix::fs::open(path, flags, Mode::empty()))?;
    Ok(Dir::new(opened)?)
}

fn join(folder: &Path, name: &CStr) -> PathBuf {
    let (folder, name) = (folder.as_os_str().as_bytes(), name.to_bytes());
    let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
    path.extend_from_slice(folder);
    if !matches!(folder.last(), None | Some(b'/')) {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    PathBuf::from(std::ffi::OsString::from_vec(path))
}

/// `None` for file systems that do not list kinds.
fn kind_of(listed: FileType) -> Option<Kind> {
    match listed {
        FileType::RegularFile => Some(Kind::File),
        FileType::Directory => Some(Kind::Folder),
        FileType::Symlink => Some(Kind::Symlink),
        FileType::Fifo => Some(Kind::PIPE),
        FileType::Socket => Some(Kind::SOCKET),
        FileType::CharacterDevice | FileType::BlockDevice => Some(Kind::DEVICE),
        FileType::Unknown => None,
    }
}

fn unlisted_kind(folder: BorrowedFd<'_>, name: &CStr) -> io::Result<Kind> {
    let stat = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(kind_of(FileType::from_raw_mode(stat.st_mode)).unwrap_or(Kind::DEVICE))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::filtered::Filtered;
    use super::super::walk::WalkOptions;
    use super::*;

    /// A tree with more files in one folder than are held at a time, empty and
    /// deep folders, and things that are no files.
    fn tree() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| fs::write(dir.path().join(name), name).unwrap();
        for folder in ["many", "a/b/c", "empty", ".git/objects", ".hidden", "skip"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        (0..HELD + 100).for_each(|n| file(&format!("many/{n}.txt")));
        for name in [
            "top",
            "a/b/c/deep",
            ".git/config",
            ".hidden/x",
            "skip/x",
            "a/x.skip",
        ] {
            file(name);
        }
        std::os::unix::fs::symlink("top", dir.path().join("link")).unwrap();
        std::os::unix::fs::symlink("..", dir.path().join("a/up")).unwrap();
        dir
    }

    fn wanted() -> Wanted {
        Wanted::new(&[], &["skip".to_owned(), "*.skip".to_owned()]).unwrap()
    }

    /// What a walk meets on so many threads, by path; files with their content.
    fn met(
        threads: usize,
        run: impl Fn(&mut Consume<'_>) + Sync,
    ) -> Vec<(PathBuf, Result<String, String>)> {
        let met = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    run(&mut |found| {
                        let one = match found {
                            Found::File(entry) => {
                                let text = io::read_to_string(entry.open().unwrap()).unwrap();
                                (entry.into_path(), Ok(text))
                            }
                            Found::Left(path, coverage) => (path, Err(format!("{coverage:?}"))),
                        };
                        met.lock().unwrap().push(one);
                        ControlFlow::Continue(())
                    });
                });
            }
        });
        let mut met = met.into_inner().unwrap();
        met.sort();
        met
    }

    #[test]
    fn meets_what_the_walk_with_filters_meets_on_any_number_of_threads() {
        let dir = tree();
        for (max_depth, roots) in [
            (None, vec![dir.path().to_owned()]),
            (Some(1), vec![dir.path().to_owned()]),
            (
                Some(2),
                vec![dir.path().join("a/"), dir.path().join("link")],
            ),
            (None, vec![dir.path().join("link"), dir.path().join("gone")]),
        ] {
            let options = WalkOptions {
                max_depth,
                ..WalkOptions::default()
            };
            let expected = met(1, {
                let filtered = Filtered::new(&roots, &options, wanted());
                move |consume| filtered.run(consume)
            });
            assert!(!expected.is_empty());
            for threads in [1, 4] {
                let tree = Tree::new(&roots, max_depth, wanted());
                let met = met(threads, |consume| tree.run(consume));
                assert!(
                    met == expected,
                    "{threads} threads, {max_depth:?}, {roots:?}"
                );
            }
        }
    }

    #[test]
    fn ends_for_all_threads_when_one_has_had_enough() {
        let dir = tree();
        let tree = Tree::new(&[dir.path().to_owned()], None, wanted());
        let count = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    tree.run(&mut |_| {
                        count.fetch_add(1, Ordering::Relaxed);
                        ControlFlow::Break(())
                    });
                });
            }
        });
        assert!((1..=4).contains(&count.into_inner()));
    }
}

//! Globs of the user: which paths to walk and which to leave out.

use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};

/// What globs say of names holds below the roots only: a scan of `/data/build`
/// that leaves out `build` does not leave out everything.
#[derive(Debug)]
pub(super) struct Globs {
    /// Matched against the part of a path that lies below its root.
    below: GlobSet,
    /// Matched against the path as reports show it.
    whole: GlobSet,
}

impl Globs {
    /// Compiles `patterns`; `None` when there are none.
    pub(super) fn new(patterns: &[String]) -> Result<Option<Globs>, globset::Error> {
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

    /// Whether one of them matches `path`, which lies `depth` names below its root.
    pub(super) fn matches(&self, path: &Path, depth: usize) -> bool {
        let path = path.strip_prefix("./").unwrap_or(path);
        self.whole.is_match(path) || self.below.is_match(below_root(path, depth))
    }
}

/// The part of a path that the walk has added to its root; of a root, its name.
fn below_root(path: &Path, depth: usize) -> &Path {
    let mut parts = path.components();
    let above = parts.clone().count().saturating_sub(depth.max(1));
    parts.by_ref().take(above).for_each(drop);
    parts.as_path()
}

//! The detectors that a command runs with.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::args::Selection;
use crate::builtin;
use crate::detect::catalog::spec::FileSpec;
use crate::detect::catalog::{Catalog, Detector, compile, parse_file};
use crate::detect::validate;

/// What to scan with: built-in and user detectors, narrowed down to the selection.
pub(super) fn catalog(selection: &Selection) -> anyhow::Result<Catalog> {
    let Selection {
        detectors,
        skip,
        categories,
        regions,
        detectors_path,
    } = selection;
    let lists = [detectors, skip, categories, regions];
    if detectors_path.is_empty() && lists.iter().all(|list| list.is_empty()) {
        return Ok(builtin::catalog());
    }
    Ok(Catalog::new(selected(selection)?))
}

/// The detectors of a selection, ordered by id.
pub(super) fn selected(selection: &Selection) -> anyhow::Result<Vec<Detector>> {
    let Selection {
        detectors,
        skip,
        categories,
        regions,
        detectors_path,
    } = selection;
    let mut all = builtin::detectors();
    for path in detectors_path {
        let own = load(path)?;
        let ids: BTreeSet<&str> = own.iter().map(|d| d.id.as_str()).collect();
        all.retain(|d| !ids.contains(d.id.as_str()));
        all.extend(own);
    }
    check_names(selection, &all)?;
    all.retain(|d| {
        let listed =
            |list: &[String], word: &str| list.iter().any(|w| w.eq_ignore_ascii_case(word));
        (detectors.is_empty() || listed(detectors, &d.id))
            && !listed(skip, &d.id)
            && (categories.is_empty() || listed(categories, &d.category))
            && (regions.is_empty()
                || d.countries.is_empty()
                || d.countries.iter().any(|c| listed(regions, c)))
    });
    if all.is_empty() {
        bail!("no detector is left to run; see `terrier detectors list` for what there is");
    }
    all.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(all)
}

/// A name that does not exist is a mistake, not an empty selection.
fn check_names(selection: &Selection, all: &[Detector]) -> anyhow::Result<()> {
    for id in selection.detectors.iter().chain(&selection.skip) {
        if !all.iter().any(|d| d.id.eq_ignore_ascii_case(id)) {
            let near = nearest(id, all.iter().map(|d| d.id.as_str()));
            bail!("no detector `{id}`{near}; `terrier detectors list` names them all");
        }
    }
    for category in &selection.categories {
        if !all
            .iter()
            .any(|d| d.category.eq_ignore_ascii_case(category))
        {
            let near = nearest(category, all.iter().map(|d| d.category.as_str()));
            bail!("no detector has the category `{category}`{near}");
        }
    }
    Ok(())
}

/// `, did you mean …` for the known word with the most letter pairs in common.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let pairs = |s: &str| -> BTreeSet<Vec<u8>> {
        s.to_ascii_lowercase()
            .as_bytes()
            .windows(2)
            .map(<[u8]>::to_vec)
            .collect()
    };
    let wanted = pairs(word);
    known
        .map(|k| (wanted.intersection(&pairs(k)).count() * 2, k))
        .filter(|(common, k)| *common > wanted.len().max(k.len() / 2))
        .max()
        .map_or_else(String::new, |(_, k)| format!(", did you mean `{k}`?"))
}

/// Loads the detector files at `path`, a file or a folder.
pub(super) fn load(path: &Path) -> anyhow::Result<Vec<Detector>> {
    compiled(&read(path)?)
}

/// Compiles detector files.
pub(super) fn compiled(files: &[(String, FileSpec)]) -> anyhow::Result<Vec<Detector>> {
    compile(files).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}

/// Parses the detector files at `path` and checks what the compiler does not.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<(String, FileSpec)>> {
    let mut paths = Vec::new();
    collect(path, &mut paths)?;
    paths.sort();
    if paths.is_empty() {
        bail!("{}: no detector files (*.toml) here", path.display());
    }
    let mut files = Vec::new();
    let mut wrong = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).with_context(|| name.clone())?;
        match parse_file(&name, &text) {
            Ok(file) => {
                wrong.extend(lint(&name, &file));
                files.push((name, file));
            }
            Err(err) => wrong.push(err.to_string()),
        }
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(files)
}

/// Checks with inconsistent parameters, and deny lists that do not parse.
fn lint(name: &str, file: &FileSpec) -> Vec<String> {
    let mut wrong = Vec::new();
    for detector in &file.detector {
        let specs =
            std::iter::once(&detector.validate).chain(detector.pattern.iter().map(|p| &p.validate));
        for check in specs.flat_map(|s| s.all.iter().chain(&s.any).chain(&s.supports)) {
            if let Err(message) = validate::lint(check) {
                wrong.push(format!("{name}: {}.validate: {message}", detector.id));
            }
        }
        for pattern in detector
            .deny
            .patterns
            .iter()
            .chain(&detector.deny.test_patterns)
        {
            if let Err(message) = crate::detect::check_deny_pattern(pattern) {
                wrong.push(format!("{name}: {}.deny: {message}", detector.id));
            }
        }
    }
    wrong
}

fn collect(path: &Path, paths: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let shown = || path.display().to_string();
    if !fs::metadata(path).with_context(shown)?.is_dir() {
        paths.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(shown)? {
        let path = entry.with_context(shown)?.path();
        if path.is_dir() || path.extension().is_some_and(|ext| ext == "toml") {
            collect(&path, paths)?;
        }
    }
    Ok(())
}

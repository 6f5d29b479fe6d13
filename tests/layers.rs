//! Who may import whom, who may touch the terminal, threads and files.
//!
//! One package means that the compiler does not guard the layers; this does.
//! It reads the source text: paths through `crate::` and `super::` for the
//! layers, calls by their usual spelling for the rest. When the design
//! changes, change the tables in the same commit.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A module imports only from rows above its own; modules of one row do not
/// know each other. `docs/architecture.md` has the reasons.
const LAYERS: &[&[&str]] = &[
    &["model"],
    &["detect", "read", "source", "state"],
    &["builtin", "classify", "mask"],
    &["report"],
    &["scan"],
    &["cli"],
    // The crate root declares the modules, `main` calls `cli`.
    &["lib", "main"],
];

/// Modules that only some may import, and from where these take it.
const RESERVED: &[(&str, &[&str])] = &[
    // The engine takes any catalogue; only those who set one up know ours.
    ("builtin", &["scan", "cli", "lib"]),
];

/// Files that may import more, and what.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    // Holds the engine to a slow twin, on the built-in detectors and on blocks
    // as readers cut them; compiled for tests only.
    ("src/detect/reference.rs", &["builtin", "read"]),
];

/// What is kept to a few places: a reason, the spellings, and where they may stand.
const KEPT: &[(&str, &[&str], &[&str])] = &[
    (
        "only `cli` talks to the terminal",
        &[
            "println!",
            "eprintln!",
            "print!",
            "eprint!",
            "stdout()",
            "stderr()",
            "stdin()",
        ],
        &["src/cli/", "src/main.rs"],
    ),
    (
        "only `cli` reads the environment",
        &[
            "env::var",
            "env::args",
            "env::current",
            "env::home",
            "env::temp_dir",
            "SystemTime::now",
        ],
        &["src/cli/", "src/main.rs"],
    ),
    (
        "only `scan` starts threads",
        &[
            "thread::spawn",
            "thread::scope",
            "thread::Builder",
            "rayon::",
            "build_parallel",
        ],
        &["src/scan/"],
    ),
    (
        "only `scan` starts processes",
        &["Command::new("],
        &["src/scan/"],
    ),
    (
        "readers and the engine get their bytes; `source`, `scan` and `cli` open files",
        &[
            "File::open",
            "File::create",
            "OpenOptions",
            "fs::",
            "tempfile::",
        ],
        &[
            "src/source/",
            "src/scan/",
            "src/cli/",
            // Formats that must seek need a file also when the item is a stream.
            "src/read/spool.rs",
        ],
    ),
];

#[test]
fn modules_import_only_from_the_left() {
    let mut wrong = Vec::new();
    for file in sources() {
        let module = file.module();
        let Some(own) = layer(module) else {
            wrong.push(format!("{}: `{module}` has no row in LAYERS", file.name));
            continue;
        };
        for (line, path) in file.imports() {
            let (target, rest) = path.split_once("::").unwrap_or((&path, ""));
            let excepted = EXCEPTIONS
                .iter()
                .any(|(name, targets)| *name == file.name && targets.contains(&target));
            if target == module || excepted {
                continue;
            }
            let Some(theirs) = layer(target) else {
                // `crate::` followed by an item of the root, or by nothing we know.
                wrong.push(format!("{}:{line}: `{path}` is of no layer", file.name));
                continue;
            };
            let reserved = RESERVED.iter().find(|(name, _)| *name == target);
            if theirs >= own {
                wrong.push(format!(
                    "{}:{line}: `{module}` may not import `{target}`",
                    file.name
                ));
            } else if reserved.is_some_and(|(_, who)| !who.contains(&module)) {
                wrong.push(format!(
                    "{}:{line}: `{target}` is not for `{module}`",
                    file.name
                ));
            } else if module == "builtin" && !rest.starts_with("catalog") {
                wrong.push(format!(
                    "{}:{line}: `builtin` may import `detect::catalog` alone",
                    file.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn terminal_threads_and_files_are_touched_where_they_belong() {
    let mut wrong = Vec::new();
    let files = sources();
    let for_tests: BTreeSet<String> = files.iter().flat_map(Source::test_modules).collect();
    for file in files.iter().filter(|file| !for_tests.contains(&file.name)) {
        for (reason, spellings, places) in KEPT {
            if places.iter().any(|place| file.name.starts_with(place)) {
                continue;
            }
            for (number, line) in file.shipped().lines().enumerate() {
                // Importing a name is not yet using it.
                let used = |call: &&&str| {
                    contains_word(line, call) && !line.trim_start().starts_with("use ")
                };
                if let Some(call) = spellings.iter().find(used) {
                    wrong.push(format!("{}:{}: `{call}`: {reason}", file.name, number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn imports_are_seen_in_every_spelling() {
    let file = Source {
        name: "src/read/csv/quote.rs".into(),
        text: without_comments(
            "use crate::model::Item; // crate::cli\n\
             use crate::{\n    state::{Id, Line},\n    model,\n};\n\
             fn f(x: crate::report::Style) {}\n\
             use super::super::super::scan::Scanner;\n\
             use super::dialect;\n\
             macro_rules! m { () => { $crate::mask::preview } }\n",
        ),
    };
    let seen: Vec<String> = file
        .imports()
        .into_iter()
        .map(|(line, path)| format!("{line} {path}"))
        .collect();
    assert_eq!(
        seen,
        [
            "1 model::Item",
            "2 state::",
            "2 model",
            "6 report::Style",
            "9 mask::preview",
            "7 scan::Scanner"
        ]
    );
}

/// The row of a module.
fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// A source file, without its comments.
struct Source {
    name: String,
    text: String,
}

/// Every file of the library and the command.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    files.sort();
    let read = |path: PathBuf| {
        let name = path
            .strip_prefix(root)
            .expect("found below it")
            .to_string_lossy()
            .replace('\\', "/");
        let text = fs::read_to_string(&path).expect("source files are text");
        Source {
            name,
            text: without_comments(&text),
        }
    };
    files.into_iter().map(read).collect()
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of ours") {
        let path = entry.expect("can be listed").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    /// Names from the crate root to this file's module.
    fn path(&self) -> Vec<&str> {
        let path = self.name.trim_start_matches("src/").trim_end_matches(".rs");
        path.split('/').filter(|part| *part != "mod").collect()
    }

    /// The module of the crate root that the file belongs to.
    fn module(&self) -> &str {
        self.path()[0]
    }

    /// Files of the modules that this one declares for tests only.
    fn test_modules(&self) -> Vec<String> {
        let name = self.name.trim_end_matches(".rs");
        let folder = ["mod", "lib", "main"]
            .iter()
            .find_map(|root| name.strip_suffix(root))
            .map_or_else(|| format!("{name}/"), str::to_owned);
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        let declared = |pair: &[&str]| {
            let &[attribute, declaration] = pair else {
                return None;
            };
            let module = declaration.strip_prefix("mod ")?.strip_suffix(';')?;
            (attribute == "#[cfg(test)]").then(|| format!("{folder}{module}.rs"))
        };
        lines.windows(2).filter_map(declared).collect()
    }

    /// The file without its unit tests, which stand at its end.
    fn shipped(&self) -> &str {
        self.text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default()
    }

    /// Paths from the crate root that the file names, with their lines.
    fn imports(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut add = |at: usize, path: &str| {
            let line = self.text[..at].matches('\n').count() + 1;
            found.extend(heads(path).into_iter().map(|head| (line, head)));
        };
        for (at, start) in self.text.match_indices("crate::") {
            if !continues_word(&self.text[..at]) {
                add(at, &self.text[at + start.len()..]);
            }
        }
        // As many `super` as there are modules above lead out of the own one.
        let out = "super::".repeat(self.path().len());
        for (at, _) in self.text.match_indices(&out) {
            let rest = self.text[at + out.len()..].trim_start_matches("super::");
            let first = rest.split(|c: char| !is_word(c)).next().unwrap_or_default();
            if !self.text[..at].ends_with("super::") && layer(first).is_some() {
                add(at, rest);
            }
        }
        found
    }
}

/// The paths that a text starts with: one, or those of a group in braces, each
/// without what is grouped below it.
fn heads(text: &str) -> Vec<String> {
    let path = |text: &str| -> String {
        text.chars()
            .take_while(|c| is_word(*c) || *c == ':')
            .collect()
    };
    let Some(group) = text.strip_prefix('{') else {
        return vec![path(text)];
    };
    let mut depth = 0;
    let mut heads = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(String::new()),
            _ if depth == 0 && (is_word(c) || c == ':') => {
                heads.last_mut().expect("never empty").push(c);
            }
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn continues_word(before: &str) -> bool {
    before.chars().next_back().is_some_and(is_word)
}

fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !continues_word(&line[..at]))
}

/// The text with comments blanked; lines stay where they are.
fn without_comments(text: &str) -> String {
    let code = |line: &str| -> String {
        let mut from = 0;
        while let Some(at) = line[from..].find("//").map(|at| from + at) {
            // Not the `//` of an address in a string.
            if !line[..at].ends_with(':') {
                return line[..at].to_owned();
            }
            from = at + 2;
        }
        line.to_owned()
    };
    text.lines().map(|line| code(line) + "\n").collect()
}

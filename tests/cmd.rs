//! The command, end to end: what it prints, what it leaves alone, how it ends.

mod bad_input;
mod exit;
mod output;
mod signals;
mod walk;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A value that is high and restricted wherever it stands behind `SSN`.
const SSN: &str = "536-22-8471";
/// A line of text with it.
const LINE: &str = "SSN: 536-22-8471\n";

/// No run of these tests takes as long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder to scan.
struct Tree(TempDir);

impl Tree {
    fn new() -> Tree {
        Tree(tempfile::tempdir().expect("there is a place for temporary files"))
    }

    fn with(files: &[(&str, &str)]) -> Tree {
        let tree = Tree::new();
        for (name, content) in files {
            tree.write(name, content);
        }
        tree
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the tree")).expect("the tree can grow");
        fs::write(path, content).expect("the tree can grow");
    }

    /// The command, started in the tree.
    fn terrier(&self, args: &[&str]) -> Command {
        self.command(Path::new(env!("CARGO_BIN_EXE_terrier")), args)
    }

    fn command(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.0.path());
        for name in ["NO_COLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        Ran::wait(start(&mut self.terrier(args)), b"")
    }

    /// Runs with `input` on standard input.
    fn feed(&self, args: &[&str], input: &[u8]) -> Ran {
        Ran::wait(start(&mut self.terrier(args)), input)
    }
}

fn start(command: &mut Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts")
}

/// How a run ended.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
    /// Most memory that was resident at once, in KiB, where the system tells.
    peak: Option<u64>,
}

impl Ran {
    fn wait(mut child: Child, input: &[u8]) -> Ran {
        let mut stdin = child.stdin.take().expect("piped");
        let stdout = child.stdout.take().map(drain);
        let stderr = child.stderr.take().map(drain);
        // It may end before it has read all, or any of it.
        let _ = stdin.write_all(input);
        drop(stdin);
        let started = Instant::now();
        let mut peak = None;
        let status = loop {
            peak = peak.max(peak_memory(child.id()));
            match child.try_wait().expect("it can be waited for") {
                Some(status) => break status,
                None if started.elapsed() > PATIENCE => {
                    let _ = child.kill();
                    panic!("it hangs");
                }
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        let text = |reader: Option<thread::JoinHandle<Vec<u8>>>| {
            let bytes = reader.map(|r| r.join().expect("reading a pipe does not panic"));
            String::from_utf8(bytes.unwrap_or_default()).expect("output is UTF-8")
        };
        let ran = Ran {
            code: status.code(),
            out: text(stdout),
            err: text(stderr),
            peak,
        };
        assert!(!ran.err.contains("panicked"), "{ran:?}");
        ran
    }

    /// Fails, with all that was printed, unless it ended like this.
    fn ended(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }

    /// The objects of `-f jsonl`.
    fn records(&self) -> Vec<Value> {
        let lines = self.out.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect()
    }

    /// Those of one type.
    fn of_type(&self, name: &str) -> Vec<Value> {
        let mut records = self.records();
        records.retain(|record| record["type"] == name);
        records
    }

    /// Path, status and reason of each item, as `path status reason`.
    fn items(&self) -> Vec<String> {
        self.of_type("item").iter().map(item).collect()
    }
}

fn item(record: &Value) -> String {
    let word = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
    format!("{} {} {}", word("path"), word("status"), word("reason"))
        .trim_end()
        .to_owned()
}

fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("pipes can be read");
        bytes
    })
}

/// The high-water mark of a running process.
fn peak_memory(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

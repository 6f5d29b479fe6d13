//! Ctrl-C during a scan.
#![cfg(target_os = "linux")]

use super::*;
use rustix::process::{Pid, Signal, kill_process};

/// Waits until the command has read so far in a file. A scan reads the small
/// files first, and of large ones only the beginning; past that, it is well
/// into its work.
fn wait_until_read(child: &mut Child, file: &Path, bytes: u64) {
    let started = Instant::now();
    let proc = PathBuf::from(format!("/proc/{}", child.id()));
    let far = |entry: fs::DirEntry| {
        let info = proc.join("fdinfo").join(entry.file_name());
        let place = fs::read_to_string(info).unwrap_or_default();
        let place = place
            .split_whitespace()
            .nth(1)
            .and_then(|at| at.parse().ok());
        fs::read_link(entry.path()).is_ok_and(|target| target == file)
            && place.is_some_and(|at: u64| at >= bytes)
    };
    while started.elapsed() < PATIENCE {
        let open = fs::read_dir(proc.join("fd")).expect("it runs");
        if open.filter_map(Result::ok).any(far) {
            return;
        }
        let ended = child.try_wait().expect("it can be waited for");
        assert!(ended.is_none(), "it ended too soon");
        thread::sleep(Duration::from_millis(2));
    }
    panic!("it never came so far");
}

#[test]
fn an_interrupted_scan_reports_what_it_knows() {
    let tree = Tree::with(&[("early.txt", LINE)]);
    let text = "Nothing but words here, and more of them, 12 34-56 a@b x://.\n";
    let large = text.repeat((64 << 20) / text.len());
    tree.write("large.txt", &large);
    let file = fs::canonicalize(tree.path("large.txt")).unwrap();
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut child = start(&mut tree.terrier(&["scan", "-f", "jsonl", "-j", "2"]));
        wait_until_read(&mut child, &file, 1 << 20);
        kill_process(Pid::from_child(&child), signal).unwrap();
        let ran = Ran::wait(child, b"").ended(code);
        assert!(ran.err.contains("interrupted"), "{}", ran.err);
        assert_eq!(
            ran.items(),
            ["early.txt scanned", "large.txt partial interrupted"]
        );
        assert_eq!(ran.of_type("finding")[0]["path"], "early.txt");
        let summary = &ran.of_type("summary")[0];
        assert_eq!(summary["interrupted"], true);
        assert!(
            summary["bytes"].as_u64() < Some(large.len() as u64),
            "{summary}"
        );
    }
}

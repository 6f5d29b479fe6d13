//! What is met, what is left alone, and that both are said.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;

use super::*;

#[test]
fn hidden_files_are_data_and_version_control_is_not() {
    let tree = Tree::with(&[
        (".env", LINE),
        (".cache/x.txt", LINE),
        (".git/config", LINE),
        (".git/objects/a", LINE),
        ("sub/.svn/entries", LINE),
        (".gitignore", "dump.txt\n"),
        ("dump.txt", LINE),
    ]);
    let ran = tree.run(&["scan", "-f", "jsonl"]).ended(0);
    assert_eq!(
        ran.items(),
        [
            ".cache/x.txt scanned",
            ".env scanned",
            ".git skipped excluded",
            ".gitignore scanned",
            "dump.txt scanned",
            "sub/.svn skipped excluded"
        ]
    );
    let ran = tree
        .run(&["scan", "-f", "jsonl", "--no-hidden", "--respect-gitignore"])
        .ended(0);
    assert_eq!(ran.of_type("finding").len(), 0, "{}", ran.out);
}

#[test]
fn globs_choose_below_the_roots() {
    let tree = Tree::with(&[
        ("build/a.csv", LINE),
        ("build/build/b.txt", LINE),
        ("build/c/d.csv", LINE),
        ("build/c/e.txt", LINE),
    ]);
    let root = tree.path("build");
    let root = root.to_str().expect("temporary names are ASCII");
    // Names of items, relative to the root, that were scanned.
    let scanned = |root: &str, args: &[&str]| {
        let ran = tree
            .run(&[&["scan", root, "-f", "jsonl"], args].concat())
            .ended(0);
        let mut names = ran.items();
        names.retain(|item| item.ends_with(" scanned"));
        let prefix = format!("{root}/");
        let name = |item: &String| {
            let path = item.trim_end_matches(" scanned");
            path.strip_prefix(&prefix).unwrap_or(path).to_owned()
        };
        names.iter().map(name).collect::<Vec<_>>()
    };
    for root in [root, "build"] {
        assert_eq!(
            scanned(root, &["--exclude", "build"]),
            ["a.csv", "c/d.csv", "c/e.txt"]
        );
        assert_eq!(scanned(root, &["--include", "build"]), ["build/b.txt"]);
        assert_eq!(scanned(root, &["--include", "*.csv"]), ["a.csv", "c/d.csv"]);
        assert_eq!(
            scanned(root, &["--include", "*.csv", "--exclude", "c/"]),
            ["a.csv"]
        );
        assert_eq!(scanned(root, &["--include", "c/*.txt"]), ["c/e.txt"]);
        assert_eq!(scanned(root, &["--max-depth", "1"]), ["a.csv"]);
    }
    // Paths as reports show them are understood, too.
    assert_eq!(
        scanned("build", &["--include", "build/c"]),
        ["c/d.csv", "c/e.txt"]
    );
    let ran = tree
        .run(&["scan", "build", "--exclude", "c", "-f", "jsonl"])
        .ended(0);
    assert!(
        ran.items().contains(&"build/c skipped excluded".to_owned()),
        "{}",
        ran.out
    );
}

#[test]
fn an_item_that_two_roots_reach_is_one_item() {
    let tree = Tree::with(&[("a/b/ssn.txt", LINE), ("a/c.txt", "nothing\n")]);
    let args = ["scan", "a", "a/b", "a/b/ssn.txt", "./a", "-f", "jsonl"];
    let ran = tree.run(&args).ended(0);
    assert_eq!(ran.items(), ["a/b/ssn.txt scanned", "a/c.txt scanned"]);
    assert_eq!(ran.of_type("finding").len(), 1);
    // What a pattern leaves out is scanned where it is named.
    let ran = tree.run(&[
        "scan",
        "a",
        "a/b/ssn.txt",
        "--exclude",
        "ssn.txt",
        "-f",
        "jsonl",
    ]);
    assert_eq!(ran.items(), ["a/b/ssn.txt scanned", "a/c.txt scanned"]);
}

#[test]
fn links_are_followed_on_request_only() {
    let outside = Tree::with(&[("ssn.txt", LINE)]);
    let tree = Tree::new();
    symlink(outside.0.path(), tree.path("folder")).unwrap();
    symlink(outside.path("ssn.txt"), tree.path("file")).unwrap();
    symlink("nowhere", tree.path("gone")).unwrap();
    symlink(".", tree.path("self")).unwrap();
    let ran = tree.run(&["scan", "-f", "jsonl", "--strict"]).ended(3);
    assert_eq!(
        ran.items(),
        [
            "file skipped symlink",
            "folder skipped symlink",
            "gone skipped symlink",
            "self skipped symlink"
        ]
    );
    let ran = tree.run(&["scan", "-f", "jsonl", "--follow"]).ended(0);
    assert_eq!(
        ran.items(),
        [
            "file scanned",
            "folder/ssn.txt scanned",
            "gone failed vanished",
            "self skipped symlink"
        ]
    );
    // One that is named is meant.
    let ran = tree
        .run(&["scan", "-f", "jsonl", "folder", "file"])
        .ended(0);
    assert_eq!(ran.items(), ["file scanned", "folder/ssn.txt scanned"]);
}

#[test]
fn pipes_and_sockets_are_left_alone() {
    let tree = Tree::with(&[("ssn.txt", LINE)]);
    let fifo = rustix::fs::FileType::Fifo;
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, tree.path("pipe"), fifo, mode, 0).unwrap();
    let _socket = UnixListener::bind(tree.path("socket")).unwrap();
    for args in [&["."][..], &["pipe", "socket", "ssn.txt"]] {
        let ran = tree
            .run(&[&["scan", "-f", "jsonl"], args].concat())
            .ended(0);
        assert_eq!(
            ran.items(),
            [
                "pipe skipped special-file",
                "socket skipped special-file",
                "ssn.txt scanned"
            ]
        );
    }
}

#[test]
fn what_may_not_be_read_is_in_the_ledger() {
    let tree = Tree::with(&[
        ("closed/in.txt", LINE),
        ("file.txt", LINE),
        ("open.txt", LINE),
    ]);
    let lock = |name: &str, mode| {
        fs::set_permissions(tree.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    lock("", 0o755);
    let program = tree.path("terrier");
    fs::copy(env!("CARGO_BIN_EXE_terrier"), &program).unwrap();
    lock("closed", 0);
    lock("file.txt", 0);
    let mut command = tree.command(
        &program,
        &["scan", "-f", "jsonl", "--strict", "--exclude", "terrier"],
    );
    // Permissions do not keep root out, so root steps down.
    if rustix::process::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    let ran = Ran::wait(start(&mut command), b"").ended(3);
    lock("closed", 0o755);
    assert_eq!(
        ran.items(),
        [
            "closed failed permission-denied",
            "file.txt failed permission-denied",
            "open.txt scanned",
            "terrier skipped excluded"
        ]
    );
}

#[test]
fn lists_of_files() {
    let tree = Tree::with(&[
        ("a b.txt", LINE),
        ("c\nd.txt", LINE),
        ("e.txt", LINE),
        ("f/g.txt", LINE),
    ]);
    let args = ["scan", "-f", "jsonl", "--files-from", "-"];
    let lines = tree.feed(&args, b"a b.txt\r\n\nnowhere.txt\nf").ended(0);
    assert_eq!(
        lines.items(),
        [
            "a b.txt scanned",
            "f/g.txt scanned",
            "nowhere.txt failed vanished"
        ]
    );
    tree.feed(&[&args[..], &["--strict"]].concat(), b"nowhere.txt")
        .ended(3);
    let nulls = tree
        .feed(&[&args[..], &["--null"]].concat(), b"c\nd.txt\0e.txt\0")
        .ended(0);
    assert_eq!(nulls.items(), ["c\\u{a}d.txt scanned", "e.txt scanned"]);
    tree.write("list", "e.txt\n");
    let named = tree
        .run(&["scan", "-f", "jsonl", "--files-from", "list"])
        .ended(0);
    assert_eq!(named.items(), ["e.txt scanned"]);
    // An empty list is nothing, not everything.
    let empty = tree
        .feed(&[&args[..], &["--strict"]].concat(), b"")
        .ended(3);
    assert_eq!(empty.items(), [""; 0]);
}

#[test]
fn standard_input_has_the_format_of_its_name() {
    let tree = Tree::new();
    let input = b"name,ssn\nAnn,536-22-8471\n";
    let ran = tree
        .feed(
            &["scan", "-", "--stdin-filename", "x.csv", "-f", "jsonl"],
            input,
        )
        .ended(0);
    assert_eq!(ran.items(), ["x.csv scanned"]);
    assert_eq!(ran.of_type("item")[0]["format"], "csv");
    let ran = tree
        .feed(
            &["scan", "-", "-f", "concise", "--fail-on", "high"],
            LINE.as_bytes(),
        )
        .ended(1);
    assert!(ran.out.starts_with("-:1:6: "), "{}", ran.out);
}

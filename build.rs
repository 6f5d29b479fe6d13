//! Compiles `detectors/**/*.toml` into one blob that the program embeds, so
//! that start-up neither parses files nor plans patterns.

// The catalogue compiler is shared with the library; the build script uses
// only a part of it.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    reason = "modules shared with the library"
)]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "build scripts talk to cargo"
)]

use std::fs;
use std::path::{Path, PathBuf};

#[path = "src/detect/catalog/mod.rs"]
mod catalog;
#[path = "src/model/mod.rs"]
mod model;

use catalog::{Catalog, compile, parse_file};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-changed=detectors");
    println!("cargo::rerun-if-changed=src/detect/catalog");
    println!("cargo::rerun-if-changed=src/model");
    let mut paths = Vec::new();
    collect(&root.join("detectors"), &mut paths);
    paths.sort();
    let mut files = Vec::new();
    let mut failed = false;
    for path in paths {
        let text =
            fs::read_to_string(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
        let name = path
            .strip_prefix(&root)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        match parse_file(&name, &text) {
            Ok(file) => files.push((name, file)),
            Err(err) => {
                println!("cargo::error={}", err.to_string().replace('\n', " "));
                failed = true;
            }
        }
    }
    match compile(&files) {
        Ok(detectors) if !failed => {
            let write = |name: &str, blob: Result<Vec<u8>, _>| {
                let blob: Vec<u8> = blob.expect("detectors can be encoded");
                fs::write(out.join(name), blob).expect("the output directory can be written");
            };
            write("detectors.bin", postcard::to_allocvec(&detectors));
            write("catalogue.bin", Catalog::new(detectors).to_bytes());
        }
        Ok(_) => std::process::exit(1),
        Err(errors) => {
            for err in errors {
                println!("cargo::error={}", err.to_string().replace('\n', " "));
            }
            std::process::exit(1);
        }
    }
}

fn collect(dir: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ext| ext == "toml") {
            paths.push(path);
        }
    }
}

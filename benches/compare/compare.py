#!/usr/bin/env python3
"""Compares terrier with other programs: speed, memory, start-up, scaling.

Makes corpora from a fixed seed, installs the other programs from crates.io and
PyPI into a folder of its own, runs all in turn on the same files, and prints
tables. benches/README.md says what is measured and how.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

sys.dont_write_bytecode = True

import corpora
import measure
import programs
import table

PROJECT = programs.PROJECT
README = PROJECT / "benches/README.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def arguments():
    parser = argparse.ArgumentParser(
        description="Compares terrier with other programs on the same files.",
        epilog="Corpora: " + ", ".join(corpus.name for corpus in corpora.ALL) + ". "
        "Programs: " + ", ".join(program.name for program in programs.ALL) + ". "
        "TERRIER=PATH in the environment takes a built program instead of building one.",
    )
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    add = parser.add_argument
    add("--corpus", action="append", metavar="NAME", help="only these (default: all but the huge ones)")
    add("--program", action="append", metavar="NAME", help="only these (default: all)")
    add("--huge", action="store_true", help="also a file of 5 GB and a line of 2 GB")
    add("--scale", type=float, default=1.0, help="size of the corpora, as multiple of the default")
    add("--size", action="append", default=[], metavar="NAME=MB", help="size of one (small-files: number of files)")
    add("--seed", type=int, default=1)
    add("--rounds", type=int, default=3, help="best of so many (default 3)")
    add("--threads", type=int, default=1, help="also run with so many threads, and show what they gain")
    add("--limit", type=float, default=900, metavar="SECONDS", help="give up on a run after (default 900)")
    add("--corpora-dir", type=Path, default=target / "corpora")
    add("--programs-dir", type=Path, default=target / "compare")
    add("--json", type=Path, metavar="FILE", help="write the record: every run, machine, versions")
    add("--from", type=Path, dest="record", metavar="FILE", help="measure nothing, take this record")
    add("--readme", action="store_true", help="put the figures into benches/README.md")
    add("--prepare", action="store_true", help="make corpora and install programs, no more")
    return parser.parse_args()


def chosen(all_of_them, names):
    known = {item.name: item for item in all_of_them}
    if unknown := set(names or []) - set(known):
        sys.exit(f"compare.py: unknown: {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    return [item for item in all_of_them if item.name in names] if names else list(all_of_them)


def say(text):
    print(text, file=sys.stderr, flush=True)


def make_corpora(options):
    sizes = dict(size.split("=", 1) for size in options.size)
    wanted = chosen(corpora.ALL, options.corpus)
    for corpus in wanted:
        if corpus.on_request and not (options.huge or options.corpus):
            continue
        size = float(sizes.get(corpus.name, corpus.size * options.scale))
        say(f"corpus {corpus.name}")
        size = round(size if corpus.name == "small-files" else size * corpora.MB)
        yield corpus, corpora.prepare(corpus, options.corpora_dir, size, options.seed)


def install(options, record):
    """Pairs of program and path; what cannot be had goes into the record."""
    for program in chosen(programs.ALL, options.program):
        say(f"program {program.name}")
        try:
            path = program.install(options.programs_dir.resolve())
            version = program.version(path)
        except (programs.Unavailable, OSError) as error:
            record["missing"].append(f"{program.name} ({error})")
            continue
        record["programs"][program.name] = {"what": program.what, "version": version}
        yield program, path


def machine():
    def after(file, key):
        lines = Path(file).read_text().splitlines()
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "unknown")

    return {
        "processor": after("/proc/cpuinfo", "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(int(after("/proc/meminfo", "MemTotal").split()[0]) / 1e6),
        "system": f"{platform.system()} {platform.release()}",
    }


def run_all(turns, made, options, into):
    """Runs programs in turn on one corpus, another one first in every round.
    `turns` are triples of program, path and number of threads; `into` takes
    one entry for each."""
    folder = options.programs_dir.resolve()
    prepared = []
    for program, path, threads in turns:
        on = corpora.part(made, options.corpora_dir, program.part) if program.part else made
        remarks = []
        if on is not made:
            remarks.append(f"on {on.mb:.1f} MB of it")
        if program.by_cores:
            remarks.append(f"bound to {threads} core{'s' * (threads > 1)}")
        entry = {"corpus": made.name, "program": program.name, "threads": threads, "bytes": on.size}
        entry |= {"part": on is not made, "remark": ", ".join(remarks), "rounds": []}
        into.append(entry)
        prepared.append((program, path, on, entry))

    def once(program, path, on, entry):
        output = folder / f"output-{program.name}.txt"
        threads = entry["threads"]
        done = measure.run(
            program.command(path, on.folder, threads),
            programs.environment(program, folder, threads),
            output,
            options.limit,
            threads if program.by_cores else None,
        )
        if done.timed_out:
            entry["remark"] = f"given up after {options.limit:.0f} s"
            return None
        if done.status not in program.fine:
            errors = Path(f"{output}.errors").read_text(errors="replace").strip().split("\n")
            entry["remark"] = f"failed with {done.status}: {errors[-1][:200]}"
            return None
        entry["output_bytes"] = output.stat().st_size
        return done

    # The first run is not counted: it fills the page cache and the programs' own.
    prepared = [turn for turn in prepared if once(*turn)]
    for number in range(options.rounds):
        first = number % max(1, len(prepared))
        for turn in prepared[first:] + prepared[:first]:
            if done := once(*turn):
                turn[3]["rounds"].append(vars(done))
                say(f"  {made.name:12} {turn[0].name:16} {done.cpu:8.3f} CPU s {done.wall:8.3f} s")
    for *_, entry in prepared:
        if entry["rounds"]:
            entry["cpu"] = min(one["user"] + one["system"] for one in entry["rounds"])
            entry["wall"] = min(one["wall"] for one in entry["rounds"])
            entry["peak"] = max(one["peak"] for one in entry["rounds"])


LOOP = programs.Program(
    "compute-loop",
    "hashes from the first-level caches, nothing else",
    install=None,
    command=lambda python, _corpus, threads: [python, "-I", "-S", programs.HERE / "compute_loop.py", threads],
)


def compare(options):
    record = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "commit": programs.first_line(["git", "-C", str(PROJECT), "describe", "--always", "--dirty"]),
        "seed": options.seed,
        "rounds": options.rounds,
        "network_cut_off": False,
        "programs": {},
        "missing": list(programs.NOT_TO_BE_HAD),
        "corpora": {},
        "runs": [],
        "scaling": [],
    }
    options.corpora_dir.mkdir(parents=True, exist_ok=True)
    options.programs_dir.mkdir(parents=True, exist_ok=True)
    found = list(install(options, record))
    made = list(make_corpora(options))
    if options.prepare:
        for missing in record["missing"]:
            say(f"not to be had: {missing}")
        return None
    record["network_cut_off"] = measure.cut_off_network()

    print(table.header(record))
    for name, about in record["programs"].items():
        print(f"  {name:16}  {about['version']}: {about['what']}")
    for missing in record["missing"]:
        print(f"  not to be had: {missing}")
    empty = options.programs_dir.resolve() / table.NOTHING
    empty.mkdir(exist_ok=True)
    nothing = corpora.Made(table.NOTHING, empty, 0, 0, "", "")
    for what, on_disk in [("an empty folder: start-up", nothing), *((corpus.what, disk) for corpus, disk in made)]:
        about = {"what": what, "files": on_disk.files, "bytes": on_disk.size, "remark": on_disk.remark}
        record["corpora"][on_disk.name] = about
        run_all([(program, path, 1) for program, path in found], on_disk, options, record["runs"])
        table.print_corpus(record, on_disk.name)
        save(options, record)
    print(table.LEGEND)
    if options.threads > 1:
        # Each corpus with one thread and with several in the same rounds, the
        # loop among them: so all see the machine in the same state.
        able = [(program, path) for program, path in found if not program.part]
        able.append((LOOP, Path(sys.executable)))
        for _, on_disk in made:
            turns = [(*pair, threads) for pair in able for threads in (1, options.threads)]
            run_all(turns, on_disk, options, record["scaling"])
            save(options, record)
        table.print_scaling(record)
    return record


def save(options, record):
    """After every corpus, so that a run that is broken off leaves what it has."""
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n")


def main():
    options = arguments()
    sys.stdout.reconfigure(line_buffering=True)
    if options.record:
        record = json.loads(options.record.read_text())
        for corpus in record["corpora"]:
            table.print_corpus(record, corpus)
        table.print_scaling(record)
    elif not (record := compare(options)):
        return
    if options.readme:
        before, rest = README.read_text().split(BEGIN)
        _, after = rest.split(END)
        README.write_text(f"{before}{BEGIN}\n{table.markdown(record)}{END}{after}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Counts the instructions that a scan takes, by kind of text, and compares them
with the record in instructions.tsv. benches/README.md says more.

Exit code 1 when a case takes more than it did.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
RECORD = HERE / "instructions.tsv"
TOLERANCE = 0.02


def build():
    """The driver, built as the manifest says, whatever the caller's environment
    asks for. The profile keeps symbols: counting begins at a function's name."""
    other_code = ("CARGO_PROFILE_", "CARGO_INCREMENTAL", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "RUSTFLAGS")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(other_code)}
    command = ["cargo", "bench", "--locked", "--profile", "profiling", "--bench", "record", "--no-run"]
    command += ["--message-format", "json-render-diagnostics"]
    built = subprocess.run(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    artifacts = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
    return next(
        artifact["executable"]
        for artifact in artifacts
        if artifact["reason"] == "compiler-artifact" and artifact["target"]["name"] == "record"
    )


def cases(driver):
    """Names and bytes."""
    shown = subprocess.run([driver], capture_output=True, text=True, check=True).stdout
    return {name: int(size) for name, size in (line.split("\t") for line in shown.splitlines())}


def count(driver, case):
    """Instructions between entering and leaving `counted`."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "callgrind.out")
        command = ["valgrind", "--tool=callgrind", "--toggle-collect=record::counted*", f"--callgrind-out-file={out}"]
        done = subprocess.run([*command, driver, case], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"record.py: {case}: {done.stderr.strip()}")
        found = re.search(r"^(?:summary|totals): (\d+)", out.read_text(errors="replace"), re.MULTILINE)
        return int(found[1])


def read_record():
    if not RECORD.exists():
        return {}
    lines = [line for line in RECORD.read_text().splitlines() if not line.startswith("#")]
    return {case: float(per_kb) for case, per_kb in (line.split("\t") for line in lines)}


def write_record(measured):
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    valgrind = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    head = f"# instructions per KB (1024 bytes); {compiler}, {valgrind}, {platform.machine()}\n"
    RECORD.write_text(head + "".join(f"{case}\t{per_kb:.1f}\n" for case, per_kb in measured.items()))


def main():
    parser = argparse.ArgumentParser(description="Counts instructions per KB and compares them with the record.")
    parser.add_argument("case", nargs="*", help="only cases whose name holds this")
    parser.add_argument("--write", action="store_true", help="renew the record")
    parser.add_argument("--driver", help="take this built driver instead of building one")
    parser.add_argument("--jobs", type=int, default=1, help="count so many cases at a time; the counts stay the same")
    options = parser.parse_args()
    if options.write and options.case:
        parser.error("--write renews the whole record; leave the cases out")

    driver = options.driver or build()
    sizes = {
        case: size
        for case, size in cases(driver).items()
        if not options.case or any(part in case for part in options.case)
    }
    recorded, measured, worse = read_record(), {}, []
    print(f"{'':20}{'per KB':>12}{'recorded':>12}{'change':>9}")
    with ThreadPoolExecutor(options.jobs) as pool:
        counts = pool.map(lambda case: count(driver, case), sizes)
        for (case, size), instructions in zip(sizes.items(), counts):
            measured[case] = per_kb = instructions / size * 1024
            line = f"{case:20}{per_kb:12,.0f}"
            if before := recorded.get(case):
                change = per_kb / before - 1
                mark = "" if abs(change) <= TOLERANCE else "  MORE" if change > 0 else "  less"
                line += f"{before:12,.0f}{change:9.1%}{mark}"
                worse += [case] if change > TOLERANCE else []
            else:
                line += f"{'':12}{'new':>9}"
            print(line, flush=True)
    for case in sorted(set(recorded) - set(measured)) if not options.case else []:
        print(f"{case:20}{'gone':>12}")
    if options.write:
        write_record(measured)
    elif worse:
        sys.exit(f"more than {TOLERANCE:.0%} above the record: {', '.join(worse)}")


if __name__ == "__main__":
    main()

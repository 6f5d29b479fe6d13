#!/usr/bin/env python3
"""Counts false alarms in real text that holds next to no personal data.

    python3 tests/alarms/alarms.py fetch --corpus DIR                        # 1.5 GB of downloads, once
    python3 tests/alarms/alarms.py scan  --corpus DIR [--check] [--classes N]
    python3 tests/alarms/alarms.py cost  --corpus DIR                        # where the engine looks for nothing

`fetch` downloads the packages of `packages.toml` with the clients of their registries (`npm pack`, `cargo info`, and the index
that pip is set up for), unpacks them, and keeps every text file once. `scan` prints findings per MB by detector and band; what
`reviewed.toml` knows to be true is counted apart. With `--check` it fails above the aims. Standard library only.
"""

import argparse
import collections
import fnmatch
import hashlib
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.parse
import urllib.request
import zipfile

HERE = pathlib.Path(__file__).resolve().parent

# The aims: a false finding in the high band in 100 MB at most, one in the medium band in 5 MB.
HIGH_PER_MB = 1 / 100
MEDIUM_PER_MB = 1 / 5

MB = 1_000_000
LARGEST_FILE = 64 * MB
DOWNLOADS_AT_ONCE = 20


# Fetching


def fetch(corpus):
    """Brings the corpus up to the package list; what is there already stays."""
    packages = tomllib.loads((HERE / "packages.toml").read_text())
    seen = load_seen(corpus)
    for registry, download in (("pypi", from_pypi), ("npm", from_npm), ("crates", from_crates)):
        missing = [name for name in packages[registry] if not (corpus / "text" / registry / name).exists()]
        for start in range(0, len(missing), DOWNLOADS_AT_ONCE):
            batch = missing[start : start + DOWNLOADS_AT_ONCE]
            print(f"{registry}: {start} of {len(missing)}", file=sys.stderr)
            with tempfile.TemporaryDirectory(dir=corpus) as work:
                for name, archive in download(batch, pathlib.Path(work)):
                    unpack(archive, corpus / "text" / registry / name, seen)
    (corpus / "seen").write_text("\n".join(sorted(seen)))


def load_seen(corpus):
    corpus.mkdir(parents=True, exist_ok=True)
    known = corpus / "seen"
    return set(known.read_text().split()) if known.exists() else set()


def from_pypi(packages, work):
    """The source archive, or a wheel where there is none. Not `pip download`: that runs the package's own build."""
    index = subprocess.run(["pip", "config", "get", "global.index-url"], capture_output=True, text=True).stdout.strip()
    if not index:
        own = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
        index = subprocess.run([sys.executable, "-c", own], check=True, capture_output=True, text=True).stdout.strip()
    for package in packages:
        name, version = package.rsplit("@", 1)
        folder = f"{index.rstrip('/')}/{re.sub(r'[-_.]+', '-', name).lower()}/"
        page = urllib.request.urlopen(folder).read().decode()
        files = [urllib.parse.urljoin(folder, html.unescape(link)) for link in re.findall(r'href="([^"]+)"', page)]
        chosen = choose_file(files, version)
        if chosen is None:
            print(f"pypi: no file of {package}", file=sys.stderr)
            continue
        address, _, check = chosen.partition("#sha256=")
        data = urllib.request.urlopen(address).read()
        if check and hashlib.sha256(data).hexdigest() != check:
            sys.exit(f"pypi: {package} is not what the index says")
        archive = work / urllib.parse.unquote(address.rsplit("/", 1)[1])
        archive.write_bytes(data)
        yield package, archive


def choose_file(files, version):
    def named(address, ending):
        name = urllib.parse.unquote(address.partition("#")[0].rsplit("/", 1)[1])
        return name.endswith(ending) and f"-{version}" in name

    for ending in (f"-{version}.tar.gz", f"-{version}.zip", "none-any.whl", "x86_64.whl", ".whl"):
        for address in files:
            if named(address, ending):
                return address
    return None


def from_npm(packages, work):
    for package in packages:
        packed = subprocess.run(
            ["npm", "pack", package, "--json", "--pack-destination", work], capture_output=True, text=True
        )
        if packed.returncode != 0:
            print(f"npm: no file of {package}", file=sys.stderr)
            continue
        archive = next(work.glob("*.tgz"))
        yield package, archive
        archive.unlink()


def from_crates(packages, work):
    """`cargo info` downloads the crate into the registry cache of its home."""
    for package in packages:
        home = work / "cargo"
        got = subprocess.run(
            ["cargo", "info", "--quiet", package], env=os.environ | {"CARGO_HOME": str(home)}, cwd=work, capture_output=True
        )
        archives = list(home.glob("registry/cache/*/*.crate"))
        if got.returncode != 0 or not archives:
            print(f"crates: no file of {package}", file=sys.stderr)
            continue
        yield package, archives[0]
        archives[0].unlink()


def unpack(archive, target, seen):
    """Writes the archive's text files that no package before had."""
    target.mkdir(parents=True, exist_ok=True)
    for name, data in members(archive):
        digest = hashlib.sha256(data).hexdigest()[:32]
        if not is_text(data) or digest in seen:
            continue
        seen.add(digest)
        parts = [part for part in pathlib.PurePosixPath(name).parts if part not in ("..", "/")]
        # Without the archive's own top folder.
        path = target.joinpath(*(parts[1:] or parts))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            print(f"{name}: {error}", file=sys.stderr)


def members(archive):
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for entry in packed.infolist():
                if not entry.is_dir() and entry.file_size <= LARGEST_FILE:
                    yield entry.filename, packed.read(entry)
    else:
        with tarfile.open(archive) as packed:
            for entry in packed:
                if entry.isfile() and entry.size <= LARGEST_FILE:
                    yield entry.name, packed.extractfile(entry).read()


def is_text(data):
    head = data[: 64 * 1024]
    if not head or b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # A character that the cut went through is no reason; Latin 1 texts are text too.
        return error.start > len(head) - 4 or sum(byte < 9 or 13 < byte < 32 for byte in head) == 0
    return True


# Scanning


def scan(corpus, terrier, extra):
    """Findings of the medium band and above, one at a time, and last the number of bytes."""
    command = [terrier, "scan", "--format", "jsonl", "--all-findings", "--reveal", "--min-confidence", "medium"]
    command += ["--progress", "never", "--quiet", *extra, str(corpus / "text")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    size = 0
    for line in process.stdout:
        record = json.loads(line)
        if record["type"] == "finding":
            record["path"] = os.path.relpath(record["path"], corpus / "text")
            yield record
        elif record["type"] == "item":
            size += record["bytes"]
    if process.wait() != 0:
        sys.exit("terrier failed")
    yield size


class Reviewed:
    """What people read and found true: by detector, path and the hash of a value, each with a reason."""

    def __init__(self, file):
        self.rules = tomllib.loads(file.read_text()).get("true", [])
        self.used = collections.Counter()

    def knows(self, finding):
        for number, rule in enumerate(self.rules):
            if finding["detector"] not in rule["detectors"]:
                continue
            paths, hashes = rule.get("paths", ["*"]), rule.get("values")
            if not any(fnmatch.fnmatchcase(finding["path"], path) for path in paths):
                continue
            if hashes is not None and value_hash(finding) not in hashes:
                continue
            self.used[number] += 1
            return True
        return False

    def unused(self):
        return [rule["reason"] for number, rule in enumerate(self.rules) if not self.used[number]]


def value_hash(finding):
    return hashlib.sha256(finding["value"].encode()).hexdigest()[:16]


def report(corpus, terrier, arguments):
    reviewed = Reviewed(HERE / "reviewed.toml")
    counts = collections.defaultdict(collections.Counter)
    classes = collections.defaultdict(list)
    size = 0
    dump = open(arguments.dump, "w") if arguments.dump else None
    for finding in scan(corpus, terrier, arguments.terrier_option):
        if isinstance(finding, int):
            size = finding / MB
            continue
        true = reviewed.knows(finding)
        counts[finding["detector"]]["true" if true else finding["band"]] += 1
        if not true:
            classes[finding["detector"], finding["evidence"][0]["id"], finding["band"]].append(finding)
            if dump:
                dump.write(json.dumps(finding) + "\n")
    high = sum(count["high"] for count in counts.values())
    medium = sum(count["medium"] for count in counts.values())
    print_table(size, counts, high, medium)
    print_classes(classes, arguments.classes)
    for reason in reviewed.unused():
        print(f"reviewed.toml: nothing was found for: {reason}")
    if arguments.check and (high > size * HIGH_PER_MB or medium > size * MEDIUM_PER_MB):
        sys.exit("above the aims")


def print_table(size, counts, high, medium):
    print(f"{size:,.0f} MB of text\n")
    print("| detector | high, false | medium, false | true |\n| --- | ---: | ---: | ---: |")
    order = sorted(counts.items(), key=lambda item: (-item[1]["high"], -item[1]["medium"], item[0]))
    for detector, count in order:
        print(f"| `{detector}` | {count['high']} | {count['medium']} | {count['true']} |")
    true = sum(count["true"] for count in counts.values())
    print(f"| all | {high} | {medium} | {true} |")
    print(f"\nfalse high per 100 MB: {high / size * 100:.2f} (aim: under 1)")
    print(f"false medium per 5 MB: {medium / size * 5:.2f} (aim: under 1)")


def print_classes(classes, number):
    """The most frequent classes with places to look at; values stay hidden."""
    for (detector, pattern, band), findings in sorted(classes.items(), key=lambda item: -len(item[1]))[:number]:
        print(f"\n{len(findings)} {band} {detector}.{pattern}")
        for finding in findings[:: max(1, len(findings) // 8)][:8]:
            place = finding["location"]
            print(f"  {finding['path']}:{place['line']} {finding['preview']} value={value_hash(finding)}")


def cost(corpus, terrier, extra):
    """Places looked at per MB by pattern, the expensive ones first."""
    command = [terrier, "scan", "--format", "concise", "--progress", "never", "--detector-stats", *extra]
    with tempfile.TemporaryFile("w+") as stats:
        subprocess.run([*command, str(corpus / "text")], check=True, stdout=subprocess.DEVNULL, stderr=stats)
        stats.seek(0)
        shutil.copyfileobj(stats, sys.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["fetch", "scan", "cost"])
    parser.add_argument("--corpus", type=pathlib.Path, required=True, help="where the text is, or is to be")
    parser.add_argument("--terrier", default="terrier", help="the program (default: the one on the path)")
    parser.add_argument("--terrier-option", action="append", default=[], help="handed to `terrier scan`, can be repeated")
    parser.add_argument("--check", action="store_true", help="fail above the aims")
    parser.add_argument("--classes", type=int, default=0, metavar="N", help="show where the N most frequent classes stand")
    parser.add_argument("--dump", metavar="FILE", help="write the false findings with their values; never commit it")
    arguments = parser.parse_args()
    match arguments.command:
        case "fetch":
            fetch(arguments.corpus)
        case "scan":
            report(arguments.corpus, arguments.terrier, arguments)
        case "cost":
            cost(arguments.corpus, arguments.terrier, arguments.terrier_option)


if __name__ == "__main__":
    main()

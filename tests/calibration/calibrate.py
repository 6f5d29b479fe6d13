#!/usr/bin/env python3
"""Measures what a confidence is worth: how many findings of a band are true.

Writes a corpus of documents in which every value is known, personal data and
secrets among at least as much of what only looks like them, lets terrier scan
it, and counts by band, detector, type and shape. The corpus depends on the
seed alone.

    pip install --require-hashes -r tests/calibration/requirements.txt
    tests/calibration/calibrate.py --terrier target/release/terrier
    tests/calibration/calibrate.py --terrier ... --check
    tests/calibration/calibrate.py --terrier ... --show false --detector us_ssn
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import credentials
import people
import shapes

BANDS = ["high", "medium", "low"]
# The least share of true findings, and for medium a share that would be high.
AIMS = {"high": (0.95, 1.0), "medium": (0.70, 1.0)}
# What a planted type may be called besides its own id.
FAMILIES = {
    "phone": lambda id: "phone" in id,
    "address": lambda id: "address" in id and "ip_" not in id or "postcode" in id or "postal" in id or id == "us_zip",
    "person_name": lambda id: id in ("person_name", "mothers_maiden_name"),
    "secret": lambda id: True,
}


def bare(text):
    """Letters and digits alone: reports show values as they stand in the file."""
    return "".join(c for c in text.casefold() if c.isalnum())


def meets(found, planted, item):
    """Whether two values are the same, but for a prefix or a neighbour."""
    if found == planted:
        return True
    short, long = sorted((found, planted), key=len)
    # Reported is the password of a connection string, the street of an address.
    part = 0.1 if item.type in FAMILIES else 0.4
    return len(short) >= (2 if item.type == 'person_name' else 4) and short in long and len(short) >= part * len(long)


def accepts(item, detector):
    if item.type is None:
        return False
    family = FAMILIES.get(item.type)
    passport = "*passport" in item.also and detector.endswith("_passport")
    return detector == item.type or detector in item.also or passport or bool(family and family(detector))


class Tally:
    """True and false findings, found and missed values."""

    def __init__(self):
        self.true = collections.Counter()
        self.false = collections.Counter()
        self.by_type = collections.defaultdict(collections.Counter)
        self.by_shape = collections.defaultdict(collections.Counter)
        self.false_list = []
        self.missed = []

    def finding(self, finding, document, planted):
        value, detector, band = bare(finding["value"]), finding["detector"], finding["band"]
        met = [item for text, item in planted if meets(value, text, item) or item.type is None and value and value in text]
        right = [item for item in met if accepts(item, detector)]
        for item in right:
            item.found = max(getattr(item, "found", 0), 1 if band == "low" else 2)
        if right:
            self.true[detector, band] += 1
        else:
            self.false[detector, band] += 1
            # A value with a type explains more than noise which holds it by chance.
            near = max(met, key=lambda item: item.type is not None, default=None)
            what = (near.type or near.kind) if near else "text"
            self.false_list.append((detector, band, what, document, finding))

    def document(self, document, findings):
        planted = [(bare(item.value), item) for item in document.items]
        for finding in findings:
            self.finding(finding, document, planted)
        for item in document.items:
            if item.type and not item.optional:
                place = ["missed", "low", "found"][getattr(item, "found", 0)]
                self.by_type[item.type][place] += 1
                self.by_shape[document.shape][place] += 1
                if place != "found":
                    self.missed.append((item, document))

    def share(self, band, detector=None):
        wanted = lambda counter: sum(n for (id, b), n in counter.items() if b == band and detector in (None, id))
        true, false = wanted(self.true), wanted(self.false)
        return true, false, true / (true + false) if true + false else None


def scan(terrier, root, detectors):
    command = [terrier, "scan", "--format", "jsonl", "--all-findings", "--reveal", "--min-confidence", "low", "--progress", "never", root]
    if detectors:
        command += ["--detectors-path", detectors]
    output = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    findings = collections.defaultdict(list)
    for line in output.splitlines():
        record = json.loads(line)
        if record["type"] == "finding" and record["category"] != "marking":
            findings[pathlib.Path(record["path"]).relative_to(root).as_posix()].append(record)
    return findings


def measure(documents, terrier, detectors, root):
    for document in documents:
        path = root / document.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document.text, encoding="utf-8")
    findings = scan(terrier, root, detectors)
    tally = Tally()
    for document in documents:
        tally.document(document, findings[document.name])
    return tally


def percent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else ""


def bands_table(tally, out):
    print("| band | true | false | share of true |\n| --- | ---: | ---: | ---: |", file=out)
    for band in BANDS:
        true, false, _ = tally.share(band)
        print(f"| {band} | {true} | {false} | {percent(true, true + false)} |", file=out)


def detectors_table(tally, out):
    print("| detector | high | medium | low |\n| --- | ---: | ---: | ---: |", file=out)
    for id in sorted({id for id, _ in [*tally.true, *tally.false]}):
        shares = [tally.share(band, id) for band in BANDS]
        cells = [f"{true} of {true + false}" if true + false else "" for true, false, _ in shares]
        print(f"| {id} | {' | '.join(cells)} |", file=out)


def recall_table(counts, what, out):
    print(f"| {what} | planted | found | as low only |\n| --- | ---: | ---: | ---: |", file=out)
    for name in sorted(counts):
        count = counts[name]
        print(f"| {name} | {count.total()} | {percent(count['found'], count.total())} | {count['low'] or ''} |", file=out)


def report(title, tally, out):
    print(f"## {title}\n", file=out)
    bands_table(tally, out)
    for counts, what in ((tally.by_shape, "shape"), (tally.by_type, "type")):
        print(file=out)
        recall_table(counts, what, out)
    print(file=out)
    detectors_table(tally, out)
    print(file=out)


def line_of(document, value):
    """The line around a value, for reading."""
    at = document.text.find(value)
    if at < 0:
        return ""
    return document.text[max(0, at - 70) : at + len(value) + 40].replace("\n", "⏎")


def show(tally, arguments):
    if arguments.show == "false":
        chosen = [entry for entry in tally.false_list if entry[1] in arguments.band]
        classes = collections.defaultdict(list)
        for detector, band, what, document, finding in chosen:
            if arguments.detector in (None, detector):
                reasons = " ".join(e.get("id") or f"{e['kind']}:{e.get('text')}" for e in finding["evidence"])
                classes[detector, band, what].append(f"    {document.shape}: {line_of(document, finding['value'])} <{finding['value']}> {reasons}")
    else:
        classes = collections.defaultdict(list)
        for item, document in tally.missed:
            if arguments.detector in (None, item.type):
                classes[item.type, document.shape].append(f"    {document.shape}: {line_of(document, item.value)}")
    for name, lines in sorted(classes.items(), key=lambda entry: -len(entry[1])):
        print(len(lines), *name)
        print("\n".join(lines[: arguments.lines]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--terrier", required=True)
    parser.add_argument("--detectors-path", help="detector files to use in place of the built-in ones")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=2000, help="how many, of data and of secrets each")
    parser.add_argument("--keep", type=pathlib.Path, help="write the corpus here")
    parser.add_argument("--check", action="store_true", help="fail when a band is not worth its name")
    parser.add_argument("--show", choices=["false", "missed"], help="list them in place of the tables")
    parser.add_argument("--of", choices=["data", "secrets"], help="only this half")
    parser.add_argument("--detector", help="--show: only of this detector or type")
    parser.add_argument("--band", action="append", choices=BANDS, help="--show: only of these bands")
    parser.add_argument("--lines", type=int, default=4, help="--show: so many a class")
    arguments = parser.parse_args()
    arguments.band = arguments.band or ["high", "medium"]

    people.seed(arguments.seed)
    failed = False
    for title, source in (("Personal data", shapes), ("Secrets", credentials)):
        if arguments.of and arguments.of != title.split()[-1].lower():
            continue
        documents = list(source.documents(arguments.documents, random.Random(arguments.seed)))
        with tempfile.TemporaryDirectory() as scratch:
            tally = measure(documents, arguments.terrier, arguments.detectors_path, arguments.keep or pathlib.Path(scratch))
        if arguments.show:
            show(tally, arguments)
            continue
        report(title, tally, sys.stdout)
        for band, (least, most) in AIMS.items():
            share = tally.share(band)[2]
            if share is not None and not least <= share <= most:
                failed = True
                print(f"{title}: {share:.3f} of the {band} band is true, aimed at {least} at least", file=sys.stderr)
    return 1 if failed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())

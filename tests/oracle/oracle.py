#!/usr/bin/env python3
"""Compares which numbers terrier takes for valid with what python-stdnum does.

For each type of types.toml it draws values: most are made from a valid one by
changing some characters, and half of those get a check digit that fits. They
go into a CSV file whose column has the name of the type, terrier scans it, and
each row is asked of both. A difference that differences.toml does not explain
is an error.

    pip install -r tests/oracle/requirements.txt
    tests/oracle/oracle.py --terrier target/release/terrier
    tests/oracle/oracle.py --terrier ... --draws 20000 --type us_npi --show 20

Uses the standard library besides the oracle. The values are random, and belong
to nobody on purpose.
"""

import argparse
import csv
import doctest
import importlib
import inspect
import json
import pathlib
import random
import re
import string
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).parent
LETTERS, DIGITS = string.ascii_uppercase, string.digits


class Oracle:
    """What one module of python-stdnum says."""

    def __init__(self, name):
        self.module = importlib.import_module(f"stdnum.{name}")
        self.name = name

    def accepts(self, value):
        try:
            return bool(self.module.is_valid(value))
        except Exception:  # Some modules fail on what they do not expect.
            return False

    def seeds(self):
        """The valid numbers of the module's own documentation."""
        seeds = set()
        for example in doctest.DocTestParser().get_examples(inspect.getdoc(self.module) or ""):
            for value in re.findall(r"'([^']+)'", example.source):
                if self.accepts(value):
                    seeds.add(value)
        return sorted(seeds)


def like(character, rng):
    """A character of the same kind."""
    for kind in (DIGITS, LETTERS, LETTERS.lower()):
        if character in kind:
            return rng.choice(kind)
    return character


def draw(oracle, seeds, rng):
    """A value near a valid one, or with a check digit that fits."""
    value = list(rng.choice(seeds))
    places = [at for at, c in enumerate(value) if c.isalnum()]
    for at in rng.sample(places, rng.choice([1, 1, 2, 3, len(places) // 2, len(places)])):
        if value[at] in DIGITS or rng.random() < 0.3:
            value[at] = like(value[at], rng)
    if rng.random() < 0.1 and len(places) > 1:
        a, b = rng.sample(places, 2)
        value[a], value[b] = value[b], value[a]
    if rng.random() < 0.5:
        # Check characters stand at the end, or two or three before it.
        for at in rng.sample(places[-4:], min(4, len(places))):
            kind = DIGITS if value[at] in DIGITS else LETTERS
            for character in kind:
                tried = value[:at] + [character] + value[at + 1 :]
                if oracle.accepts("".join(tried)):
                    return "".join(tried)
    return "".join(value)


def found(terrier, detector, field, values):
    """The values that terrier reports as a whole, in a column of that name."""
    with tempfile.TemporaryDirectory() as folder:
        # A report keeps so many findings of a field; smaller files lose none.
        rows = 5000
        for part, first in enumerate(range(0, len(values), rows)):
            with open(f"{folder}/{part}.csv", "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["row", field])
                writer.writerows(enumerate(values[first : first + rows]))
        command = [
            terrier, "scan", "--detector", detector, "--min-confidence", "low",
            "--include-test-values", "--all-findings", "--reveal",
            "--format", "jsonl", "--progress", "never", folder,
        ]  # fmt: skip
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    records = map(json.loads, output.splitlines())
    return {record["value"] for record in records if record["type"] == "finding"}


def explained(differences, detector, value, ours):
    """The explanation of a difference, if there is one."""
    for known in differences.get(detector, []):
        if known["terrier"] == ("accepts" if ours else "refuses"):
            if re.fullmatch(known["values"], value):
                return known
    return None


def compare(name, spec, options, differences):
    """Prints the line of one type; returns the number of unexplained differences."""
    oracle = Oracle(spec["oracle"])
    rng = random.Random(f"{options.seed} {name}")
    seeds = spec.get("seeds") or oracle.seeds()
    if "form" in spec:
        seeds = [seed for seed in seeds if re.fullmatch(spec["form"], seed)]
    if not seeds:
        print(f"{name:24} no valid number to begin with")
        return 1
    values = sorted({draw(oracle, seeds, rng) for _ in range(options.draws)})
    ours = found(options.terrier, name, spec["field"], values)
    valid = {value for value in values if oracle.accepts(value)}
    odd, reasons = [], set()
    for value in values:
        if (value in ours) != (value in valid):
            known = explained(differences, name, value, value in ours)
            if known is None:
                odd.append(value)
            else:
                reasons.add(known["reason"])
    print(f"{name:24} {len(values):6} values {len(valid):6} valid {len(odd):5} unexplained")
    for reason in sorted(reasons):
        print(f"{'':24} explained: {reason}")
    for value in rng.sample(odd, min(len(odd), options.show)):
        print(f"{'':24} {value}: terrier {'accepts' if value in ours else 'refuses'} it")
    return len(odd)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--terrier", default="terrier", help="the program")
    parser.add_argument("--draws", type=int, default=20000, help="values of each type")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--show", type=int, default=5, help="so many differences")
    parser.add_argument("--type", action="append", help="only these")
    options = parser.parse_args()
    types = tomllib.loads((HERE / "types.toml").read_text())
    differences = tomllib.loads((HERE / "differences.toml").read_text())
    chosen = {name: types[name] for name in options.type or types}
    odd = sum(compare(name, spec, options, differences) for name, spec in chosen.items())
    if odd:
        sys.exit(f"{odd} differences have no explanation; see tests/oracle/differences.toml")


if __name__ == "__main__":
    main()

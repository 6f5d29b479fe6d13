#!/usr/bin/env python3
"""Compares what terrier takes for valid with what published rules say.

Each suite draws values of some types, most of them a character or two away
from a valid one. Terrier scans them, in a column or a line that names the type,
and an oracle is asked about each: python-stdnum, phonenumbers, Python's own
ipaddress, a table of cases, or the rule written once more from its standard. A
difference that differences.toml does not explain is an error.

    pip install -r tests/oracle/requirements.txt
    tests/oracle/oracle.py --terrier target/release/terrier
    tests/oracle/oracle.py --terrier ... --draws 2000 --type us_npi --show 20
    tests/oracle/oracle.py --terrier ... --detectors detectors

The table says of how many values both accept, both refuse, the oracle leaves
open, the difference is explained, and is not. The values are random, and belong
to nobody on purpose.
"""

import argparse
import pathlib
import sys

from draw import Run
from scan import Terrier
from suites import (
    cards,
    emails,
    ibans,
    national,
    networks,
    phones,
    published,
    travel,
    vehicles,
    wallets,
)
from trial import HEADER, Differences, hold, line

HERE = pathlib.Path(__file__).parent
SUITES = [
    national, published, ibans, cards, emails, networks, travel, vehicles, wallets, phones,
]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--terrier", default="terrier", help="the program")
    parser.add_argument("--detectors", help="a folder of files that replace built-in detectors")
    parser.add_argument("--draws", type=int, default=20000, help="values of each type")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--show", type=int, default=5, help="so many differences of a type")
    parser.add_argument("--type", action="append", help="only these rows; a glob")
    options = parser.parse_args()

    terrier = Terrier(options.terrier, options.detectors)
    differences = Differences(HERE / "differences.toml")
    run = Run(options.draws, options.seed, options.type)
    names, odd = set(), 0
    print(HEADER)
    for suite in SUITES:
        for trial in suite.trials(run):
            outcome = hold(trial, terrier, differences)
            print(line(trial, outcome, options.show, options.seed), flush=True)
            names.add(trial.known_as or trial.name)
            odd += len(outcome.odd)
    if options.draws >= 20000:
        for name, reason in differences.unused(names):
            print(f"explains nothing: {name}: {reason}")
    if odd:
        sys.exit(f"{odd} differences have no explanation; see tests/oracle/differences.toml")


if __name__ == "__main__":
    main()

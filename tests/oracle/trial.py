"""One type held against its oracle, and the differences that have a reason."""

import dataclasses
import datetime
import itertools
import random
import re
import tomllib
from collections.abc import Callable


# Terrier takes births of the 130 years until 2030, the last year of its catalogue.
FIRST_YEAR = 1900


@dataclasses.dataclass
class Trial:
    """Values of one type, and what its oracle says of them."""

    name: str  # of the row in the table
    detectors: list[str]
    values: list[str]
    # None where the oracle leaves a value open.
    valid: Callable[[str], bool | None]
    # The column in which the values stand, or else the text around each.
    field: str | None = None
    line: str = "{}"
    # What must be found in each value, where that is not the value itself.
    wanted: dict[str, list[str]] | None = None
    # The lowest confidence that counts.
    band: str = "low"
    # Under which name differences.toml explains them; the row's, if not given.
    known_as: str | None = None


@dataclasses.dataclass
class Outcome:
    accepted: int = 0
    refused: int = 0
    open: int = 0
    explained: int = 0
    odd: list[str] = dataclasses.field(default_factory=list)


def is_birth(match, known):
    """Whether the groups y, m and d are a date of birth."""
    year, month, day = (int(match[part]) for part in "ymd")
    years = {2: [1900 + year, 2000 + year], 3: [1000 + year, 2000 + year], 4: [year]}[len(match["y"])]
    months = [month - more for more in [0] + known.get("months", [])]
    days = [day - more for more in [0] + known.get("days", [])]
    today = datetime.date.today()
    for date in itertools.product(years, months, days):
        try:
            if FIRST_YEAR <= datetime.date(*date).year and datetime.date(*date) <= today:
                return True
        except ValueError:
            continue
    return False


class Differences:
    """differences.toml, and which of its entries were of use."""

    def __init__(self, path):
        self.known = tomllib.loads(path.read_text())
        self.used = {}

    def explain(self, name, value, ours):
        """Whether terrier's answer for the value is one that has a reason."""
        for at, known in enumerate(self.known.get(name, [])):
            if known["terrier"] == ("accepts" if ours else "refuses"):
                match = re.fullmatch(known["values"], value)
                if match and not ("d" in match.groupdict() and is_birth(match, known)):
                    self.used[name, at] = self.used.get((name, at), 0) + 1
                    return True
        return False

    def unused(self, names):
        """The entries of these types that explained nothing."""
        for name in names:
            for at, known in enumerate(self.known.get(name, [])):
                if (name, at) not in self.used:
                    yield name, known["reason"]


def hold(trial, terrier, differences):
    """Asks both about every value; returns how the answers compare."""
    if trial.field:
        found = terrier.in_column(trial)
    else:
        found = terrier.in_text(trial)
    outcome = Outcome()
    for value, findings in zip(trial.values, found, strict=True):
        ours, theirs = value in findings, trial.valid(value)
        if trial.wanted:
            ours = theirs if findings == trial.wanted[value] else not theirs
        if theirs is None:
            outcome.open += 1
        elif ours == theirs:
            outcome.accepted += ours
            outcome.refused += not ours
        elif differences.explain(trial.known_as or trial.name, value, ours):
            outcome.explained += 1
        else:
            answer = f"finds {findings}" if trial.wanted else "accepts it" if ours else "refuses it"
            outcome.odd.append(f"{value!r}: terrier {answer}")
    return outcome


HEADER = f"{'type':24} {'values':>7} {'accept':>7} {'refuse':>7} {'open':>7} {'explained':>9} {'odd':>5}"


def line(trial, outcome, show, seed):
    """The row of the table, and some of the odd values below it."""
    rows = [
        f"{trial.name:24} {len(trial.values):7} {outcome.accepted:7} {outcome.refused:7}"
        f" {outcome.open:7} {outcome.explained:9} {len(outcome.odd):5}"
    ]
    some = random.Random(seed).sample(outcome.odd, min(len(outcome.odd), show))
    return "\n".join(rows + [f"{'':8}{odd}" for odd in some])

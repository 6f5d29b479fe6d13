"""Machine-readable zones, against the rules of ICAO Doc 9303 written once more.

Whole zones of all five formats are made, then a character or two is changed;
half of the changed ones get their check digits anew.
"""

import re

import draw
from trial import Trial

FILLED = draw.DIGITS + draw.LETTERS
STATES = ["FRA", "D<<", "NLD", "USA", "GBR", "IND", "BRA", "JPN", "XXA", "UNO"]

# By format: lines and their length, the letters that documents begin with, and
# which fields have a check digit behind them: pairs of line and places.
FORMATS = {
    "mrz td1": (3, 30, "IAC"),
    "mrz td2": (2, 36, "IAC"),
    "mrz td3": (2, 44, "P"),
    "mrz mrv-a": (2, 44, "V"),
    "mrz mrv-b": (2, 36, "V"),
}
SHAPES = {
    "mrz td1": r"[IAC][A-Z<][A-Z<]{3}[A-Z0-9<]{9}\d[A-Z0-9<]{15}\n"
    r"{birth}\d[MFX<]{expiry}\d[A-Z<]{3}[A-Z0-9<]{11}\d\n[A-Z<]{30}",
    "mrz td2": r"[IAC][A-Z<][A-Z<]{3}[A-Z<]{31}\n"
    r"[A-Z0-9<]{9}\d[A-Z<]{3}{birth}\d[MFX<]{expiry}\d[A-Z0-9<]{7}\d",
    "mrz td3": r"P[A-Z<][A-Z<]{3}[A-Z<]{39}\n"
    r"[A-Z0-9<]{9}\d[A-Z<]{3}{birth}\d[MFX<]{expiry}\d[A-Z0-9<]{14}[0-9<]\d",
    "mrz mrv-a": r"V[A-Z<][A-Z<]{3}[A-Z<]{39}\n"
    r"[A-Z0-9<]{9}\d[A-Z<]{3}{birth}\d[MFX<]{expiry}\d[A-Z0-9<]{16}",
    "mrz mrv-b": r"V[A-Z<][A-Z<]{3}[A-Z<]{31}\n"
    r"[A-Z0-9<]{9}\d[A-Z<]{3}{birth}\d[MFX<]{expiry}\d[A-Z0-9<]{8}",
}
MONTH, DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
BIRTH = f"(?:[0-9][0-9]|<<)(?:{MONTH}|<<)(?:{DAY}|<<)"
EXPIRY = f"[0-9][0-9]{MONTH}{DAY}"
# The fields under each check digit, in the order in which the zone is filled.
CHECKS = {
    "mrz td1": [(14, [(5, 14)]), (37, [(31, 37)]), (45, [(39, 45)]), (60, [(5, 30), (31, 38), (39, 46), (49, 60)])],
    "mrz td2": [(46, [(37, 46)]), (56, [(50, 56)]), (64, [(58, 64)]), (72, [(37, 47), (50, 57), (58, 72)])],
    "mrz td3": [(54, [(45, 54)]), (64, [(58, 64)]), (72, [(66, 72)]), (87, [(73, 87)]), (88, [(45, 55), (58, 65), (66, 88)])],
    "mrz mrv-a": [(54, [(45, 54)]), (64, [(58, 64)]), (72, [(66, 72)])],
    "mrz mrv-b": [(46, [(37, 46)]), (56, [(50, 56)]), (64, [(58, 64)])],
}  # fmt: skip


def digit(text):
    """Part 3, 4.9: values 0-9, A-Z as 10-35, < as 0; weights 7 3 1; modulo 10."""
    values = [0 if c == "<" else int(c, 36) for c in text]
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)


def checked(name, zone):
    """The zone with the check digits that belong to it."""
    zone = list(zone)
    for at, fields in CHECKS[name]:
        zone[at] = digit("".join("".join(zone[low:high]) for low, high in fields))
    return "".join(zone)


def accepts_as(name):
    shape = SHAPES[name].replace("{birth}", BIRTH).replace("{expiry}", EXPIRY)

    def accepts(zone):
        if not re.fullmatch(shape, zone):
            return False
        right = list(checked(name, zone))
        if name == "mrz td3" and zone[73:88] == "<" * 15:
            # An unused optional field may leave its check digit out.
            right = list(checked(name, zone))
            right[87] = "<"
            right[88] = digit(zone[45:55] + zone[58:65] + zone[66:88])
        return zone == "".join(right)

    return accepts


def date(rng):
    return f"{rng.randrange(100):02}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"


def fill(rng, length, used):
    return "".join(rng.choice(FILLED) for _ in range(used)).ljust(length, "<")


def whole(name, rng):
    lines, length, kinds = FORMATS[name]
    letters = lambda n: "".join(rng.choice(draw.LETTERS) for _ in range(n))  # noqa: E731
    names = f"{letters(rng.randrange(3, 12))}<<{letters(rng.randrange(3, 10))}"
    start, state = rng.choice(kinds) + rng.choice("<<<DO"), rng.choice(STATES)
    number, more = fill(rng, 9, rng.randrange(7, 10)), rng.choice([0, 0, 6])
    birth, rest = date(rng), f"{rng.choice('MFX<')}{date(rng)}0"
    if lines == 3:
        return (
            f"{start}{state}{number}0{fill(rng, 15, more)}\n"
            f"{birth}0{rest}{state}{fill(rng, 11, more)}0\n{names.ljust(30, '<')}"
        )
    person = f"{number}0{state}{birth}0{rest}"
    ends = {"mrz td2": 7, "mrz td3": 14, "mrz mrv-a": 16, "mrz mrv-b": 8}
    checks = {"mrz td2": "0", "mrz td3": "00"}.get(name, "")
    return f"{(start + state + names).ljust(length, '<')}\n{person}{fill(rng, ends[name], more)}{checks}"


def near(name, rng):
    zone = checked(name, whole(name, rng))
    change = rng.choice(["none", "one", "one", "two", "again", "shorter"])
    if change == "shorter":
        at = rng.randrange(len(zone))
        return zone[:at] + zone[at + 1 :]
    for _ in range({"one": 1, "two": 2, "again": 2}.get(change, 0)):
        at = rng.choice([at for at, c in enumerate(zone) if c != "\n"])
        zone = zone[:at] + draw.like(zone[at], rng) + zone[at + 1 :]
    return checked(name, zone) if change == "again" else zone


def trials(run):
    for name in FORMATS:
        if not run.wants(name):
            continue
        rng = run.rng(name)
        values = sorted({near(name, rng) for _ in range(max(run.draws // 5, 1))})
        yield Trial(name, ["passport_mrz"], values, accepts_as(name), line="{}", known_as="passport_mrz")

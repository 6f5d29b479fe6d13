"""Vehicle identification numbers in plain text, where the check digit decides.

In a column or beside a word numbers of vehicles for Europe, which need no check
digit, are found too; here only those that prove themselves.
"""


import draw
from trial import Trial

# 49 CFR 565.15, table III: what letters count.
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)]))
VALUES |= {digit: int(digit) for digit in draw.DIGITS}
WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]


def check(value):
    remainder = sum(VALUES[c] * weight for c, weight in zip(value, WEIGHTS)) % 11
    return "0123456789X"[remainder]


def accepts(value):
    return len(value) == 17 and set(value) <= set(VALUES) and value[8] == check(value)


def near(rng):
    letters = [c for c in VALUES if c.isalpha()]
    value = rng.choice("123459JKLSVWYZ") + "".join(rng.choice(letters) for _ in range(2))
    value += "".join(rng.choice(letters + list(draw.DIGITS) * 2) for _ in range(10))
    value += f"{rng.randrange(10000):04}"
    change = rng.choice(["none", "none", "one", "letter", "longer"])
    value = value[:8] + check(value) + value[9:]
    at = rng.randrange(13)
    if change == "one":
        value = value[:at] + rng.choice(list(VALUES)) + value[at + 1 :]
    elif change == "letter":
        value = value[:at] + rng.choice("IOQ") + value[at + 1 :]
    elif change == "longer":
        value += "7"
    return value


def trials(run):
    if not run.wants("vin"):
        return
    rng = run.rng("vin")
    values = sorted({near(rng) for _ in range(run.draws)})
    yield Trial("vin", ["vin"], values, accepts, line="sold {} in March", band="medium")

"""Payment cards, against the issuer ranges of tables/cards.toml.

Numbers are drawn inside each range, just outside it and of other lengths, with
and without the Luhn digit that fits. Left open is a number whose groups of four
lie close together, which terrier takes for a row of a table of codes.
"""

import pathlib
import tomllib

from stdnum import luhn
from trial import Trial

TABLE = pathlib.Path(__file__).parents[1] / "tables/cards.toml"


def ranges():
    """Low and high first digits of equal length, and the lengths of a number."""
    for scheme in tomllib.loads(TABLE.read_text())["scheme"]:
        for text in scheme["ranges"]:
            low, _, high = text.partition("-")
            yield low, high or low, scheme["lengths"]


RANGES = list(ranges())


def like_row(number):
    """Whether two of four groups of four are by a hundred or less off the one before."""
    groups = [int(number[at : at + 4]) for at in range(0, len(number), 4)]
    steps = [abs(a - b) for a, b in zip(groups, groups[1:])]
    return len(number) == 16 and sum(1 <= step <= 100 for step in steps) >= 2


def accepts(value):
    number = value.replace(" ", "").replace("-", "")
    if like_row(number):
        return None
    return luhn.is_valid(number) and any(
        low <= number[: len(low)] <= high and len(number) in lengths
        for low, high, lengths in RANGES
    )


def written(number, rng):
    """As it stands, or in the groups of its length."""
    groups = {16: [4, 4, 4, 4]}
    if number[0] == "3":  # American Express and Diners Club.
        groups |= {15: [4, 6, 5], 14: [4, 6, 4]}
    groups = groups.get(len(number))
    if not groups or rng.random() < 0.6:
        return number
    parts, at = [], 0
    for length in groups:
        parts.append(number[at : at + length])
        at += length
    return rng.choice(" -").join(parts)


def near(low, high, lengths, rng):
    first = int(low) + rng.randrange(int(high) - int(low) + 1)
    change = rng.choice(["none", "none", "range", "length", "luhn"])
    if change == "range":
        first = rng.choice([int(low) - 1, int(high) + 1])
    length = rng.choice(lengths) if change != "length" else rng.randint(11, 20)
    number = str(first).zfill(len(low))
    number += "".join(rng.choice("0123456789") for _ in range(length - 1 - len(number)))
    check = int(luhn.calc_check_digit(number))
    if change == "luhn":
        check = (check + rng.randint(1, 9)) % 10
    return written(f"{number}{check}", rng)


def trials(run):
    if not run.wants("credit_card"):
        return
    rng = run.rng("cards")
    each = max(run.draws // len(RANGES), 1)
    values = sorted({near(*known, rng) for known in RANGES for _ in range(each)})
    yield Trial("credit_card", ["credit_card"], values, accepts, field="card_number")

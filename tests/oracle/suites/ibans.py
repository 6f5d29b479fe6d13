"""IBANs of every country, against the registry as python-stdnum has it.

Each country's numbers are drawn from the structures of both, so that a country
that only one of them knows is seen, and so are lengths and kinds of characters.
"""

import pathlib
import re

import draw
from stdnum import iban, numdb
from trial import Trial

DETECTOR = pathlib.Path(__file__).parents[3] / "detectors/financial/iban.toml"
KINDS = {"n": draw.DIGITS, "a": draw.LETTERS, "c": draw.DIGITS + draw.LETTERS}


def structures():
    """The pairs of country and structure that terrier or the registry has."""
    yield from re.findall(r'\b([A-Z]{2}) = "((?:\d+[nac])+)"', DETECTOR.read_text())
    for _, country, _, properties, _ in numdb.get("iban").prefixes:
        yield country, properties["bban"].replace("!", "")


def sample(structure, rng):
    """Account characters of a structure, such as `4a6n8n`."""
    parts = re.findall(r"(\d+)([nac])", structure)
    return [rng.choice(KINDS[kind]) for count, kind in parts for _ in range(int(count))]


def near(country, structure, rng):
    """An IBAN with right check digits, or not, of the structure, or nearly."""
    account = sample(structure, rng)
    change = rng.choice(["none", "none", "length", "kind", "digits", "country"])
    if change == "length":
        account = account[:-1] if rng.random() < 0.5 else account + ["7"]
    elif change == "kind":
        at = rng.randrange(len(account))
        account[at] = rng.choice(draw.LETTERS if account[at].isdigit() else draw.DIGITS)
    elif change == "country":
        country = country[0] + rng.choice(draw.LETTERS)
    account = "".join(account)
    digits = "".join(str(int(c, 36)) for c in account + country + "00")
    check = 98 - int(digits) % 97
    if change == "digits":
        check = (check + rng.randrange(1, 97)) % 100
    return f"{country}{check:02}{account}"


def accepts(value):
    """By check digits, length and structure; the check digits of account
    numbers inside are the banks' own."""
    return iban.is_valid(value, check_country=False)


def trials(run):
    if not run.wants("iban"):
        return
    rng = run.rng("iban")
    known = sorted(set(structures()))
    each = max(run.draws // len(known), 4)
    values = sorted({near(*pair, rng) for pair in known for _ in range(each)})
    yield Trial("iban", ["iban"], values, accepts, field="iban")

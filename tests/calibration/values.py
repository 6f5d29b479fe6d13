"""True values: numbers that are valid by somebody else's judgement.

types.csv says where the values of a type come from: a module of python-stdnum,
which judges random values of the given forms; a method of Faker; or a function
of this module, for types that neither knows. In a form `#` stands for a digit,
`@` for a capital, `[…]` for one of the characters, `(…|…)` for one of the
strings, `{…}` for a birthday as strftime writes it.
"""

import csv
import functools
import importlib
import pathlib
import random
import re
import string
from datetime import date, timedelta
from typing import NamedTuple

import faker
from faker.config import AVAILABLE_LOCALES

HERE = pathlib.Path(__file__).parent
UPPER, DIGITS = string.ascii_uppercase, string.digits
FORM = re.compile(r"\[([^\]]+)\]|\(([^)]+\|[^)]+)\)|\{([^}]+)\}|(.)", re.DOTALL)


class Type(NamedTuple):
    """One line of types.csv: a type in one language."""

    id: str
    source: str
    forms: list
    language: str
    labels: list
    keys: list
    also: set


def load_types():
    with open(HERE / "types.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    types = []
    for row in rows:
        also = set((row["also"] or "").split())
        split = lambda name: [part for part in row[name].split(";") if part]
        types.append(Type(row["type"], row["source"], split("forms"), row["language"], split("labels"), split("keys"), also))
    return types


@functools.cache
def fake(locale):
    return faker.Faker(locale if locale in AVAILABLE_LOCALES else "en_US", use_weighting=False)


def birthday(rng):
    """Nobody here is a minor, or was born in a century that needs a mark."""
    return date(1941, 1, 1) + timedelta(days=rng.randrange(365 * 58))


def fill(form, rng):
    day = birthday(rng)

    def one(match):
        choice, strings, written, other = match.groups()
        if choice:
            alphabet = re.sub(r"(\w)-(\w)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), choice)
            return rng.choice(alphabet)
        if strings:
            return rng.choice(strings.split("|"))
        if written:
            return day.strftime(written)
        return {"#": rng.choice(DIGITS), "@": rng.choice(UPPER)}.get(other, other)

    return FORM.sub(one, form)


def draw(kind, rng):
    """A valid value of a type."""
    if kind.source.startswith("faker:"):
        locale, method = kind.source[6:].split(".")
        return str(getattr(fake(locale), method)())
    form = rng.choice(kind.forms) if kind.forms else None
    if not kind.source:
        return fill(form, rng)
    if kind.source in OWN:
        return OWN[kind.source](form, rng)
    module = importlib.import_module(f"stdnum.{kind.source}")
    for _ in range(100_000):
        value = fill(form, rng)
        if module.is_valid(value):
            return value
        # Letters that depend on the rest make a hit too rare by luck alone.
        for last in UPPER if value[-1] in UPPER else ():
            if module.is_valid(value[:-1] + last):
                return value[:-1] + last
    raise ValueError(f"no form of {kind.id} gives a valid value: {form}")


# Types that neither source knows, from the issuers' own rules.


def luhn_sum(digits):
    """Mod 10 over all digits, the last one counting once."""
    total = 0
    for place, digit in enumerate(reversed([int(c) for c in digits])):
        total += sum(divmod(digit * 2, 10)) if place % 2 else digit
    return total % 10


def luhn(form, rng, prefix=""):
    while True:
        value = fill(form, rng)
        if luhn_sum(prefix + re.sub(r"\D", "", value)) == 0:
            return value


def weighted(digits, weights):
    return sum(int(c) * w for c, w in zip(digits, weights))


def card(_form, rng):
    prefix, length = rng.choice([("4", 16)] * 4 + [("51", 16), ("53", 16), ("2221", 16), ("37", 15), ("6011", 16), ("3530", 16)])
    head = prefix + "".join(rng.choice(DIGITS) for _ in range(length - len(prefix) - 1))
    value = next(head + c for c in DIGITS if luhn_sum(head + c) == 0)
    groups = [value[:4], value[4:10], value[10:]] if length == 15 else [value[i : i + 4] for i in range(0, 16, 4)]
    return rng.choice(["", " ", " ", "-"]).join(groups)


def mbi(_form, rng):
    letters = "ACDEFGHJKMNPQRTUVWXY"
    shape = "CANNANNAANN"
    value = "".join(rng.choice({"A": letters, "N": DIGITS, "C": "123456789"}[c]) for c in shape)
    value = value[0] + value[1] + rng.choice(letters + DIGITS) + value[3] + value[4] + rng.choice(letters + DIGITS) + value[6:]
    return rng.choice([value, f"{value[:4]}-{value[4:7]}-{value[7:]}"])


def au_medicare(_form, rng):
    head = rng.choice("23456") + "".join(rng.choice(DIGITS) for _ in range(7))
    value = head + str(weighted(head, [1, 3, 7, 9, 1, 3, 7, 9]) % 10) + rng.choice("123456789")
    return rng.choice([value, f"{value[:4]} {value[4:9]} {value[9]}"])


def sg_nric(_form, rng):
    series = rng.choice("ST")
    digits = "".join(rng.choice(DIGITS) for _ in range(7))
    total = weighted(digits, [2, 7, 6, 5, 4, 3, 2]) + (4 if series == "T" else 0)
    return series + digits + "JZIHGFEDCBA"[total % 11]


def hk_hkid(_form, rng):
    letter, digits = rng.choice(UPPER), "".join(rng.choice(DIGITS) for _ in range(6))
    total = 36 * 9 + (ord(letter) - 55) * 8 + weighted(digits, [7, 6, 5, 4, 3, 2])
    check = -total % 11
    return f"{letter}{digits}({'A' if check == 10 else check})"


def icao_check(text):
    value = lambda c: int(c) if c.isdigit() else ord(c) - 55
    return str(sum(value(c) * w for c, w in zip(text, [7, 3, 1] * 5)) % 10)


def de_id(form, rng):
    letters = "CFGHJKLMNPRTVWXYZ"
    body = fill(form, rng) + "".join(rng.choice(letters + DIGITS) for _ in range(8))
    return body + rng.choice(["", icao_check(body)])


def pl_id(_form, rng):
    while True:
        value = "".join(rng.choice(UPPER) for _ in range(3)) + "".join(rng.choice(DIGITS) for _ in range(6))
        numbers = [int(c) if c.isdigit() else ord(c) - 55 for c in value]
        if sum(n * w for n, w in zip(numbers, [7, 3, 1, 9, 7, 3, 1, 7, 3])) % 10 == 0:
            return rng.choice([value, value[:3] + " " + value[3:]])


def lu_nin(_form, rng):
    from stdnum import luhn as luhn_module, verhoeff

    head = birthday(rng).strftime("%Y%m%d") + "".join(rng.choice(DIGITS) for _ in range(3))
    return head + luhn_module.calc_check_digit(head) + verhoeff.calc_check_digit(head)


def pis(form, rng):
    while True:
        value = fill(form, rng)
        digits = re.sub(r"\D", "", value)
        check = 11 - weighted(digits, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11
        if digits[0] == "1" and int(digits[10]) == (0 if check > 9 else check):
            return value


def clabe(form, rng):
    head = fill(form, rng)[:17]
    return head + str(-sum(int(c) * w % 10 for c, w in zip(head, [3, 7, 1] * 6)) % 10)


def uy_ci(_form, rng):
    head = rng.choice("12345") + "".join(rng.choice(DIGITS) for _ in range(6))
    check = str(-weighted(head, [2, 9, 8, 7, 6, 3, 4]) % 10)
    return rng.choice([f"{head[0]}.{head[1:4]}.{head[4:]}-{check}", f"{head}-{check}"])


def hu_taj(_form, rng):
    head = "".join(rng.choice(DIGITS) for _ in range(8))
    value = head + str(weighted(head, [3, 7] * 4) % 10)
    return rng.choice([value, f"{value[:3]} {value[3:6]} {value[6:]}", f"{value[:3]}-{value[3:6]}-{value[6:]}"])


def hu_tax(_form, rng):
    while True:
        days = (birthday(rng) - date(1867, 1, 1)).days
        head = f"8{days:05}{rng.randrange(1000):03}"
        check = weighted(head, range(1, 10)) % 11
        if check < 10:
            return head + str(check)


def hu_pid(_form, rng):
    while True:
        head = rng.choice("12") + birthday(rng).strftime("%y%m%d") + f"{rng.randrange(1000):03}"
        check = weighted(head, range(10, 0, -1)) % 11
        other = weighted(head, range(1, 11)) % 11
        if other < 10 and check < 11:
            return f"{head[0]}-{head[1:7]}-{head[7:]}{other}"


def snils(_form, rng):
    head = "".join(rng.choice(DIGITS[1:]) for _ in range(9))
    check = weighted(head, range(9, 0, -1)) % 101 % 100
    return f"{head[:3]}-{head[3:6]}-{head[6:]} {check:02}"


def kz_iin(_form, rng):
    while True:
        head = birthday(rng).strftime("%y%m%d") + rng.choice("34") + f"{rng.randrange(10000):04}"
        check = weighted(head, range(1, 12)) % 11
        if check == 10:
            check = weighted(head, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11
        if check < 10:
            return head + str(check)


def kr_brn(form, rng):
    while True:
        value = fill(form, rng)
        digits = value.replace("-", "")
        if digits[3:5] != "00" and (weighted(digits, [1, 3, 7, 1, 3, 7, 1, 3, 5, 1]) + int(digits[8]) * 5 // 10) % 10 == 0:
            return value


def nuss(_form, rng):
    province, number = rng.choice([8, 28, 41, 46, 48]), rng.randrange(10_000_000, 100_000_000)
    check = (province * 10**8 + number) % 97
    return rng.choice(["{:02}{}{:02}", "{:02}/{}/{:02}", "{:02} {} {:02}"]).format(province, number, check)


def eg_id(_form, rng):
    governorate = rng.choice(["01", "02", "12", "21", "03", "25"])
    return "2" + birthday(rng).strftime("%y%m%d") + governorate + f"{rng.randrange(100000):05}"


def jp_my(_form, rng):
    head = "".join(rng.choice(DIGITS) for _ in range(11))
    rest = sum(int(c) * (n + 1 if n <= 6 else n - 5) for n, c in enumerate(reversed(head), 1)) % 11
    value = head + str(0 if rest <= 1 else 11 - rest)
    return rng.choice([value, f"{value[:4]} {value[4:8]} {value[8:]}", f"{value[:4]}-{value[4:8]}-{value[8:]}"])


def bitcoin(_form, rng):
    import hashlib

    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    body = bytes([rng.choice([0, 5])]) + rng.randbytes(20)
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, out = int.from_bytes(body), ""
    while number:
        number, rest = divmod(number, 58)
        out = alphabet[rest] + out
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + out


def ipv6(_form, rng):
    groups = [f"{rng.randrange(1, 65536):x}" for _ in range(4)]
    return f"2a0{rng.randrange(10)}:{groups[0]}:{groups[1]}::{groups[2]}"


def vin(_form, rng):
    values = dict(zip("ABCDEFGH", range(1, 9))) | dict(zip("JKLMN", range(1, 6))) | {"P": 7, "R": 9}
    values |= dict(zip("STUVWXYZ", range(2, 10))) | {c: int(c) for c in DIGITS}
    head = list(rng.choice(["1HG", "WVW", "WBA", "JTD", "5YJ", "VF1", "ZFA"]) + "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ" + DIGITS) for _ in range(14)))
    head[11:] = [rng.choice(DIGITS) for _ in range(6)]
    head[9] = rng.choice("ABCDEFGHJKLMNPRSTVWXY")
    head[8] = "0"
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    head[8] = "0123456789X"[sum(values[c] * w for c, w in zip(head, weights)) % 11]
    return "".join(head)


OWN = {
    "luhn": luhn,
    "luhn80840": lambda form, rng: luhn(form, rng, prefix="80840"),
    "card": card,
    "mbi": mbi,
    "au_medicare": au_medicare,
    "sg_nric": sg_nric,
    "hk_hkid": hk_hkid,
    "de_id": de_id,
    "pl_id": pl_id,
    "lu_nin": lu_nin,
    "pis": pis,
    "clabe": clabe,
    "uy_ci": uy_ci,
    "hu_taj": hu_taj,
    "hu_tax": hu_tax,
    "hu_pid": hu_pid,
    "snils": snils,
    "kz_iin": kz_iin,
    "kr_brn": kr_brn,
    "nuss": nuss,
    "eg_id": eg_id,
    "jp_my": jp_my,
    "bitcoin": bitcoin,
    "eth": lambda _form, rng: "0x" + rng.randbytes(20).hex(),
    "ipv6": ipv6,
    "vin": vin,
    "expiry": lambda _form, rng: f"{rng.randrange(1, 13):02}/{rng.choice(['', '20'])}{rng.randrange(26, 33)}",
    "faker_latlng": lambda _form, rng: f"{rng.uniform(-60, 70):.6f}, {rng.uniform(-170, 170):.6f}",
}

"""Values that belong to nobody: what documents hold besides personal data.

A kind has keys, as columns and fields are called, and a function that draws a
value. In prose the labels come from words.toml instead.
"""

import hashlib
import string
import uuid
from datetime import datetime, timedelta, timezone

from documents import Item
from values import luhn_sum

DIGITS, UPPER = string.digits, string.ascii_uppercase


def digits(rng, n, first="123456789"):
    return rng.choice(first) + "".join(rng.choice(DIGITS) for _ in range(n - 1))


def some(rng, alphabet, n):
    return "".join(rng.choice(alphabet) for _ in range(n))


def moment(rng):
    return datetime(2015, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=rng.randrange(350_000_000), microseconds=rng.randrange(10**6))


def ean(rng, n, prefix=""):
    head = prefix + some(rng, DIGITS, n - 1 - len(prefix))
    total = sum(int(c) * (3 if (n - 2 - i) % 2 == 0 else 1) for i, c in enumerate(head))
    return head + str(-total % 10)


def isbn10(rng):
    head = some(rng, DIGITS, 9)
    check = sum(int(c) * (i + 1) for i, c in enumerate(head)) % 11
    return f"{head[0]}-{head[1:4]}-{head[4:]}-{'X' if check == 10 else check}"


def luhn_number(rng, n):
    """Many issuers of order and account numbers add a mod-10 digit too."""
    head = digits(rng, n - 1)
    return head + next(c for c in DIGITS if luhn_sum(head + c) == 0)


def s10(rng):
    head = some(rng, DIGITS, 8)
    check = 11 - sum(int(c) * w for c, w in zip(head, [8, 6, 4, 2, 3, 5, 9, 7])) % 11
    return f"R{rng.choice(UPPER)}{head}{ {10: 0, 11: 5}.get(check, check)}{rng.choice(['DE', 'GB', 'CN', 'US', 'FR'])}"


def grouped(rng, separator):
    return f"{rng.randrange(10**4, 10**10):,}".replace(",", separator)


KINDS = {
    "order": (["order_id", "order_no", "order_number"], lambda r: r.choice([digits(r, r.randrange(6, 13)), f"ORD-{r.randrange(2019, 2026)}-{digits(r, 6)}", f"{some(r, DIGITS, 3)}-{some(r, DIGITS, 7)}-{some(r, DIGITS, 7)}", luhn_number(r, r.choice([9, 10, 11]))])),
    "invoice": (["invoice_no", "invoice_id", "bill_no"], lambda r: r.choice([f"INV-{digits(r, 7)}", f"{r.randrange(2019, 2026)}/{digits(r, 5)}", f"RE{digits(r, 8)}", digits(r, 9), digits(r, 10)])),
    "tracking": (["tracking", "tracking_number", "parcel_no"], lambda r: r.choice(["1Z" + some(r, UPPER + DIGITS, 6) + some(r, DIGITS, 10), digits(r, 12), "0034043" + some(r, DIGITS, 13), s10(r), luhn_number(r, 14)])),
    "part": (["part_no", "sku", "item_code", "mpn"], lambda r: r.choice([f"{some(r, UPPER, 2)}-{digits(r, 4)}-{some(r, UPPER, 1)}", some(r, UPPER, 3) + digits(r, 6), f"{digits(r, 3)}-{digits(r, 5)}-{digits(r, 2)}", digits(r, 8), f"{digits(r, 3)}.{digits(r, 3)}.{digits(r, 2)}", f"{some(r, UPPER, 1)}{digits(r, 8)}"])),
    "serial": (["serial", "serial_number", "sn"], lambda r: r.choice([some(r, UPPER + DIGITS, 12), some(r, UPPER, 4) + digits(r, 8), digits(r, 11), some(r, UPPER, 2) + digits(r, 9)])),
    "isbn": (["isbn", "isbn13"], lambda r: r.choice([isbn10(r), ean(r, 13, "978"), f"978-{digits(r, 1)}-{digits(r, 4)}-{digits(r, 4)}-{digits(r, 1)}"])),
    "ean": (["ean", "gtin", "barcode", "upc"], lambda r: r.choice([ean(r, 13, "40"), ean(r, 8), ean(r, 12, "0"), ean(r, 14, "1")])),
    "version": (["version", "release", "app_version"], lambda r: r.choice([f"{r.randrange(20)}.{r.randrange(40)}.{r.randrange(99)}", f"{r.randrange(1, 20)}.0.{r.randrange(20000)}.{r.randrange(5000)}", f"v{r.randrange(9)}.{r.randrange(30)}.0-rc{r.randrange(9)}"])),
    "build": (["build", "build_number", "revision"], lambda r: r.choice([digits(r, 8), f"{moment(r):%Y%m%d}.{r.randrange(1, 40)}", f"{moment(r):%Y%m%d%H%M}", digits(r, 5)])),
    "hash": (["sha256", "checksum", "etag", "commit", "md5"], lambda r: r.choice([hashlib.sha256(r.randbytes(9)).hexdigest(), hashlib.sha1(r.randbytes(9)).hexdigest(), hashlib.md5(r.randbytes(9)).hexdigest(), r.randbytes(4).hex()])),
    "uuid": (["uuid", "request_id", "guid", "trace_id"], lambda r: str(uuid.UUID(bytes=r.randbytes(16), version=4))),
    "epoch": (["ts", "created", "timestamp", "updated_at"], lambda r: r.choice([f"{moment(r).timestamp():.0f}", f"{moment(r).timestamp() * 1000:.0f}", f"{moment(r).timestamp() * 1e6:.0f}", f"{moment(r).timestamp():.3f}"])),
    "timestamp": (["created_at", "date", "due_date", "modified"], lambda r: moment(r).strftime(r.choice(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y %H:%M", "%Y%m%d%H%M%S", "%Y%m%d"]))),
    "projected": (["easting", "northing", "x", "y"], lambda r: r.choice([f"{r.uniform(3e5, 7e5):.3f}", f"{r.uniform(5e6, 6e6):.2f}", digits(r, 7)])),
    "id": (["id", "object_id", "ref", "item_id", "parent_id", "batch_id"], lambda r: digits(r, r.randrange(5, 17))),
    "count": (["count", "total", "population", "views", "bytes", "quantity"], lambda r: r.choice([digits(r, r.randrange(1, 10)), grouped(r, ","), grouped(r, " "), grouped(r, ".")])),
    "amount": (["amount", "price", "net", "balance"], lambda r: f"{r.uniform(1, 99999):.2f}"),
    "ratio": (["rate", "score", "mean", "stddev", "share"], lambda r: r.choice([f"{r.random():.12f}", f"{r.uniform(-40, 40):.4f}", f"{r.uniform(0, 100):.1f}%", f"{r.uniform(1e-9, 1e9):.6e}"])),
    "address_space": (["addr", "ptr", "offset"], lambda r: r.choice([f"0x{r.randrange(2**47):016x}", f"0x{r.randrange(2**32):08x}"])),
    "dimension": (["size", "dimensions", "resolution"], lambda r: r.choice([f"{r.randrange(10, 400)}x{r.randrange(10, 400)}x{r.randrange(10, 90)}", f"{r.randrange(640, 4000)}x{r.randrange(480, 3000)}"])),
    "range": (["pages", "range", "ports"], lambda r: f"{r.randrange(100, 9999)}-{r.randrange(100, 9999)}"),
    "doi": (["doi", "issn", "pmid", "patent", "cas"], lambda r: r.choice([f"10.{digits(r, 4)}/j.{some(r, string.ascii_lowercase, 4)}.{r.randrange(2000, 2026)}.{some(r, DIGITS, 6)}", f"{some(r, DIGITS, 4)}-{some(r, DIGITS, 4)}", digits(r, 8), f"US{digits(r, 8)}B2", f"{digits(r, 5)}-{digits(r, 2)}-{digits(r, 1)}"])),
    "model": (["model", "product"], lambda r: r.choice([f"{some(r, UPPER, 2)}{digits(r, 4)}{some(r, UPPER, 1)}", f"{some(r, UPPER, 1)}{digits(r, 3)}-{digits(r, 4)}"])),
    "specimen": (["sample", "test_value", "placeholder", "example"], lambda r: r.choice(["4111 1111 1111 1111", "5555555555554444", "123-45-6789", "user@example.com", "john.doe@example.org", "000-00-0000", "+1 202-555-0143", "GB82 WEST 1234 5698 7654 32", "127.0.0.1", "192.168.1.17", "00:00:00:00:00:00", "12345678Z", "123.456.789-09"])),
    "private_net": (["host", "bind", "gateway"], lambda r: r.choice([f"10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(1, 255)}", f"192.168.{r.randrange(256)}.0/24", "0.0.0.0", f"172.{r.randrange(16, 32)}.0.1"])),
}


# Words of languages, mathematics and workshops that are also short names of
# identifiers somewhere, with numbers that are not those.
HOMONYMS = [
    "run {8}-{1} took {2} s", "sin({9}) is close to {0}", "pan {9} px to the left", "race {4}: lap {9}", "pin {4} of connector {3}",
    "ein {8} Byte großer Puffer", "le nom du lot {9}", "tin roof, lot {9}", "rut depth {2}.{3}.{3}-{1} mm", "a nip of {4} ml, barrel {10}",
    "inn keeper log {12}", "the nie in line {8}", "age of the universe: {11} years", "cc: section {8}", "ref. run id {9} ic {8}",
    "dni hasta entrega {8}", "card {4} of deck {9}", "license block {8}, rev {9}", "cell {10} overflow", "call {10} returned {9}",
    "case {9} of {10}", "visa run {6}, gate {9}", "curp {18}", "fin de ligne {9}", "cf. table {11}", "phone model {10} firmware {9}",
    "account for {9} bytes", "tax class {3} code {9}", "Pass {9} failed", "passport.js build {9}", "sim run {15} steps", "visa sheet {16}",
    "national record {11} metres", "health check {10} ok", "medicare-mock v{10}", "nhs grid cell {10}", "npi flag {10}", "bank conflict {9} of {8}",
]


def homonym(rng):
    def number(n):
        return digits(rng, n) if n else f"{rng.random():.9f}"

    text = rng.choice(HOMONYMS)
    for n in range(19):
        while f"{{{n}}}" in text:
            text = text.replace(f"{{{n}}}", number(n), 1)
    return text


def one(rng, label=None):
    kind = rng.choice(list(KINDS))
    return column(rng, kind, label)()


def column(rng, kind=None, label=None):
    """Draws items of one kind under one key, as a column of a table holds them."""
    kind = kind or rng.choice(list(KINDS))
    keys, value = KINDS[kind]
    key = rng.choice(keys)
    return lambda: Item(label or key.replace("_", " ").capitalize(), key, value(rng), None, kind=kind)

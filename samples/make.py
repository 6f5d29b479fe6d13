#!/usr/bin/env python3
"""Writes the sample share next to this file.

Every person, company, address and number is invented. Numbers carry the check
digits that real ones would, so that they are found; telephone numbers come
from ranges that are not in service (North America: exchange 555; Germany: the
ranges that the Bundesnetzagentur keeps for film and television), account
numbers from bank codes that do not exist. The same seed gives the same bytes.
"""

import binascii
import json
import random
import string
import struct
import zipfile
import zlib
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
RANDOM = random.Random(20260301)
TODAY = date(2026, 3, 1)

COMPANY = "Marlowe & Finch Outfitters"
DOMAIN = "marlowe-finch-outfitters.com"
MAIL = ["lanternpost-mail.com", "quillbox-mail.net", "harborline-mail.net", "sevenoaks-letters.org"]
FIRST = """Adaline Bertram Cosima Dorian Eleni Fergus Greta Harlan Imogen Jasper Katya Leander Mirela Nolan
    Odette Pascal Quentin Rosalind Soren Tamsin Ulrika Viggo Wilma Xenia Yorick Zelda""".split()
LAST = """Ashgrove Brambleby Calloway Dunmore Easterling Fairweather Greenhalgh Hollister Inchbald Jessop
    Kettlewell Larkspur Merriweather Northcott Oakhurst Penhallow Quartermain Ravenscroft Silverlock
    Thistlewood Underhill Vanterpool Whitlock Yarborough""".split()
STREETS = ["Juniper Hollow Rd", "Old Mill Ln", "Harbor View Dr", "Chestnut St", "Quarry Hill Rd", "Linden Ave"]
CITIES = [("Portland", "ME", "04101"), ("Dayton", "OH", "45402"), ("Boise", "ID", "83702"), ("Tulsa", "OK", "74103"),
          ("Eugene", "OR", "97401"), ("Macon", "GA", "31201")]
GERMAN = [("Annegret", "Möllenbrock"), ("Jürgen", "Weißhaupt"), ("Käthe", "Sünnerberg"), ("Björn", "Aldehövel"),
          ("Lieselotte", "Grünewälder"), ("Rüdiger", "Kößlinger"), ("Änne", "Vöhringhaus"), ("Götz", "Brüggenthies"),
          ("Margarete", "Dörrenbächer"), ("Ulf", "Schwärzling"), ("Sieglinde", "Pfützner"), ("Jörg", "Hänselmann")]
FRENCH = [("Océane", "Vauquelin"), ("Rémi", "Castelnoir"), ("Élodie", "Pommereuil"), ("Anatole", "Brisevent")]
BRITISH = [("Elspeth", "Garrowby"), ("Rufus", "Tindlewick"), ("Maud", "Ottershaw"), ("Alistair", "Penbrook")]
# In two parts, so that this file does not carry the markings itself.
SECRET, AMBER, INTERNAL = "STRICTLY CONFI" + "DENTIAL", "TLP" + ":AMBER", "INTERNAL " + "USE ONLY"
DEPARTMENTS = ["Warehouse", "Design", "Finance", "Retail", "People", "Logistics"]


# Values with the check digits of their kind.

def digits(count):
    return "".join(RANDOM.choice(string.digits) for _ in range(count))


def day(first, last):
    return date(first, 1, 1) + timedelta(days=RANDOM.randrange(365 * (last - first + 1)))


def luhn(body):
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card():
    prefix, length = RANDOM.choice([("4", 16), ("4", 16), (f"5{RANDOM.randint(1, 5)}", 16), ("37", 15), ("6011", 16)])
    body = prefix + digits(length - 1 - len(prefix))
    return body + luhn(body)


def iban(country, body):
    letters = "".join(str(int(c, 36)) for c in body + country + "00")
    return f"{country}{98 - int(letters) % 97:02}{body}"


def german_iban():
    # Bank codes start with the clearing area, 1 to 8.
    return iban("DE", "9" + digits(7) + digits(10))


def grouped(text):
    return " ".join(text[at:at + 4] for at in range(0, len(text), 4))


def ssn():
    area = RANDOM.choice([*range(1, 99), *range(201, 665), *range(700, 760)])
    return f"{area:03}{RANDOM.randint(10, 99)}{RANDOM.randint(1001, 9998)}"


def german_tax_id():
    while True:
        body = str(RANDOM.randint(1, 9)) + digits(9)
        counts = sorted(body.count(d) for d in set(body))
        if len(counts) == 9 and counts[-1] == 2:
            break
    product = 10
    for digit in body:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return body + str((11 - product) % 10)


def german_pension_number(birth, name):
    area = RANDOM.randint(10, 29)
    area += area in (22, 27)  # Not assigned.
    body = f"{area}{birth:%d%m%y}{name[0]}{RANDOM.randint(0, 49):02}"
    numbers = body[:8] + f"{ord(name[0]) - 64:02}" + body[9:]
    weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]
    return body + str(sum(sum(map(int, str(int(d) * w))) for d, w in zip(numbers, weights)) % 10)


def french_nir(birth):
    body = f"{RANDOM.randint(1, 2)}{birth:%y%m}{RANDOM.randint(21, 89)}{RANDOM.randint(1, 400):03}{RANDOM.randint(1, 300):03}"
    return f"{body}{97 - int(body) % 97:02}"


def nino():
    first, second = RANDOM.choice("ABCEGHJKLMNPRSTWXYZ"), RANDOM.choice("ABCEHJLMPRSWXYZ")
    return f"{first}{second}{digits(6)}{RANDOM.choice('ABCD')}"


def nhs_number():
    while True:
        body = str(RANDOM.randint(4, 7)) + digits(8)
        check = 11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1))) % 11
        if check != 10:
            return f"{body[:3]} {body[3:6]} {body[6:]}{check % 11}"


def phone():
    return f"({RANDOM.choice(['207', '541', '918', '937'])}) 555-{RANDOM.randint(2000, 8999)}"


def german_phone():
    return f"+49 {RANDOM.choice(['30 23125', '40 66969', '69 90009', '89 99998'])} {digits(3)}"


def ascii_name(name):
    for old, new in [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("ß", "ss"), ("é", "e"), ("É", "E")]:
        name = name.replace(old, new)
    return name.lower()


def email(first, last):
    return f"{ascii_name(first)}.{ascii_name(last)}@{RANDOM.choice(MAIL)}"


def random_text(alphabet, count):
    return "".join(RANDOM.choice(alphabet) for _ in range(count))


def github_token():
    body = random_text(string.ascii_letters + string.digits, 30)
    rest, check = binascii.crc32(body.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        check = (string.digits + string.ascii_uppercase + string.ascii_lowercase)[digit] + check
    return "ghp_" + body + check


def uuid():
    text = random_text("0123456789abcdef", 32)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


# Files.

def write(name, content):
    path = HERE / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def archive(name, members):
    """A zip whose bytes depend on nothing but its members, so without compression."""
    path = HERE / name
    path.parent.mkdir(exist_ok=True, parents=True)
    with zipfile.ZipFile(path, "w") as out:
        for member, content in members.items():
            info = zipfile.ZipInfo(member, (2026, 3, 1, 9, 0, 0))
            info.create_system = 3
            out.writestr(info, content)


def staff():
    people = []
    for number in range(24):
        first, last = FIRST[number], LAST[number]
        born = day(1962, 2003)
        people.append([1001 + number, f"{first} {last}", int(ssn()), born, RANDOM.choice(DEPARTMENTS),
                       day(2015, 2025), RANDOM.randrange(38_000, 112_000, 500), f"{first.lower()}.{last.lower()}@{DOMAIN}"])
    header = ["Employee", "Full name", "SSN", "Date of birth", "Department", "Start date", "Salary", "E-mail"]
    payout = [["Employee", "Account holder", "IBAN"]]
    payout += [[1101 + number, " ".join(name), grouped(german_iban())] for number, name in enumerate(GERMAN)]
    return spreadsheet(
        {"Staff 2026": ([header, *people], False), "Payout DE": (payout, True)},
        comment=("D5", "People team", f"Date of birth not confirmed, ask at {german_phone()}"),
    )


def spreadsheet(sheets, comment):
    """The parts of an xlsx; the comment belongs to the first sheet."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    def cell(row, column, value):
        place = f"{chr(65 + column)}{row}"
        if isinstance(value, date):
            return f'<c r="{place}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
        if isinstance(value, int):
            return f'<c r="{place}"><v>{value}</v></c>'
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    def worksheet(rows, drawing):
        lines = "".join(
            f'<row r="{number}">{"".join(cell(number, column, value) for column, value in enumerate(row))}</row>'
            for number, row in enumerate(rows, 1)
        )
        return f'{head}<worksheet xmlns="{main}" xmlns:r="{office}"><sheetData>{lines}</sheetData>{drawing}</worksheet>'

    def relations(*targets):
        links = "".join(
            f'<Relationship Id="rId{number}" Type="{office}/{name}" Target="{target}"/>'
            for number, (name, target) in enumerate(targets, 1)
        )
        return f'{head}<Relationships xmlns="{package}/relationships">{links}</Relationships>'

    names = list(sheets)
    state = {True: ' state="hidden"', False: ""}
    book = "".join(
        f'<sheet name="{name}" sheetId="{number}"{state[sheets[name][1]]} r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kind}.worksheet+xml"/>'
        for number in range(1, len(names) + 1)
    )
    place, author, text = comment
    row, column = int(place[1:]) - 1, ord(place[0]) - 65
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        f'<Override PartName="/xl/comments1.xml" ContentType="{kind}.comments+xml"/></Types>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            *[("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)],
            ("styles", "styles.xml"),
        ),
        # Style 0 is general, style 1 a date.
        "xl/styles.xml": f'{head}<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("vmlDrawing", "../drawings/vmlDrawing1.vml"), ("comments", "../comments1.xml")
        ),
        "xl/comments1.xml": f'{head}<comments xmlns="{main}"><authors><author>{author}</author></authors><commentList>'
        f'<comment ref="{place}" authorId="0"><text><t>{escape(text)}</t></text></comment></commentList></comments>',
        "xl/drawings/vmlDrawing1.vml": '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="note1" type="#note" style="visibility:hidden">'
        f'<x:ClientData ObjectType="Note"><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape></xml>',
    }
    for number, name in enumerate(names, 1):
        drawing = '<legacyDrawing r:id="rId1"/>' if number == 1 else ""
        parts[f"xl/worksheets/sheet{number}.xml"] = worksheet(sheets[name][0], drawing)
    return parts


def hr_note():
    first, last = FIRST[3], LAST[3]
    # Apart from its name, so that this file is not reported.
    code = "F32.1"
    return f"""{SECRET} - People team only
{COMPANY}

Return-to-work meeting, 12 February 2026

Employee: {first} {last}
Date of birth: {day(1970, 1990):%d %B %Y}
NHS number: {nhs_number()}
Contact during absence: {email(first, last)}

{first} has been away since 8 January. The occupational health report names a
depressive episode (ICD-10 {code}) and advises a phased return over six weeks,
four hours a day at first. No night shifts until the review in April.

Agreed: desk by the window, Fridays from home. Payroll has been told the hours,
not the reason.
"""


def customers():
    lines = ["customer_id,first_name,last_name,email,phone,street,city,state,zip,card_number,card_expiry,signed_up"]
    for number in range(150):
        first, last = RANDOM.choice(FIRST), RANDOM.choice(LAST)
        city, state, code = RANDOM.choice(CITIES)
        address = f"{RANDOM.randint(11, 2980)} {RANDOM.choice(STREETS)}"
        mail = email(first, f"{last}{number % 7 or ''}")
        expiry = f"{RANDOM.randint(1, 12):02}/{RANDOM.randint(27, 30)}"
        lines.append(f"C-{20100 + number},{first},{last},{mail},{phone()},{address},{city},{state},{code},{card()},{expiry},{day(2021, 2025)}")
    return "\n".join(lines) + "\n"


def dump():
    contacts = []
    for number in range(40):
        country, names = RANDOM.choice([("DE", GERMAN), ("FR", FRENCH), ("GB", BRITISH)])
        first, last = RANDOM.choice(names)
        born = day(1950, 2004)
        national = {"DE": german_pension_number(born, ascii_name(last).upper()), "FR": french_nir(born), "GB": nino()}[country]
        tax = german_tax_id() if country == "DE" else r"\N"
        contacts.append("\t".join([str(501 + number), f"{first} {last}", email(first, last), str(born), country, national, tax,
                                   f"{day(2023, 2025)} {RANDOM.randint(8, 18):02}:{digits(1)}7:00+00"]))
    payouts = []
    for number in range(16):
        first, last = RANDOM.choice(GERMAN)
        payouts.append(f"({number + 1},'{first} {last}','{german_iban()}',{RANDOM.randint(2000, 90000) / 100:.2f},'{day(2025, 2025)}')")
    return f"""--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.contacts (
    id integer NOT NULL,
    full_name text,
    email character varying(254),
    born date,
    country character(2),
    ssn text,
    steuer_id character varying(11),
    created_at timestamp with time zone
);

COPY public.contacts (id, full_name, email, born, country, ssn, steuer_id, created_at) FROM stdin;
{chr(10).join(contacts)}
\\.

ALTER TABLE ONLY public.contacts ADD CONSTRAINT contacts_pkey PRIMARY KEY (id);

-- Taken over from the old shop (MySQL) by hand:

CREATE TABLE `payouts` (
  `id` int NOT NULL AUTO_INCREMENT,
  `account_holder` varchar(120) DEFAULT NULL,
  `iban` varchar(34) DEFAULT NULL,
  `amount` decimal(10,2) DEFAULT NULL,
  `paid_on` date DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;

INSERT INTO `payouts` VALUES {(',' + chr(10)).join(payouts)};
"""


def log():
    moment = datetime(2026, 2, 27, 6, 0, tzinfo=timezone.utc)
    lines = []
    for number in range(220):
        moment += timedelta(milliseconds=RANDOM.randint(120, 90_000))
        line = {"ts": moment.isoformat(timespec="milliseconds"), "level": "info", "service": "shop-api",
                "request_id": uuid(), "client": f"10.20.{RANDOM.randint(0, 9)}.{RANDOM.randint(2, 250)}"}
        first, last = RANDOM.choice(FIRST), RANDOM.choice(LAST)
        if number == 143:
            line |= {"level": "error", "msg": f"git fetch failed: remote: Invalid username or token {github_token()}"}
        elif number % 23 == 5:
            line |= {"level": "warn", "msg": f"password reset requested for {email(first, last)}"}
        elif number % 31 == 7:
            line |= {"msg": "order confirmed", "user": {"email": email(first, last)}, "order": RANDOM.randint(10**6, 10**7)}
        else:
            path = RANDOM.choice(["/v2/catalogue", "/v2/basket", "/healthz", "/v2/stock/7741"])
            line |= {"msg": "request", "method": "GET", "path": path, "status": RANDOM.choice([200, 200, 200, 304, 404]),
                     "duration_ms": RANDOM.randint(1, 900), "trace": random_text("0123456789abcdef", 32)}
        lines.append(json.dumps(line))
    return "\n".join(lines) + "\n"


def sources():
    password = random_text(string.ascii_letters + string.digits, 18)
    yield "src/payments/client.py", f'''"""Talks to the ledger of the payment service."""

import os
from contextlib import contextmanager

import psycopg

# TODO: move to the vault before the next audit
LEDGER = "postgresql://ledger_rw:{password}@db-ledger-01.{DOMAIN}:5432/ledger"


@contextmanager
def ledger():
    with psycopg.connect(os.environ.get("LEDGER_URL", LEDGER)) as connection:
        yield connection


def refund(order_id: int, cents: int) -> None:
    if cents <= 0:
        raise ValueError("a refund is positive")
    with ledger() as connection:
        connection.execute("INSERT INTO refunds (order_id, cents) VALUES (%s, %s)", (order_id, cents))
'''
    yield "src/payments/test_client.py", '''"""Nothing in this file is real: test cards, reserved domains, placeholders."""

import pytest

from .client import refund

CARDS = ["4242424242424242", "4111 1111 1111 1111", "378282246310005"]
CUSTOMER = {"name": "Test User", "email": "test.user@example.com", "phone": "(555) 555-0100", "ssn": "078-05-1120"}
API_KEY = "your-api-key-here"
PASSWORD = "changeme"
DATABASE = "postgresql://user:password@localhost:5432/test"


@pytest.mark.parametrize("cents", [0, -1])
def test_refunds_are_positive(cents):
    with pytest.raises(ValueError):
        refund(1, cents)
'''
    yield "src/web/checkout.ts", '''import { Basket, Money } from "./basket";

const VERSION = "4.12.0-rc.3";
const ASSET = "https://cdn.example.com/build/5f2b7c1e9a0d4c3f8e6b/checkout.min.js";

/** Totals in cents, rounded half away from zero as the invoice does. */
export function total(basket: Basket, vat = 0.19): Money {
  const net = basket.lines.reduce((sum, line) => sum + line.cents * line.count, 0);
  return { cents: Math.round(net * (1 + vat)), currency: "EUR" };
}

export function orderUrl(token: string): string {
  return `/orders/${encodeURIComponent(token)}?v=${VERSION}&a=${ASSET}`;
}
'''
    yield "src/stock/reorder.go", '''// Package stock decides what to order again.
package stock

// Level is what a shelf holds; part 4006381333931 is the reference in the tests.
type Level struct {
	Part  string
	Count int
	Sold  [12]int
}

// Reorder returns how many to order so that two months are covered.
func (l Level) Reorder() int {
	sum := 0
	for _, sold := range l.Sold[10:] {
		sum += sold
	}
	if need := sum - l.Count; need > 0 {
		return need
	}
	return 0
}
'''


def environment():
    key = "AKIA" + random_text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)
    secret = random_text(string.ascii_letters + string.digits + "+/", 40)
    return f"""# Copied from the deploy host on 2026-02-20
APP_ENV=production
AWS_REGION=eu-central-1
AWS_ACCESS_KEY_ID={key}
AWS_SECRET_ACCESS_KEY={secret}

# Filled in by the deploy job
DATABASE_PASSWORD=${{DATABASE_PASSWORD}}
STRIPE_SECRET_KEY=<your-stripe-key>
SESSION_SECRET=changeme
SMTP_PASSWORD=xxxxxxxx
"""


ROADMAP = f"""{AMBER}

# Roadmap 2026 - {INTERNAL}

| quarter | what                                   | who       |
|---------|----------------------------------------|-----------|
| Q1      | close the warehouse in Dayton          | Logistics |
| Q2      | new returns process, pilot in Portland | Retail    |
| Q3      | take over the two Eugene shops         | Finance   |

The Dayton decision is announced on 15 April; until then it stays in this group.

{COMPANY}
"""


def german_list():
    lines = ["Kundenliste, Stand 31.12.2019 (aus dem alten System übernommen)", ""]
    for first, last in GERMAN[:8]:
        lines += [f"Kunde: {first} {last}, geboren am {day(1940, 1985):%d.%m.%Y}",
                  f"  Telefon {german_phone()}, E-Mail {email(first, last)}",
                  f"  Steuer-ID {german_tax_id()}, IBAN {grouped(german_iban())}", ""]
    return b"\xff\xfe" + "\r\n".join(lines).encode("utf-16-le")


def latin_list():
    lines = ["Kunde;Straße;PLZ;Ort;Telefon;IBAN;Umsatz €"]
    for first, last in GERMAN:
        street = RANDOM.choice(["Höhenweg", "Schloßallee", "Am Mühlbach", "Färbergasse"])
        lines.append(f"{first} {last};{street} {RANDOM.randint(1, 120)};{RANDOM.randint(10115, 99998)};"
                     f"{RANDOM.choice(['Würzburg', 'Köln', 'Görlitz', 'Plön'])};{german_phone()};{german_iban()};"
                     f"{RANDOM.randint(100, 9000)},{digits(2)}")
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def picture():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes(255 if (x - 16) ** 2 + (y - 16) ** 2 < 150 else 40 for x in range(32)) for y in range(32))
    header = struct.pack(">IIBBBBB", 32, 32, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


def prices():
    lines = ["sku,name,ean,price,stock,updated"]
    for number, name in enumerate(["Rain jacket", "Wool cap", "Tent, two people", "Camping stove", "Lantern", "Rope 20 m"]):
        body = "40" + digits(10)
        check = -sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body)) % 10
        name = f'"{name}"' if "," in name else name
        lines.append(f"MF-{number + 310},{name},{body}{check},{RANDOM.randint(900, 24900) / 100:.2f},{RANDOM.randint(0, 400)},{day(2025, 2025)}")
    return "\n".join(lines) + "\n"


def main():
    archive("hr/staff.xlsx", staff())
    write("hr/notes-confidential.txt", hr_note())
    write("sales/customers.csv", customers())
    write("exports/crm-dump.sql", dump())
    write("logs/app.jsonl", log())
    for name, content in sources():
        write(name, content)
    write(".env", environment())
    write("docs/roadmap.md", ROADMAP)
    write("legacy/kunden-utf16.txt", german_list())
    write("legacy/liste-latin1.csv", latin_list())
    write("pictures/logo.png", picture())
    write("clean/prices.csv", prices())
    write("clean/README.txt", "Price lists of the shops, one file a month. Nothing about people in here.\n")
    archive("archive/old.zip", {"2018/customers.txt": f"Customer: {FIRST[0]} {LAST[5]}\n{email(FIRST[0], LAST[5])}\n"})


if __name__ == "__main__":
    main()

"""Makes lines of text from a fixed seed: what shares, exports and logs consist
of, and what is hardest on a program that looks for numbers and tokens.

Every person is invented. Identifiers are random with computed check digits;
telephone numbers are of the exchange 555. Some values are the reserved ones
(`example.com`, 555-01xx, published test cards), which scanners may put aside;
most are not, so that what findings cost is measured too.

A maker takes a `random.Random` and returns a function without arguments that
gives one line, or a few.
"""

from base64 import b64encode
from datetime import datetime, timedelta, timezone

WORDS = """the of and harbour quiet letter window because never morning a to in answered river had been with account
garden phone number which slowly it station was she paper between their market old thought address snow they from his
would people winter road after table small bread under light evening read write long street house city spoke again
question work year name first last birth date card office contract invoice order patient doctor school bank meeting
please call send note copy report table page""".split()

NAMES = """index buffer result config user token len offset parser state node key value items count path request error
self stream cache field id handler session client server query column row table schema event queue worker""".split()

FIRST = """Ada Bruno Carla Dmitri Elena Farid Greta Hugo Ines Jonas Karin Luca Maria Nadia Oscar Petra Quentin Rosa
Stefan Teresa Ulrich Vera Walter Xenia Yusuf Zoe Amelia Benjamin Chloe Daniel Emma Felix Grace Henry Isabel James""".split()

LAST = """Abel Bergmann Castro Dubois Eriksen Fischer Garcia Hansen Ivanov Jensen Keller Lopez Martin Novak Olsen Popescu
Quinn Rossi Schmidt Taylor Ueda Vogel Weber Xu Young Zimmer Andersson Baker Collins Diaz Evans Foster""".split()

TEST_CARDS = ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117"]

LETTERS = "abcdefghijklmnopqrstuvwxyz"

START = datetime(2026, 2, 1, tzinfo=timezone.utc)


def below(random, bound):
    """Four times as fast as `randrange`, and even enough for texts."""
    return int(random.random() * bound)


def uuid(random):
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def luhn(digits):
    """The check digit that follows `digits`."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2 == 0:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return str(-total % 10)


def card(random):
    if random.random() < 0.05:
        return random.choice(TEST_CARDS)
    digits = f"4{below(random, 10**14):014d}"
    return digits + luhn(digits)


def iban(random):
    account = f"{below(random, 10**18):018d}"
    check = 98 - int(account + "131400") % 97  # "DE00" as digits
    return f"DE{check:02d}{account}"


def person(random):
    """Name, address, telephone, date of birth, social security number."""
    first, last = random.choice(FIRST), random.choice(LAST)
    host = "example.com" if random.random() < 0.05 else f"{random.choice(WORDS)}-mail.net"
    email = f"{first.lower()}.{last.lower()}{below(random, 1000)}@{host}"
    line = 100 + below(random, 100) if random.random() < 0.05 else 2000 + below(random, 7000)
    phone = f"({201 + below(random, 700)}) 555-{line:04d}"
    born = f"{1940 + below(random, 65)}-{1 + below(random, 12):02d}-{1 + below(random, 28):02d}"
    ssn = f"{1 + below(random, 660):03d}-{1 + below(random, 99):02d}-{1 + below(random, 9999):04d}"
    return f"{first} {last}", email, phone, born, ssn


def words(random, least, most):
    return " ".join(random.choices(WORDS, k=least + below(random, most - least)))


PEOPLE_HEADER = "id,name,email,phone,birth_date,ssn,card_number,iban,city,note\n"


def people_csv(random):
    """A table of customers: personal data in nearly every field."""

    def line():
        name, email, phone, born, ssn = person(random)
        return (
            f"{below(random, 10**6)},{name},{email},{phone},{born},{ssn},{card(random)},{iban(random)},"
            f'{random.choice(WORDS).title()},"{words(random, 2, 6)}"\n'
        )

    return line


COLUMNS = 24
NUMBERS_HEADER = ",".join(f"m{column:02d}" for column in range(COLUMNS)) + "\n"


def numbers_csv(random):
    """A wide table of measurements."""
    makers = [
        lambda: str(below(random, 10**6)),
        lambda: f"{random.random() * 1e5:.2f}",
        lambda: f"{random.random():.6f}",
        lambda: str(below(random, 1 << 31)),
        lambda: str(1_700_000_000 + below(random, 90_000_000)),
        lambda: f"-{random.random() * 90:.4f}",
    ]
    row = [makers[column % len(makers)] for column in range(COLUMNS)]
    return lambda: ",".join([make() for make in row]) + "\n"


def access_log(random):
    """A web server's log, combined format."""
    clock = START
    agents = [
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "curl/8.8.0",
        "kube-probe/1.30",
    ]

    def line():
        nonlocal clock
        clock += timedelta(milliseconds=below(random, 900))
        address = random.getrandbits(32)
        return (
            f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255} - - "
            f'[{clock:%d/%b/%Y:%H:%M:%S} +0000] "GET /{random.choice(NAMES)}/{random.choice(NAMES)}/{below(random, 10**6)} '
            f'HTTP/1.1" {random.choice((200, 200, 200, 304, 404, 500))} {below(random, 10**5)} '
            f'"https://shop.example.com/{random.choice(NAMES)}" "{random.choice(agents)}"\n'
        )

    return line


def app_log(random):
    """A service's log: times, trace ids, UUIDs, now and then a person."""
    clock = START

    def line():
        nonlocal clock
        clock += timedelta(milliseconds=below(random, 900))
        ending = f"took {below(random, 3000)}ms"
        if random.random() < 0.02:
            ending = f"for {person(random)[1]}"
        return (
            f"{clock:%Y-%m-%dT%H:%M:%S}.{clock.microsecond // 1000:03d}Z {random.choice(('INFO', 'INFO', 'DEBUG', 'WARN'))} "
            f"[{random.choice(NAMES)}-{below(random, 16)}] trace={random.getrandbits(64):016x} request={uuid(random)} "
            f"{random.choice(NAMES)}.{random.choice(NAMES)} {words(random, 2, 7)} {ending}\n"
        )

    return line


def json_lines(random):
    """Events, one object a line, a third of them with a person."""
    clock = START

    def line():
        nonlocal clock
        clock += timedelta(milliseconds=below(random, 900))
        who = ""
        if random.random() < 0.33:
            name, email, phone, _, _ = person(random)
            who = f'"user":{{"id":{below(random, 10**6)},"name":"{name}","email":"{email}","phone":"{phone}"}},'
        return (
            f'{{"ts":"{clock:%Y-%m-%dT%H:%M:%SZ}","level":"info","event":"{random.choice(NAMES)}.{random.choice(NAMES)}",'
            f'{who}"trace":"{uuid(random)}","ms":{below(random, 3000)},"message":"{words(random, 4, 12)}",'
            f'"tags":["{random.choice(WORDS)}","{random.choice(WORDS)}"]}}\n'
        )

    return line


def sql_copy(random):
    """PostgreSQL's plain format: blocks of `COPY … FROM stdin`."""

    def block():
        rows = []
        for _ in range(200):
            name, email, phone, born, ssn = person(random)
            rows.append(f"{below(random, 10**6)}\t{name}\t{email}\t{phone}\t{born}\t{ssn}\t\\N\t{words(random, 3, 9)}\n")
        return (
            "COPY public.customers (id, full_name, email, phone, birth_date, ssn, manager, note) FROM stdin;\n"
            + "".join(rows)
            + "\\.\n\n"
        )

    return block


def sql_insert(random):
    """MySQL's format: one statement, many rows. Orders, with few persons."""

    def block():
        rows = []
        for _ in range(100):
            contact = person(random)[1] if random.random() < 0.2 else ""
            rows.append(
                f"({below(random, 10**7)},{below(random, 10**6)},'2026-02-{1 + below(random, 28):02d} 10:{below(random, 60):02d}:00',"
                f"{random.random() * 1e3:.2f},'{uuid(random)}','{contact}','{words(random, 3, 9)}')"
            )
        return (
            "INSERT INTO `orders` (`id`,`customer_id`,`created_at`,`amount`,`reference`,`contact`,`note`) VALUES "
            + ",".join(rows)
            + ";\n"
        )

    return block


def digits(random):
    """Nothing but runs of digits, of every length that an identifier has."""

    def line():
        out = []
        for _ in range(8):
            count = 4 + below(random, 17)
            out.append(f"{below(random, 10**count):0{count}d}")
            out.append("-" if random.random() < 0.25 else " ")
        return "".join(out) + "\n"

    return line


def hex_lines(random):
    """A list of checksums."""

    def line():
        length = random.choice((32, 40, 64))
        return f"{random.getrandbits(length * 4):0{length}x}  {random.choice(NAMES)}.bin\n"

    return line


def base64_lines(random):
    """Encoded attachments and the like."""
    return lambda: b64encode(random.randbytes(57)).decode() + "\n"


def minified(random):
    """Scripts as bundlers write them: short names, hashes, no line breaks."""

    def letters():
        return f"{random.choice(LETTERS)}{random.choice(LETTERS)}"

    makers = [
        lambda a, b, c: f"function {a}({b},{c}){{return {b}.{random.choice(NAMES)}({c})||{c}[{below(random, 99)}]}}",
        lambda a, b, c: f"var {a}={b}({below(random, 10**5)}),{c}=void 0;",
        lambda a, b, c: f'{a}.exports={{{b}:"{random.choice(NAMES)}-{random.getrandbits(32):08x}",{c}:!0}};',
        lambda a, b, c: f"if({a}!=={b}&&{c}.{random.choice(NAMES)}>{random.random():.3f})throw Error({below(random, 600)});",
        lambda a, b, c: f'({a}=>{{{b}.set("{random.choice(WORDS)}",{c}<<{below(random, 31)}&0x{below(random, 1 << 24):x})}})();',
    ]
    return lambda: "".join([random.choice(makers)(letters(), letters(), letters()) for _ in range(20)])


def prose(random):
    """Running text: words that announce data everywhere, data next to nowhere."""

    def sentence():
        text = words(random, 6, 18)
        if random.random() < 0.01:
            text += f" {person(random)[random.choice((0, 1, 2))]}"
        return text.capitalize() + (".\n" if random.random() < 0.2 else ". ")

    return sentence


def code(random):
    """Lines of several languages."""
    makers = [
        lambda a, b, c, n: f"    let {a}_{b} = {c}.{a}(&{b}, {n})?;\n",
        lambda a, b, c, n: f"    if {a}.{b}() > {n} && !{c}.is_empty() {{\n",
        lambda a, b, c, n: f"    // {words(random, 3, 9)}.\n",
        lambda a, b, c, n: f'    return Err(format!("cannot {b} {{}}: {c} {n}", {a}));\n',
        lambda a, b, c, n: "}\n\n",
        lambda a, b, c, n: f'import {{ {a}, {b} }} from "../{c}/{a}.{b}";\n',
        lambda a, b, c, n: f"#define {a.upper()}_{b.upper()} 0x{n:04X}u\n",
        lambda a, b, c, n: f"def {a}_{c}({b}, {c}=None):  # {words(random, 1, 4)}\n",
    ]
    return lambda: random.choice(makers)(
        random.choice(NAMES), random.choice(NAMES), random.choice(NAMES), below(random, 4096)
    )

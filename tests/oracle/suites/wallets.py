"""Addresses of digital currencies, against their specifications written once more.

Bitcoin: Base58Check, Bech32 (BIP 173) and Bech32m (BIP 350); Ethereum: the
mixed case of EIP-55. The published vectors of all three are in
tables/wallets.toml.
"""

import hashlib
import pathlib
import tomllib

from trial import Trial

TABLE = pathlib.Path(__file__).parents[1] / "tables/wallets.toml"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def base58check(payload):
    data = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = BASE58[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def from_base58check(text):
    """The payload behind a text, or None."""
    number = 0
    for c in text:
        if c not in BASE58:
            return None
        number = number * 58 + BASE58.index(c)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    payload = b"\0" * (len(text) - len(text.lstrip("1"))) + data[:-4]
    return payload if base58check(payload) == text else None


def polymod(values):
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for at, factor in enumerate([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]):
            check ^= factor if top >> at & 1 else 0
    return check


def spread(prefix):
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def constant(version):
    """What the checksum leaves: 1 of Bech32 for version 0, that of Bech32m above."""
    return 0x2BC830A3 if version else 1


def bech32(prefix, version, program, leaves, padding=0):
    bits = int.from_bytes(program, "big") << (-len(program) * 8 % 5) | padding
    length = (len(program) * 8 + 4) // 5
    data = [version] + [bits >> 5 * at & 31 for at in reversed(range(length))]
    check = polymod(spread(prefix) + data + [0] * 6) ^ leaves
    data += [check >> 5 * at & 31 for at in reversed(range(6))]
    return prefix + "1" + "".join(BECH32[value] for value in data)


def is_segwit(text):
    if text not in (text.lower(), text.upper()) or not text.lower().startswith("bc1"):
        return False
    data = [BECH32.find(c) for c in text.lower()[3:]]
    if -1 in data or len(data) < 7:
        return False
    version, program = data[0], data[1:-6]
    bits = "".join(f"{value:05b}" for value in program)
    length, left = divmod(len(bits), 8)
    return (
        polymod(spread("bc") + data) == constant(version)
        and version <= 16
        and left < 5
        and "1" not in bits[length * 8 :]
        and 2 <= length <= 40
        and (version > 0 or length in (20, 32))
    )


def is_bitcoin(text):
    payload = from_base58check(text)
    if payload and len(payload) == 21 and payload[0] in (0, 5):
        return True
    return is_segwit(text)


def keccak256(data):
    """Keccak as it was before SHA-3 changed the padding."""
    state, mask = [[0] * 5 for _ in range(5)], 2**64 - 1
    turn = lambda value, by: (value << by | value >> (64 - by)) & mask if by else value  # noqa: E731
    block = bytearray(data.ljust(136, b"\0"))
    block[len(data)] ^= 1
    block[135] ^= 0x80
    for at in range(17):
        state[at % 5][at // 5] ^= int.from_bytes(block[at * 8 : at * 8 + 8], "little")
    register = 1
    for _ in range(24):
        column = [s[0] ^ s[1] ^ s[2] ^ s[3] ^ s[4] for s in state]
        for x in range(5):
            mixed = column[x - 1] ^ turn(column[(x + 1) % 5], 1)
            state[x] = [value ^ mixed for value in state[x]]
        x, y, current = 1, 0, state[1][0]
        for at in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, state[x][y] = state[x][y], turn(current, (at + 1) * (at + 2) // 2 % 64)
        for y in range(5):
            row = [state[x][y] for x in range(5)]
            for x in range(5):
                state[x][y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5])
        for at in range(7):
            if register & 1:
                state[0][0] ^= 1 << ((1 << at) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
    return b"".join(state[at][0].to_bytes(8, "little") for at in range(4))


def eip55(digits):
    """Forty hex digits in their mixed case."""
    marks = keccak256(digits.lower().encode()).hex()
    cased = [c.upper() if int(mark, 16) > 7 else c for c, mark in zip(digits.lower(), marks)]
    return "0x" + "".join(cased)


def is_ethereum(text):
    """In mixed case by its check; in one case there is none, and a column that
    names it is enough."""
    digits = text[2:]
    if len(digits) != 40 or not text.startswith("0x") or not all(c in "0123456789abcdefABCDEF" for c in digits):
        return False
    return digits in (digits.lower(), digits.upper()) or text == eip55(digits)


def bitcoin(rng):
    kind = rng.choice(["base58", "base58", "bech32", "bech32"])
    if kind == "base58":
        version, length = rng.choice([0, 0, 5, 5, 6, 111, 128]), rng.choice([20, 20, 20, 19, 21])
        text = base58check(bytes([version]) + rng.randbytes(length))
        alphabet = BASE58
    else:
        version = rng.choice([0, 0, 1, 1, rng.randrange(32)])
        length = rng.choice([20, 32, 32, rng.randrange(2, 42)])
        leaves = constant(version) if rng.random() < 0.8 else constant(not version)
        prefix, program = rng.choice(["bc", "bc", "bc", "tb"]), rng.randbytes(length)
        # What fills the last five bits up has to be zero.
        padding = int(length % 5 > 0 and rng.random() < 0.1)
        text = bech32(prefix, version, program, leaves, padding)
        alphabet = BECH32
    change = rng.choice(["none", "none", "one", "swap", "upper", "mixed"])
    at = rng.randrange(4, len(text) - 1)
    if change == "one":
        text = text[:at] + rng.choice(alphabet) + text[at + 1 :]
    elif change == "swap":
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    elif change == "upper" and kind == "bech32":
        text = text.upper()
    elif change == "mixed" and kind == "bech32":
        text = text[:at] + text[at:].upper()
    return text


def ethereum(rng):
    digits = rng.randbytes(20).hex()
    text = rng.choice([eip55(digits), eip55(digits), "0x" + digits, "0x" + digits.upper()])
    at = rng.randrange(2, 42)
    change = rng.choice(["none", "none", "one", "case", "longer", "shorter"])
    if change == "one":
        text = text[:at] + rng.choice("0123456789abcdef") + text[at + 1 :]
    elif change == "case":
        text = text[:at] + text[at].swapcase() + text[at + 1 :]
    elif change == "longer":
        text += "a"
    elif change == "shorter":
        text = text[:-1]
    return text


def trials(run):
    kinds = [
        ("bitcoin_address", "btc_address", bitcoin, is_bitcoin),
        ("ethereum_address", "eth_address", ethereum, is_ethereum),
    ]
    vectors = tomllib.loads(TABLE.read_text())
    for name, field, make, accepts in kinds:
        if not run.wants(name):
            continue
        rng = run.rng(name)
        # Keccak in Python is slow.
        count = run.draws if name == "bitcoin_address" else run.draws // 4
        values = sorted({make(rng) for _ in range(count)})
        yield Trial(name, [name], values, accepts, field=field)
        published = vectors[name]["valid"] + vectors[name]["invalid"]
        valid = set(vectors[name]["valid"])
        yield Trial(f"{name} vectors", [name], published, valid.__contains__, field=field)

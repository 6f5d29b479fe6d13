"""Text forms of IP addresses, against Python's ipaddress.

Addresses are written in the forms of RFC 4291 and RFC 5952 and in some that
neither allows. Terrier reports addresses of the public internet only, so the
oracle is asked whether an address is global as well.
"""

import ipaddress

from trial import Trial


def accepts(value):
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    unicast = address.version == 4 or address in ipaddress.ip_network("2000::/3")
    return unicast and address.is_global and not address.is_multicast


def v4(rng):
    octets = [str(rng.choice([rng.randrange(256), rng.randrange(1, 224)])) for _ in range(4)]
    change = rng.choice(["none", "none", "none", "big", "zero", "short", "long", "block"])
    at = rng.randrange(4)
    if change == "big":
        octets[at] = str(rng.randrange(256, 1000))
    elif change == "zero":
        octets[at] = octets[at].zfill(3)
    elif change == "short":
        octets.pop()
    elif change == "long":
        octets.append("7")
    elif change == "block":
        octets[:2] = rng.choice(["10.9", "127.0", "169.254", "172.20", "192.168", "198.18", "100.64"]).split(".")
    return ".".join(octets)


def v6(rng):
    first = rng.choice([0x2001, 0x2400, 0x2600, 0x2A00, rng.randrange(0x2000, 0x4000), rng.randrange(0x10000)])
    groups = [first] + [rng.choice([0, rng.randrange(0x100), rng.randrange(0x10000)]) for _ in range(7)]
    if rng.random() < 0.5:
        low = rng.randrange(2, 7)
        groups[low : rng.randrange(low + 1, 8)] = []
        groups += [0] * (8 - len(groups))
        groups[low:] = [0] * (8 - len(groups[low:]) ) + groups[low:]
    address = ipaddress.IPv6Address(b"".join(group.to_bytes(2, "big") for group in groups[:8]))
    text = rng.choice([str(address), str(address), address.exploded, str(address).upper()])
    parts = text.split(":")
    change = rng.choice(["none"] * 6 + ["ipv4", "five", "more", "fewer", "twice", "letter", "end", "mapped"])
    at = rng.randrange(len(parts))
    if change == "ipv4" and not parts[-1] == "" and not parts[-2] == "":
        parts[-2:] = [str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))]
    elif change == "five":
        parts[at] = (parts[at] or "1").zfill(5)
    elif change == "more":
        parts.insert(at, "a1")
    elif change == "fewer":
        parts.pop(at)
    elif change == "twice":
        parts.insert(at, "")
    elif change == "letter":
        parts[at] += "g"
    elif change == "end":
        parts.append("")
    elif change == "mapped":
        return f"::ffff:{ipaddress.IPv4Address(rng.randrange(2**24, 2**31))}"
    return ":".join(parts)


def trials(run):
    for name, make in [("ip_address_v4", v4), ("ip_address_v6", v6)]:
        if not run.wants(name):
            continue
        rng = run.rng(name)
        values = sorted({make(rng) for _ in range(run.draws)})
        yield Trial(name, [name], values, accepts, field="ip_address")

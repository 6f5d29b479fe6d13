"""Numbers that python-stdnum has no module for, or no check digit, against
their published rules written once more."""

import re

import draw
from trial import Trial


def digits(text):
    return [int(c) for c in text if c.isdigit()]


def dot(values, weights):
    return sum(value * weight for value, weight in zip(values, weights, strict=True))


def luhn(values):
    doubled = [sum(divmod(value * (1 + at % 2), 10)) for at, value in enumerate(reversed(values))]
    return sum(doubled) % 10 == 0


def us_npi(text):
    """CMS: Luhn with 80840, the issuer of health numbers, in front; 1 or 2 first."""
    return text[0] in "12" and luhn([8, 0, 8, 4, 0, *digits(text)])


def kr_brn(text):
    """National Tax Service: weights 1 3 7 1 3 7 1 3 5, and the tens of the last product."""
    d = digits(text)
    total = dot(d[:9], [1, 3, 7, 1, 3, 7, 1, 3, 5]) + d[8] * 5 // 10
    no_part_zero = d[:3] >= [1, 0, 1] and d[3:5] != [0, 0] and d[5:9] != [0] * 4
    return no_part_zero and (total + d[9]) % 10 == 0


def mx_clabe(text):
    """Banxico: weights 3 7 1, each product modulo 10."""
    d = digits(text)
    total = sum(value * weight % 10 for value, weight in zip(d[:17], [3, 7, 1] * 6))
    return (total + d[17]) % 10 == 0


def br_pis_pasep(text):
    """Caixa: weights 3 2 9 8 7 6 5 4 3 2, modulo 11."""
    d = digits(text)
    rest = 11 - dot(d[:10], [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11
    return d[10] == (rest if rest < 10 else 0)


def hk_hkid(text):
    """Immigration Department: A as 10, a blank before a single letter as 36, modulo 11."""
    text = text.replace("(", "").replace(")", "")
    if not re.fullmatch(r"[A-Z]{1,2}\d{6}[\dA]", text):
        return False
    values = [36 if c == " " else int(c, 36) for c in text[:-1].rjust(8)]
    return (dot(values, range(9, 1, -1)) + int(text[-1], 36)) % 11 == 0


def tw_national_id(text):
    """Ministry of the Interior: the letter as two digits, weights 1 9 8 7 6 5 4 3 2 1 1;
    then 1 or 2 of nationals, 8 or 9 of residents since 2021."""
    if not re.fullmatch(r"[A-Z][1289]\d{8}", text):
        return False
    letter = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(text[0]) + 10
    values = [letter // 10, letter % 10, *digits(text[1:])]
    return dot(values, [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 == 0


def es_nuss(text):
    """TGSS: province and number modulo 97; numbers below ten millions without zeros."""
    d = "".join(map(str, digits(text)))
    province, number, check = int(d[:2]), int(d[2:10]), int(d[10:])
    body = province * 10**7 + number if number < 10**7 else int(d[:10])
    if body % 97 != check or province == 0:
        return False
    # Which codes beyond the provinces are in use is not published.
    return True if province <= 52 else None


TYPES = {
    "us_npi": (us_npi, "npi", ["1234567893", "1245319599"]),
    "kr_brn": (kr_brn, "brn", ["123-45-67891", "220-81-62517", "2208162517"]),
    "mx_clabe": (mx_clabe, "clabe", ["032180000118359719", "002010077777777771"]),
    "br_pis_pasep": (br_pis_pasep, "pis", ["120.27435.81-9", "12027435819", "17033259504"]),
    "hk_hkid": (hk_hkid, "hkid", ["A123456(3)", "C6686689", "AB987654(3)"]),
    "tw_national_id": (tw_national_id, "id_number", ["A123456789", "F131104093"]),
    "es_nuss": (es_nuss, "nuss", ["281234567840", "28/12345678/40"]),
}


def trials(run):
    for name, (accepts, field, seeds) in TYPES.items():
        if run.wants(name):
            values = draw.mixed(seeds, accepts, run.draws, run.rng(name))
            yield Trial(name, [name], values, accepts, field=field)

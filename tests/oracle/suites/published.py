"""Numbers that python-stdnum has no module for, or no check digit, against
their published rules written once more."""

import datetime
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


def us_dea(text):
    """DEA: kind of registrant, initial or 9; 1st, 3rd, 5th digit and twice the 2nd, 4th, 6th."""
    if not re.fullmatch(r"[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7}", text):
        return False
    d = digits(text[2:])
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def digit_sums(text, weights):
    """Sum of the digits of the products; letters as two digits, A as 01."""
    values = digits("".join(c if c.isdigit() else f"{int(c, 36) - 9:02}" for c in text))
    return sum(sum(divmod(value * weight, 10)) for value, weight in zip(values, weights, strict=True))


def calendar(day, month, years):
    """Whether there is such a day in one of the years; None if all are still to come.
    Terrier asks no clock and takes births until 2030."""
    real = []
    for year in years:
        try:
            real.append(datetime.date(year, int(month), int(day)))
        except ValueError:
            continue
    if any(date <= datetime.date.today() for date in real):
        return True
    return None if any(date.year <= 2030 for date in real) else False


def de_rvnr(text):
    """VKVV section 2 and annex: area, date of birth, initial, serial number, check digit."""
    text = re.sub("[ -]", "", text)
    if not re.fullmatch(r"\d{8}[A-Z]\d{3}", text):
        return False
    regions = [2, 3, 4, *range(8, 22), 23, 24, 25, 26, 28, 29]
    area = int(text[:2])
    known = area in regions or area - 40 in regions or area in [38, 39, 40, 80, 81, 82, 89]
    year = int(text[6:8])
    fits = digit_sums(text[:-1], [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10 == int(text[-1])
    return known and fits and calendar(text[2:4], text[4:6], [1900 + year, 2000 + year])


def de_kvnr(text):
    """GKV-Spitzenverband: letter as two digits, weights 1 2, digit sums, modulo 10."""
    text = text.replace(" ", "")
    if not re.fullmatch(r"[A-Z]\d{9}", text):
        return False
    return digit_sums(text[:-1], [1, 2] * 5) % 10 == int(text[-1])


def sg_nric(text):
    """ICA: weights 2 7 6 5 4 3 2; 4 more for T and G, 3 more for M; letters by remainder."""
    if not re.fullmatch(r"[STFGM]\d{7}[A-Z]", text):
        return False
    total = dot(digits(text), [2, 7, 6, 5, 4, 3, 2]) + {"T": 4, "G": 4, "M": 3}.get(text[0], 0)
    letters = {"S": "ABCDEFGHIZJ", "F": "KLMNPQRTUWX", "M": "KLJNPQRTUWX"}
    letters["T"], letters["G"] = letters["S"], letters["F"]
    return letters[text[0]][10 - total % 11] == text[-1]


def kz_iin(text):
    """Government decree 406 of 2007: weights 1 to 11, where they leave 10 the same from 3 on;
    the seventh digit tells the century, and is 0 of foreigners."""
    d = digits(text)
    rest = dot(d[:11], range(1, 12)) % 11
    if rest == 10:
        rest = dot(d[:11], [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11
    if rest != d[11] or d[6] > 6:
        return False
    year = d[0] * 10 + d[1]
    centuries = [1900, 2000] if d[6] == 0 else [1800 + 100 * ((d[6] - 1) // 2)]
    return calendar(f"{d[4]}{d[5]}", f"{d[2]}{d[3]}", [century + year for century in centuries])


def hu_taj(text):
    """Act XX of 1996, annex: weights 3 7, modulo 10."""
    d = digits(text)
    return dot(d[:8], [3, 7] * 4) % 10 == d[8]


def nz_nhi(text):
    """HISO 10046: letters without I and O as 1 to 24, weights 7 to 2; modulo 11 where the last
    is a digit and 23 where it is a letter."""
    values = ["0ABCDEFGHJKLMNPQRSTUVWXYZ".find(c) if c.isalpha() else int(c) for c in text]
    if -1 in values or not re.fullmatch(r"[A-Z]{3}(?:\d{4}|\d{2}[A-Z]{2})", text):
        return False
    total = dot(values[:6], [7, 6, 5, 4, 3, 2])
    if text[-1].isdigit():
        return total % 11 != 0 and (11 - total % 11) % 10 == values[6]
    return 23 - total % 23 == values[6]


def au_medicare(text):
    """Services Australia: 2 to 6 first, weights 1 3 7 9 for the ninth digit, then the number of
    the card, and of the person on it."""
    d = digits(text)
    return 2 <= d[0] <= 6 and dot(d[:8], [1, 3, 7, 9] * 2) % 10 == d[8] and 0 not in d[9:]


def iccid(text):
    """ITU-T E.118: 89 first, Luhn. Of twenty digits, one more than it knows, some have no check digit."""
    d = digits(text)
    if d[:2] != [8, 9]:
        return False
    return luhn(d) or (None if len(d) == 20 else False)


def ae_emirates_id(text):
    """ICP: 784, the year of birth, a number, a last digit that mostly is the Luhn digit."""
    d = digits(text)
    year = int("".join(map(str, d[3:7])))
    if d[:3] != [7, 8, 4] or not 1900 <= year <= 2030:
        return False
    return True if luhn(d) and year <= datetime.date.today().year else None


TYPES = {
    "us_npi": (us_npi, "npi", ["1234567893", "1245319599"]),
    "kr_brn": (kr_brn, "brn", ["123-45-67891", "220-81-62517", "2208162517"]),
    "mx_clabe": (mx_clabe, "clabe", ["032180000118359719", "002010077777777771"]),
    "br_pis_pasep": (br_pis_pasep, "pis", ["120.27435.81-9", "12027435819", "17033259504"]),
    "hk_hkid": (hk_hkid, "hkid", ["A123456(3)", "C6686689", "AB987654(3)"]),
    "tw_national_id": (tw_national_id, "id_number", ["A123456789", "F131104093"]),
    "es_nuss": (es_nuss, "nuss", ["281234567840", "28/12345678/40"]),
    "us_dea": (us_dea, "dea_number", ["AB1234563", "F91234563"]),
    "de_rvnr": (de_rvnr, "rvnr", ["65170839J003", "15 070649 C 103", "65-180539-W-00 1"]),
    "de_kvnr": (de_kvnr, "kvnr", ["A123456780", "C000500021", "T446 789 329"]),
    "sg_nric": (sg_nric, "nric", ["S1234567D", "T1234567J", "F1234567N", "G1234567X", "M1234567K"]),
    "kz_iin": (kz_iin, "iin", ["870415300125", "030517602130", "681230 301557"]),
    "hu_taj": (hu_taj, "taj", ["123456788", "048 291 732", "039-182-759"]),
    "nz_nhi": (nz_nhi, "nhi", ["ZAC5361", "WLD9413", "ZBN77VL", "ZSC21TN"]),
    "au_medicare": (au_medicare, "medicare_no", ["2123456701", "5964 97514 2", "6874 02728 1/2"]),
    "iccid": (iccid, "iccid", ["8931440400738152949", "89012608622917350486"]),
    "ae_emirates_id": (ae_emirates_id, "emirates_id", ["784-1987-4820571-7", "784198748205717"]),
}


def trials(run):
    for name, (accepts, field, seeds) in TYPES.items():
        if run.wants(name):
            values = draw.mixed(seeds, accepts, run.draws, run.rng(name))
            yield Trial(name, [name], values, accepts, field=field)

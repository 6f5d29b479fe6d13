"""Telephone numbers of all regions, against phonenumbers.

Near-valid numbers are made from the example numbers of each region and kind,
in E.164 and in international form. Terrier must find what `is_valid_number`
accepts and refuse what `is_possible_number` refuses; between the two lie
lengths that exist and ranges that are not given out today, which terrier's
table of first digits and lengths does not follow one by one: they are left
open. So are voice mail boxes, each of which belongs to a number of its own.

National forms name no region, so that no rule can tell a valid one; terrier
takes them from columns and words, which its own examples are about.
"""


import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, phonenumberutil
from trial import Trial

FORMS = [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL]
KINDS = [
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.VOIP,
]


def accepts(value):
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.number_type(number) == PhoneNumberType.VOICEMAIL:
        return None
    if phonenumbers.is_valid_number(number):
        return True
    return None if phonenumbers.is_possible_number(number) else False


def near(example, rng):
    """The national digits of an example with some changed, or one more or less."""
    digits = list(phonenumberutil.national_significant_number(example))
    change = rng.choice(["end", "end", "some", "longer", "shorter", "all"])
    if change == "longer":
        digits += [rng.choice("0123456789") for _ in range(rng.randint(1, 4))]
    elif change == "shorter":
        digits = digits[: -rng.randint(1, 4)]
    first = {"all": 0, "some": 1}.get(change, max(len(digits) - 5, 2))
    for at in range(first, len(digits)):
        digits[at] = rng.choice("0123456789")
    return "".join(digits)


def written(example, digits, rng):
    text = f"+{example.country_code}{digits}"
    try:
        return phonenumbers.format_number(phonenumbers.parse(text), rng.choice(FORMS))
    except phonenumbers.NumberParseException:
        return text


def drawn(region, run):
    rng = run.rng(region)
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in KINDS]
    examples = [example for example in examples if example]
    values = set()
    for _ in range(max(run.draws // 40, 5)):
        example = rng.choice(examples)
        values.add(written(example, near(example, rng), rng))
    return values


def trials(run):
    """A row for each zone of the world, the first digit of the calling codes."""
    zones = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        zone = str(phonenumbers.country_code_for_region(region))[0]
        zones.setdefault(zone, []).append(region)
    for zone, regions in sorted(zones.items()):
        name = f"phone +{zone} ({len(regions)} regions)"
        if run.wants(name):
            values = sorted(set().union(*(drawn(region, run) for region in regions)))
            yield Trial(
                name, ["phone_e164", "us_phone"], values, accepts,
                field="phone", known_as="phone",
            )  # fmt: skip

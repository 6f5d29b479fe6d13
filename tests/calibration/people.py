"""Persons: names, addresses, mail and phone, from Faker and mimesis in turn."""

import functools
import re

import mimesis
import phonenumbers

from documents import Item
from values import fake

MIMESIS = {locale.value: locale for locale in mimesis.Locale}
# mimesis goes by languages where Faker goes by countries.
REGIONS = {"en": "US", "ja": "JP", "zh": "CN", "ko": "KR", "cs": "CZ", "da": "DK", "el": "GR", "sv": "SE", "uk": "UA"}


@functools.cache
def other(locale):
    """mimesis for a locale of Faker, or nothing."""
    language, _, region = locale.lower().partition("_")
    for name in (f"{language}-{region}", language):
        if name in MIMESIS:
            return mimesis.Generic(MIMESIS[name], seed=0)
    return None


def seed(number):
    """Every generator begins anew, so that a seed means one corpus."""
    import faker

    faker.Faker.seed(number)
    fake.cache_clear()
    other.cache_clear()
    mimesis.random.global_seed = number


def phone(locale, rng):
    """A number that the numbering plan of the country has."""
    region = locale[3:]
    for _ in range(20):
        try:
            number = phonenumbers.parse(fake(locale).phone_number(), region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            break
    else:
        number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        for _ in range(20):
            digits = str(number.national_number)
            changed = int(digits[:-6] + f"{rng.randrange(10**6):06}")
            other_number = phonenumbers.PhoneNumber(number.country_code, changed)
            if phonenumbers.is_valid_number(other_number):
                number = other_number
                break
    form = rng.choice([phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.NATIONAL])
    return phonenumbers.format_number(number, form)


def person(locale, labels, rng):
    """The items of one person; labels are those of name, mail, phone, address."""
    source, mime = fake(locale), other(locale)
    if mime and rng.random() < 0.4:
        name, address = mime.person.full_name(), mime.address.address()
    else:
        name, address = source.name(), source.address()
    address = re.sub(r"\s*\n\s*", ", ", address)
    user = re.sub(r"[^a-z0-9._-]", "", (mime.person.username() if mime and rng.random() < 0.3 else source.user_name()).lower())
    domain = rng.choice([source.free_email_domain(), source.domain_name()])
    if re.search(r"example\.|[^ -~]", domain):
        domain = rng.choice(["gmail.com", "outlook.com", "proton.me", "gmx.net"])
    return [
        Item(labels[0], rng.choice(["name", "full_name", "customer_name"]), name, "person_name"),
        Item(labels[1], rng.choice(["email", "mail", "email_address"]), f"{user.strip('.-_') or 'k'}@{domain}", "email"),
        Item(labels[2], rng.choice(["phone", "mobile", "phone_number", "tel"]), phone(locale, rng), "phone"),
        Item(labels[3], rng.choice(["address", "street_address"]), address, "address"),
    ]

"""Draws values near valid ones."""

import dataclasses
import fnmatch
import random
import string

LETTERS, DIGITS = string.ascii_uppercase, string.digits


@dataclasses.dataclass
class Run:
    """What is to be drawn."""

    draws: int
    seed: str
    types: list[str] | None = None  # globs

    def wants(self, name):
        return not self.types or any(fnmatch.fnmatch(name, glob) for glob in self.types)

    def rng(self, name):
        """Of its own for each type, so that one type can be looked at alone."""
        return random.Random(f"{self.seed} {name}")


def like(character, rng):
    """A character of the same kind."""
    for kind in (DIGITS, LETTERS, LETTERS.lower()):
        if character in kind:
            return rng.choice(kind)
    return character


def near(value, rng):
    """The value with some characters changed, now and then two swapped."""
    value = list(value)
    places = [at for at, c in enumerate(value) if c.isalnum()]
    many = rng.choice([1, 1, 2, 3, len(places) // 2, len(places)])
    for at in rng.sample(places, min(many, len(places))):
        if value[at] in DIGITS or rng.random() < 0.3:
            value[at] = like(value[at], rng)
    if rng.random() < 0.1 and len(places) > 1:
        a, b = rng.sample(places, 2)
        value[a], value[b] = value[b], value[a]
    return "".join(value)


def fitted(value, accepts, rng):
    """The value with a check character that makes it valid, if there is one."""
    # Check characters stand at the end, or two or three before it.
    places = [at for at, c in enumerate(value) if c.isalnum()][-4:]
    for at in rng.sample(places, len(places)):
        for character in DIGITS if value[at] in DIGITS else LETTERS:
            tried = value[:at] + character + value[at + 1 :]
            if accepts(tried):
                return tried
    return value


def mixed(seeds, accepts, draws, rng):
    """Different values, half of them given a check character that fits, if there is one."""
    values = set()
    for _ in range(draws):
        value = near(rng.choice(seeds), rng)
        values.add(fitted(value, accepts, rng) if accepts and rng.random() < 0.5 else value)
    return sorted(values)

"""What documents are made of."""

import dataclasses


@dataclasses.dataclass
class Item:
    """A value with the name it stands beside. `type` is None for noise."""

    label: str
    key: str
    value: str
    type: str | None
    also: frozenset = frozenset()
    kind: str = ""
    # Right when found, no loss when not: names and addresses in running text.
    optional: bool = False


@dataclasses.dataclass
class Document:
    """A file to scan, and what is true in it."""

    name: str
    shape: str
    text: str
    items: list

"""Talks to the ledger of the payment service."""

import os
from contextlib import contextmanager

import psycopg

# TODO: move to the vault before the next audit
LEDGER = "postgresql://ledger_rw:QHaEFFopVUp2yurIj5@db-ledger-01.marlowe-finch-outfitters.com:5432/ledger"


@contextmanager
def ledger():
    with psycopg.connect(os.environ.get("LEDGER_URL", LEDGER)) as connection:
        yield connection


def refund(order_id: int, cents: int) -> None:
    if cents <= 0:
        raise ValueError("a refund is positive")
    with ledger() as connection:
        connection.execute("INSERT INTO refunds (order_id, cents) VALUES (%s, %s)", (order_id, cents))

"""Nothing in this file is real: test cards, reserved domains, placeholders."""

import pytest

from .client import refund

CARDS = ["4242424242424242", "4111 1111 1111 1111", "378282246310005"]
CUSTOMER = {"name": "Test User", "email": "test.user@example.com", "phone": "(555) 555-0100", "ssn": "078-05-1120"}
API_KEY = "your-api-key-here"
PASSWORD = "changeme"
DATABASE = "postgresql://user:password@localhost:5432/test"


@pytest.mark.parametrize("cents", [0, -1])
def test_refunds_are_positive(cents):
    with pytest.raises(ValueError):
        refund(1, cents)

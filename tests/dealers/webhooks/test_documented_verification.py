"""The document's way to verify a message holds for what is sent."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from dealers.webhooks.signatures import new_nonce, secret_of, signed_headers

DOCUMENT = Path(__file__).parents[3] / "docs" / "webhooks.md"


def documented() -> Any:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found[1], names)  # noqa: S102 - our own document
    return names["is_ours"]


def test_the_documented_function_takes_our_signature_and_no_other() -> None:
    made, other = new_nonce(), new_nonce()
    secret = secret_of(made.nonce, made.key_check)
    body, now = '{"type":"webhook.test"}', timezone.now()
    headers = signed_headers("msg_1", body, (secret,), now)
    is_ours = documented()
    assert is_ours(secret, headers, body.encode())
    assert not is_ours(secret_of(other.nonce, other.key_check), headers, body.encode())
    assert not is_ours(secret, headers, body.encode() + b" ")
    assert not is_ours(secret, {**headers, "webhook-id": "msg_2"}, body.encode())


@pytest.mark.parametrize("hours", [-1, 1])
def test_an_old_message_is_not_taken(hours: int) -> None:
    made = new_nonce()
    secret = secret_of(made.nonce, made.key_check)
    moment = timezone.now() + timedelta(hours=hours)
    assert not documented()(secret, signed_headers("msg_1", "{}", (secret,), moment), b"{}")

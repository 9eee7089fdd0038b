"""No form is answered 5xx, with any value in any of the fields that its page has."""

import itertools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin

import pytest
from lxml import html

from tests.marketplace.hostile.conftest import Sender
from tests.marketplace.hostile.values import ALONE, AWKWARD, some

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200), pytest.mark.slow]
FORM = "application/x-www-form-urlencoded"
REACHED = {
    "public": ("/renew/", "/join/", "/password/reset/", "/set-password/"),
    "dealer": ("/account/name/", "/listings/listing/add/", "/team/invite/"),
    "admin": ("/account/name/", "/standing/suspend/", "/merge/", "/listings/listing/add/"),
}
"""Some of the addresses that forms are sent to, by part."""


@pytest.mark.parametrize("sender", ["public", "dealer", "admin"], indirect=True)
def test_nothing_in_a_field_of_a_form_is_too_awkward(sender: Sender) -> None:
    known: set[tuple[Any, ...]] = set()
    for endpoint in sender.endpoints():
        address = endpoint.address(sender.rows)
        for action, fields in forms(sender.send(endpoint, "GET", address), address):
            same = (re.sub(r"\d+", "", action), *fields)  # such as that to sign out
            if same in known:
                continue
            known.add(same)
            for data in some(
                spoilt_forms(fields),
                one_in=8 if endpoint.site else 1,
                of=f"{endpoint.route} {len(known)}",
            ):
                sender.send(endpoint, "POST", action, data=data, content_type=FORM)
    assert not sender.failures, sender.told()
    sent_to = {action for action, *_ in known}
    assert all(any(part in action for action in sent_to) for part in REACHED[sender.part])


def forms(answer: Any, address: str) -> list[tuple[str, dict[str, str]]]:
    """Return where each form of a page that posts goes, and its fields and values."""
    if not answer.get("Content-Type", "").startswith("text/html") or not answer.content:
        return []
    return [
        (
            urljoin(address, form.action or address),
            {field.name: str(field.value or "1") for field in form.inputs if field.name},
        )
        for form in html.document_fromstring(answer.content).iter("form")
        if isinstance(form, html.FormElement) and form.method == "POST"
    ]


def spoilt_forms(fields: dict[str, str]) -> Iterator[str]:
    encoded = {quote(name): quote(value, safe="") for name, value in fields.items()}
    for text in AWKWARD.values():
        yield "&".join(f"{name}={text[:300]}" for name in encoded)
    for name, which in itertools.product(encoded, (*ALONE, "bracket")):
        yield "&".join(f"{k}={v}" for k, v in {**encoded, name: AWKWARD[which]}.items())

"""No address is answered 5xx, by whatever method, and nothing in it is too awkward."""

import itertools
from urllib.parse import quote

import pytest

from tests.marketplace.hostile.conftest import Sender
from tests.marketplace.hostile.values import AWKWARD, some

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200)]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.mark.slow
def test_every_address_answers_every_method(sender: Sender) -> None:
    for endpoint, method in itertools.product(sender.endpoints(), METHODS):
        sender.send(endpoint, method, endpoint.address(sender.rows))
    assert not sender.failures, sender.told()
    assert sender.statuses[200] >= len(sender.endpoints()) / 2, "most are let in"
    assert not sender.statuses[401] + sender.statuses[429]


@pytest.mark.slow
def test_nothing_in_an_address_is_too_awkward(sender: Sender) -> None:
    for endpoint, method in itertools.product(sender.endpoints(), ("GET", "POST")):
        for text in some(AWKWARD.values(), one_in=3, of=f"{method} {endpoint.route}"):
            for address in endpoint.addresses_with(quote(text, safe="%"), sender.rows):
                sender.send(endpoint, method, address)
    assert not sender.failures, sender.told()

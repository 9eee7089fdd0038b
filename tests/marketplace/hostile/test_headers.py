"""No header is answered 5xx."""

import itertools

import pytest

from tests.marketplace.hostile.conftest import Sender
from tests.marketplace.hostile.values import some

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200), pytest.mark.slow]
NAMES = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Cookie",
    "Host",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "Origin",
    "Range",
    "Referer",
    "Sec-Fetch-Site",
    "X-Forwarded-For",
    "X-HTTP-Method-Override",
    "X-Request-Id",
)
TEXTS = (
    "",
    "\xff\xfe",
    "\xed\xa0\x80",
    "http://[",
    "*/*;q=" + "9" * 5_000,
    "bytes=9223372036854775808-",
    'W/"' + "x" * 5_000,
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Basic /w==",
    "Bearer \xb2",
    "sessionid=\xff; csrftoken=",
    "::ffff:300.1.1.1%",
)


def test_nothing_in_a_header_is_too_awkward(sender: Sender) -> None:
    for endpoint, name in itertools.product(sender.endpoints(), NAMES):
        address = endpoint.address(sender.rows)
        for text in some(TEXTS, one_in=60 if endpoint.site else 12, of=name + endpoint.route):
            method = "POST" if name in ("Idempotency-Key", "X-HTTP-Method-Override") else "GET"
            sender.send(endpoint, method, address, headers={name: text})
    assert not sender.failures, sender.told()

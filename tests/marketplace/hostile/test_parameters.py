"""No query string is answered 5xx: parameters all together, each alone, and none that is known."""

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.admin.views import main as changelist
from django.test import Client

from listings.widget.frames import LOOKS
from listings.widget.oembed import PARAMETERS as OEMBED
from tests.marketplace.hostile.addresses import Endpoint
from tests.marketplace.hostile.conftest import Sender
from tests.marketplace.hostile.document import DOCUMENT, documented
from tests.marketplace.hostile.values import ALONE, AWKWARD, some

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200)]
CHANGES = "/api/v1/changes/"
QUERIES = ("%00=1", "%ff", "&&&", "=", "a" * 9_000, "%", "x=1&" * 1_100, "\xff=\x01", "a=%00")


@pytest.mark.slow
def test_nothing_in_a_parameter_is_too_awkward(sender: Sender) -> None:
    for endpoint in sender.endpoints():
        address, names = endpoint.address(sender.rows), parameters(endpoint)
        for text in some(AWKWARD.values(), one_in=5 if endpoint.site else 2, of=endpoint.route):
            together = "&".join(f"{quote(name)}={text[:300]}" for name in names)
            sender.send(endpoint, "GET", f"{address}?{together}")
        for name in names if is_list(endpoint) else ():
            for which in some(ALONE, one_in=3 if endpoint.site else 1, of=endpoint.route + name):
                sender.send(endpoint, "GET", f"{address}?{quote(name)}={AWKWARD[which]}")
        for query in some(QUERIES, one_in=3, of=endpoint.route):
            sender.send(endpoint, "GET", f"{address}?{query}")
    assert not sender.failures, sender.told()


@pytest.mark.django_db(transaction=True)
def test_nothing_in_a_parameter_of_the_change_feed_is_too_awkward() -> None:
    """Its transaction must be the outermost, so nothing can be undone around it."""
    client = Client(raise_request_exception=False)
    for name, text in itertools.product(("after", "page_size", "nothing"), AWKWARD.values()):
        answer = client.generic("GET", CHANGES, QUERY_STRING=f"{name}={text}")
        assert answer.status_code < 500, (name, text[:100])


def parameters(endpoint: Endpoint) -> list[str]:
    if endpoint.route.startswith("api/"):
        found = [
            each
            for method in documented(endpoint).values()
            for each in method.get("parameters", ())
        ]
        return [each["name"] for each in found if each.get("in") == "query"]
    if endpoint.site is None:
        search = DOCUMENT["paths"]["/api/v1/listings/"]["get"]["parameters"]
        return [*(each["name"] for each in search), *OEMBED, *LOOKS, "limit", "q"]
    names = [
        getattr(changelist, name) for name in dir(changelist) if name.endswith(("_VAR", "_FLAG"))
    ]
    names += ["term", "app_label", "model_name", "field_name", "next", "id", "ids", "tab"]
    names += ["events-page", "price_changes-page"]
    admin = endpoint.site._registry.get(endpoint.model())
    return list(dict.fromkeys([*names, *filter_names(admin)]))


def is_list(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint looks for rows by its parameters, each of them alone."""
    if endpoint.route.startswith("api/"):
        return True
    if endpoint.site is None:
        return endpoint.route in ("cars/", "widget/fragment/", "oembed")
    model = endpoint.model()
    return model is not None and endpoint.route.endswith(f"/{model._meta.model_name}/")


def filter_names(admin: Any) -> Iterator[str]:
    for each in getattr(admin, "list_filter", ()):
        last = each[0] if isinstance(each, tuple) else each
        name = last if isinstance(last, str) else getattr(last, "parameter_name", None)
        for suffix in ("", "__exact", "__isnull", "__gte", "_from", "_to", "_min", "_max"):
            if name:
                yield f"{name}{suffix}"

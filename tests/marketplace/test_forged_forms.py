"""Forms that another site has somebody's browser send: refused wherever somebody is signed in."""

import re

import pytest
from django.test import Client
from rest_framework.views import APIView

from tests import make
from tests.marketplace.hostile.addresses import Endpoint, endpoints

pytestmark = pytest.mark.django_db
WITHOUT_A_TOKEN = {
    # The link is the secret that is asked for, and no cookie is read.
    *("renew/<token>/", "weekly-mail/<token>/", "left/<token>/", "left/all/<token>/"),
    *("alerts/<token>/", "alerts/confirm/<token>/", "alerts/stop/<token>/"),
    # Anybody may send these; pages for buyers set no cookie.
    *("left/", "alerts/new/", "cars/<pk>/enquire/", "cars/<pk>/reserve/"),
    *("cars/<pk>/report/", "widget/frame/<pk>/enquire/"),
    # What is posted says where a reader is, counts, or describes a car, and changes nothing else.
    *("cars/<pk>/", "cars/<pk>/<slug>/", "cars/<pk>/phone/", "value/"),
    "mcp",  # programs ask by JSON, no cookie is read, and no tool changes anything
    "mail/events/",  # the provider shows its secret in a header
}


def shape(route: str) -> str:
    return re.sub(r"<\w+:(\w+)>", r"<\1>", route)


def is_exempt(endpoint: Endpoint) -> bool:
    return bool(getattr(endpoint.view, "csrf_exempt", False))


def test_pages_without_a_token_are_those_that_need_none() -> None:
    found = {shape(each.route) for each in endpoints("public") if is_exempt(each)}

    assert found == WITHOUT_A_TOKEN


def test_the_api_knows_no_cookie() -> None:
    views = [getattr(each.view, "cls", None) for each in endpoints("api")]
    found = [view for view in views if view is not None and issubclass(view, APIView)]

    assert len(found) > 40
    names = {each.__name__ for view in found for each in view.authentication_classes}
    assert names == {"ApiKeyAuthentication"}


@pytest.mark.parametrize("site", ["admin", "dealer"])
def test_every_page_of_who_is_signed_in_asks_for_its_token(site: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.member(make.dealer(), is_staff=True, is_superuser=True))
    pages = endpoints(site)

    refused = 0
    for page in pages:
        address = "/" + re.sub(r"<[^>]+>", "1", page.route)
        answer = client.post(address, {"confirm": "yes"})
        assert answer.status_code in (403, 404), address
        refused += "Nothing was saved." in answer.content.decode()
    assert refused > 0.9 * len(pages) > 50

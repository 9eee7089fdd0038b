"""A manager gives the stock an address for others to read, makes it anew, and ends it."""

import re

import pytest
from django.test import Client

from dealers.models import AuditEvent, Branch, Membership
from listings.models import SyndicationLink
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/dealer/feeds-out/"


def address_on(page: str) -> str:
    found = re.search(r'value="(http[^"]+/feeds/out/[^"]+)"', page)
    assert found, page
    return found[1]


def test_a_format_gets_an_address_that_can_be_renewed_and_ended(
    desk: Client, branch: Branch
) -> None:
    make.live(branch=branch, stock_ref="S7")
    assert "Left out, for want of" in desk.get(PAGE).content.decode()
    desk.post(PAGE, {"form": "stock", "act": "offer"})
    first = address_on(desk.get(PAGE).content.decode())
    assert "S7" in Client().get(first.partition("8000")[2]).getvalue().decode()
    assert "Last read" in desk.get(PAGE).content.decode()
    desk.post(PAGE, {"form": "stock", "act": "renew"})
    second = address_on(desk.get(PAGE).content.decode())
    assert second != first
    assert Client().get(first.partition("8000")[2]).status_code == 404
    desk.post(PAGE, {"form": "stock", "act": "end"})
    assert Client().get(second.partition("8000")[2]).status_code == 404
    assert not SyndicationLink.objects.exists()
    kinds = AuditEvent.objects.filter(dealer_id=branch.dealer_id, subject="All fields, as CSV")
    assert kinds.count() == 3


def test_an_unknown_format_is_told(desk: Client) -> None:
    answer = desk.post(PAGE, {"form": "nothing", "act": "offer"}, follow=True)
    assert "There is no such format." in answer.content.decode()


def test_another_dealers_address_is_neither_shown_nor_ended(desk: Client) -> None:
    theirs = make.dealer()
    SyndicationLink.objects.create(dealer=theirs, form="google")
    assert "/feeds/out/" not in desk.get(PAGE).content.decode()
    desk.post(PAGE, {"form": "google", "act": "end"})
    assert SyndicationLink.objects.filter(dealer=theirs).exists()


def test_sales_people_have_no_such_page(client: Client, branch: Branch) -> None:
    client.force_login(make.member(branch.dealer, Membership.Role.SALES))
    assert client.get(PAGE).status_code == 403

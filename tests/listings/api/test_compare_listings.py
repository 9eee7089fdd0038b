"""A buyer puts a few adverts side by side."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from listings.choices import Status
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/listings/compare/"


def ask(client: Client, query: str) -> Any:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_adverts_come_whole_in_the_order_asked_for_with_what_differs(client: Client) -> None:
    place = make.branch()
    one = make.live(branch=place, seats=5)
    two = make.live(branch=place, price=30_000, mileage=1_000)
    body = ask(client, f"id={two.pk}&id={one.pk}")
    assert [each["id"] for each in body["results"]] == [two.pk, one.pk]
    shown = client.get(f"/api/v1/listings/{one.pk}/").json()
    del shown["also_listed_by"]  # other dealers' adverts: told at an advert's own address alone
    assert body["results"][1] == shown
    assert body["differences"] == ["price", "mileage", "seats"]
    assert body["gone"] == []
    assert ask(client, f"id={two.pk},{one.pk},{two.pk}") == body
    assert ask(client, f"id={one.pk}")["differences"] == []


def test_what_is_gone_says_so_and_what_was_never_seen_stays_unknown(client: Client) -> None:
    row, sold, withdrawn, draft, hidden = make.live(), *(make.live() for _ in range(4))
    now = timezone.now()
    Listing.objects.filter(pk=sold.pk).update(status=Status.SOLD, sold_at=now)
    Listing.objects.filter(pk=withdrawn.pk).update(status=Status.WITHDRAWN)
    Listing.objects.filter(pk=draft.pk).update(status=Status.DRAFT, published_at=None)
    type(hidden.dealer).objects.filter(pk=hidden.dealer_id).update(is_active=False)
    ids = [draft.pk, sold.pk, row.pk, hidden.pk, withdrawn.pk, 999_999_999_999]
    body = ask(client, "&".join(f"id={pk}" for pk in ids))
    assert [each["id"] for each in body["results"]] == [row.pk]
    assert body["gone"] == [
        {"id": draft.pk, "reason": "unknown", "title": None},
        {"id": sold.pk, "reason": "sold", "title": sold.title},
        {"id": hidden.pk, "reason": "unknown", "title": None},
        {"id": withdrawn.pk, "reason": "ended", "title": withdrawn.title},
        {"id": 999_999_999_999, "reason": "unknown", "title": None},
    ]


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("", "id", "This parameter is required."),
        ("id=", "id", "This parameter is required."),
        ("id=,", "id", "There is no value between the commas."),
        ("id=0", "id", "Must be from 1 to 999999999999, not '0'."),
        ("id=x", "id", "Must be a whole number, not 'x'."),
        ("id=1,2,3&id=4,5,6,7", "id", "At most 6 values."),
        ("ids=1", "ids", "There is no such parameter. Did you mean id?"),
    ],
)
def test_a_mistake_is_named(client: Client, query: str, name: str, message: str) -> None:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert answer.json()["fields"] == {name: [message]}


def test_six_adverts_take_few_questions_to_the_database(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [make.live() for _ in range(5)]
    with django_assert_max_num_queries(5):
        ask(client, f"id={','.join(str(row.pk) for row in rows)},1000")

"""A page shows the adverts that a reader chose, by their ids."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from listings.choices import Status
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db
URL = "/api/v1/widget/cards/"


def ask(client: Client, *ids: int) -> Any:
    answer = client.get(URL, {"id": ids})
    assert answer.status_code == 200, answer.content
    return answer


def test_chosen_adverts_are_cards_of_the_block_in_the_order_asked_for(client: Client) -> None:
    rows = [make.live(price=price) for price in (30_000, 10_000, 20_000)]
    answer = ask(client, *(row.pk for row in rows))
    assert answer["Cache-Control"] == "public, max-age=20, stale-while-revalidate=30"
    assert answer["Access-Control-Allow-Origin"] == "*"
    body = answer.json()
    assert [card["price_text"] for card in body["adverts"]] == ["£30,000", "£10,000", "£20,000"]
    block = client.get("/api/v1/widget/").json()["adverts"]
    assert sorted(body["adverts"], key=lambda card: card["price"]) == block
    assert body["gone"] == []


def test_those_that_are_gone_are_told_and_drafts_are_not(client: Client) -> None:
    row, sold, draft = make.live(), make.live(), make.draft()
    Listing.objects.filter(pk=sold.pk).update(status=Status.SOLD, sold_at=timezone.now())
    body = ask(client, draft.pk, row.pk, sold.pk).json()
    assert [card["id"] for card in body["adverts"]] == [row.pk]
    assert body["gone"] == [
        {"id": draft.pk, "reason": "unknown", "title": None},
        {"id": sold.pk, "reason": "sold", "title": sold.title},
    ]


def test_a_mistake_is_named(client: Client) -> None:
    many = ",".join(str(number) for number in range(1, 102))
    for query in ("", "id=a", "id=-1", f"id={many}", "id=1&limit=3"):
        assert client.get(f"{URL}?{query}").status_code == 400, query


def test_a_hundred_take_as_few_questions_as_one(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [make.live() for _ in range(3)]
    with django_assert_max_num_queries(3):
        ask(client, *(row.pk for row in rows), *range(10_000, 10_097))

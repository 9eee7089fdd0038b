"""Events and price changes: to read, never to write."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from listings.adverts import lifecycle
from listings.models import ListingEvent, PriceChange
from tests import make

pytestmark = pytest.mark.django_db
EVENTS, PRICES = "/admin/listings/listingevent/", "/admin/listings/pricechange/"


@pytest.mark.parametrize("url", [EVENTS, PRICES])
def test_rows_can_be_read_and_not_written(admin: Client, url: str) -> None:
    row = make.live()
    lifecycle.withdraw(listing_id=row.pk, actor_id=None, reason="Gone to auction")
    pk = (ListingEvent if url == EVENTS else PriceChange).objects.latest("id").pk
    assert admin.get(f"{url}{pk}/change/").status_code == 200
    for page in ("add/", f"{pk}/change/", f"{pk}/delete/"):
        assert admin.post(f"{url}{page}", {"post": "yes"}).status_code == 403
    assert admin.get(url).context["action_form"] is None


@pytest.mark.parametrize("url", [EVENTS, PRICES])
def test_lists_cost_the_same_for_many_rows(admin: Client, url: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(url).status_code == 200
        return len(seen)

    person = make.user()
    lifecycle.withdraw(listing_id=make.live().pk, actor_id=person.pk)
    before = queries()
    for _ in range(9):
        lifecycle.withdraw(listing_id=make.live().pk, actor_id=make.user().pk)
    assert queries() == before == 4


@pytest.mark.parametrize(
    ("typed", "count"), [("{}", 1), ("#{}", 1), ("0", 0), ("AB15CDE", 0), ("9" * 30, 0)]
)
def test_rows_are_found_by_the_number_of_their_advert(
    admin: Client, typed: str, count: int
) -> None:
    row = make.live()
    make.live()
    response = admin.post(f"{PRICES}search/", {"q": typed.format(row.pk)}, follow=True)
    assert len(response.context["cl"].result_list) == count


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind__exact=withdrawn", 1),
        ("kind__exact=sold", 0),
        ("to_status__exact=withdrawn", 1),
        ("happened_at_from=01/02/2020", 1),
        ("happened_at_to=01/02/2020", 0),
        ("happened_at_from=01/02/2020&happened_at_to=01/02/2099", 1),
    ],
)
def test_events_are_narrowed_by_kind_and_date(admin: Client, query: str, count: int) -> None:
    lifecycle.withdraw(listing_id=make.live().pk, actor_id=None)
    assert len(admin.get(f"{EVENTS}?{query}").context["cl"].result_list) == count


def test_a_day_that_is_none_is_refused(admin: Client) -> None:
    assert admin.get(f"{EVENTS}?happened_at_from=yesterday")["Location"].endswith("?e=1")

"""What a saved search looks for is changed on the page of its link."""

from typing import Any

import pytest
from django.test import Client

from listings.buyers.links import BuyerLink, link_to
from listings.buyers.saved_searches import WantedAlerts, save_search
from listings.models import AlertQueue, SavedSearch
from listings.search.criteria import Criteria
from tests import make
from tests.listings.buyers.mailbox import path_of

pytestmark = pytest.mark.django_db


def active(client: Client, **search: Any) -> tuple[SavedSearch, str]:
    """Return a confirmed search and the page of its link."""
    criteria = Criteria.from_parameters(search or {"make": ["land-rover"], "price_max": 40_000})
    wanted = WantedAlerts(SavedSearch.Frequency.INSTANT, "Land Rover", criteria)
    row = save_search(wanted=wanted, email="ann@example.com")
    assert row is not None
    client.post(path_of(link_to(BuyerLink.CONFIRM_SEARCH, row.record_id)))
    row.refresh_from_db()
    return row, path_of(link_to(BuyerLink.SEARCH, row.record_id))


@pytest.mark.django_db(transaction=True)
def test_the_filters_of_a_search_are_changed_on_its_page(client: Client) -> None:
    make.live(fuel="diesel")
    row, page = active(client)
    AlertQueue.objects.create(record=row.record, listing_ids=[1], count=1)
    html = client.get(page).content.decode()
    assert "Change what we look for" in html
    assert 'name="ordering"' not in html
    begun_at, digest, revision = row.active_since, row.digest, row.revision
    sent = {"action": "filters", "make": "land-rover", "model": "", "fuel": ["diesel", "hybrid"]}
    answer = client.post(page, {**sent, "price_max": " 9000 ", "near": "Leeds"})
    assert answer.status_code == 200
    assert "Changed: we look for this from now on." in answer.content.decode()
    row.refresh_from_db()
    assert row.criteria == {
        "make": ["land-rover"],
        "fuel": ["diesel", "hybrid"],
        "price_max": [9_000],
        "near": ["Leeds"],
    }
    assert "Land Rover" in row.name
    assert begun_at is not None
    assert row.active_since is not None
    assert (row.state, row.active_since > begun_at) == ("active", True)
    assert (row.digest == digest, row.revision == revision) == (False, False)
    assert not AlertQueue.objects.exists()


def test_a_paused_search_stays_paused_when_it_is_changed(client: Client) -> None:
    make.live()
    row, page = active(client)
    client.post(page, {"action": "pause"})
    assert client.post(page, {"action": "filters", "price_max": "9000"}).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.criteria) == ("paused", {"price_max": [9_000]})


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"price_max": "cheap"}, 400, "Nothing was changed yet"),
        ({"price_min": "9000", "price_max": "5000"}, 400, "Nothing was changed yet"),
        ({"near": "Leedz"}, 400, "Leedz"),
        ({"colour_of_seats": "red"}, 400, "Choose at least one filter"),
        ({"make": "", "ordering": "-price"}, 400, "Choose at least one filter"),
    ],
)
def test_what_cannot_be_looked_for_changes_nothing_and_comes_back(
    client: Client, sent: dict[str, str], status: int, told: str
) -> None:
    make.live()
    row, page = active(client)
    before = row.criteria
    answer = client.post(page, {"action": "filters", **sent})
    assert answer.status_code == status
    assert told in answer.content.decode()
    row.refresh_from_db()
    assert row.criteria == before


def test_a_search_is_not_changed_into_another_of_the_same_address(client: Client) -> None:
    make.live()
    row, page = active(client, price_max=9_000)
    other, _ = active(client, price_max=8_000)
    answer = client.post(page, {"action": "filters", "price_max": "8000"})
    assert answer.status_code == 409
    assert "another alert for just this" in answer.content.decode()
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.criteria, other.criteria) == ({"price_max": [9_000]}, {"price_max": [8_000]})

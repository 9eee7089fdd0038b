"""The link in a reminder renews its advert once, by a press of the button, without signing in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.signing import TimestampSigner
from django.db import connection
from django.test import Client
from django.utils import timezone

from dealers.links import MAX_AGE, Renewal, renewal_url
from dealers.models import Dealer
from listings.adverts import lifecycle
from listings.models import Listing, ListingEvent
from tests import make

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def link(row: Listing) -> str:
    row.refresh_from_db()
    assert row.expires_at is not None
    return renewal_url(Renewal(row.pk, row.expires_at)).removeprefix("http://127.0.0.1:8000")


def end(row: Listing) -> Any:
    return Listing.objects.values_list("expires_at", flat=True).get(pk=row.pk)


@pytest.fixture
def row() -> Listing:
    return make.live(
        expires_at=timezone.now() + HOUR, vrm="AB15CDE", vin="SALGA2EF0FA222220", stock_ref="S77"
    )


@pytest.fixture
def visitor() -> Client:
    """A browser that would be refused if the page needed a CSRF cookie."""
    return Client(enforce_csrf_checks=True)


def test_the_page_asks_and_changes_nothing(row: Listing, visitor: Client) -> None:
    before = Listing.objects.values().get()
    for ask in (visitor.get, visitor.head, visitor.get):
        answer = ask(link(row))
        assert answer.status_code == 200
    page = answer.content.decode()
    assert row.title in page
    assert "<button" in page
    for secret in ("AB15CDE", "SALGA2EF0FA222220", "S77", row.dealer.email):
        assert secret not in page
    assert "AB15CDE" not in link(row)
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert Listing.objects.values().get() == before


def test_the_button_renews_for_a_full_term(row: Listing, visitor: Client) -> None:
    answer = visitor.post(link(row))
    assert answer.status_code == 200
    assert end(row) > timezone.now() + timedelta(days=29)
    event = ListingEvent.objects.get(listing=row)
    assert (event.kind, event.actor, event.reason) == ("renewed", None, "renewal link")


def test_a_link_works_once(row: Listing, visitor: Client) -> None:
    address = link(row)
    visitor.post(address)
    renewed = end(row)
    for again in (visitor.post, visitor.get):
        answer = again(address)
        assert answer.status_code == 410
        assert "renewed already" in answer.content.decode()
    assert end(row) == renewed
    assert ListingEvent.objects.filter(kind="renewed").count() == 1


def test_both_reminders_of_one_end_are_spent_together(row: Listing, visitor: Client) -> None:
    first, second = link(row), link(row)
    visitor.post(first)
    assert visitor.post(second).status_code == 410


def test_a_renewal_in_another_way_spends_the_link(row: Listing, visitor: Client) -> None:
    address = link(row)
    lifecycle.renew(listing_id=row.pk, actor_id=None)
    assert visitor.post(address).status_code == 410


def test_an_advert_that_has_run_out_is_renewed_too(visitor: Client) -> None:
    row = make.live(status="expired", expires_at=timezone.now() - HOUR)
    assert visitor.post(link(row)).status_code == 200
    row.refresh_from_db()
    assert row.status == "live"


@pytest.mark.parametrize("verb", [lifecycle.sell, lifecycle.withdraw])
def test_an_advert_that_was_taken_down_stays_down(verb: Any, row: Listing, visitor: Client) -> None:
    address = link(row)
    status = verb(listing_id=row.pk, actor_id=None).status
    for ask in (visitor.get, visitor.post):
        answer = ask(address)
        assert answer.status_code == 410
        assert f"The advert is {status}." in answer.content.decode()
    row.refresh_from_db()
    assert row.status == status


def test_a_suspended_dealers_expired_advert_stays_down(visitor: Client) -> None:
    row = make.live(status="expired", expires_at=timezone.now() - HOUR)
    Dealer.objects.update(is_active=False)
    answer = visitor.post(link(row))
    assert answer.status_code == 403
    assert "The dealer is suspended." in answer.content.decode()
    row.refresh_from_db()
    assert row.status == "expired"


def test_a_suspended_dealers_live_advert_is_not_renewed(row: Listing, visitor: Client) -> None:
    address, before = link(row), row.expires_at
    Dealer.objects.update(is_active=False)
    for ask in (visitor.get, visitor.post):
        assert ask(address).status_code == 403
    row.refresh_from_db()
    assert row.expires_at == before


def test_a_deleted_advert_is_gone(row: Listing, visitor: Client) -> None:
    address = link(row)
    row.delete()
    assert visitor.post(address).status_code == 410


@pytest.mark.parametrize("change", ["x", "", "~"])
def test_a_changed_link_is_not_found(change: str, row: Listing, visitor: Client) -> None:
    address = link(row)
    before = end(row)
    answer = visitor.post(f"{address[:-4]}{change}/")
    assert answer.status_code == 404
    assert "not one that we sent" in answer.content.decode()
    assert end(row) == before


def test_a_link_signed_for_something_else_is_not_found(row: Listing, visitor: Client) -> None:
    assert row.expires_at is not None
    token = TimestampSigner(salt="other", sep=".").sign_object([row.pk, row.expires_at.isoformat()])
    assert visitor.post(f"/renew/{token}/").status_code == 404


def test_an_old_link_is_gone(
    row: Listing, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = link(row)
    before = end(row)
    monkeypatch.setattr("dealers.links.MAX_AGE", -MAX_AGE)
    answer = visitor.post(address)
    assert answer.status_code == 410
    assert "too old" in answer.content.decode()
    assert end(row) == before


def test_other_methods_are_refused(row: Listing, visitor: Client) -> None:
    assert visitor.put(link(row)).status_code == 405


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_two_clicks_at_once_renew_once(attempt: int) -> None:
    row = make.live(expires_at=timezone.now() + HOUR)
    address, start = link(row), Barrier(4)

    def click(_: int) -> int:
        try:
            start.wait(timeout=60)
            return Client().post(address).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        codes = list(threads.map(click, range(4)))
    assert sorted(codes) == [200, 410, 410, 410]
    assert ListingEvent.objects.filter(listing=row, kind="renewed").count() == 1

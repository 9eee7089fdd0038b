"""What counts as "was": a higher price that buyers saw for 24 hours, whoever wrote it how."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.utils import timezone
from environ import Env

from dealers.models import Dealer
from listings.models import Listing
from marketplace.databases.configuration import price_parameters
from tests import make
from tests.dealers.stock_api.caller import Caller, item, new
from tests.listings.pricing.days import cost, pass_time

pytestmark = pytest.mark.django_db


def do(api: Caller, row: Listing, action: str) -> None:
    answer = api.post(f"{row.pk}/{action}/", {})
    assert answer.status_code == 200, answer.content


def was(row: Listing) -> int | None:
    """Return what buyers read, on the page of the advert, on its card and by the filter."""
    client = Client()
    shown = client.get(f"/api/v1/listings/{row.pk}/").json()["previous_price"]
    cards = client.get("/api/v1/listings/").json()["results"]
    reduced = client.get("/api/v1/listings/?reduced=true").json()["results"]
    others = client.get("/api/v1/listings/?reduced=false").json()["results"]
    assert [card["previous_price"] for card in cards] == [shown]
    assert [card["id"] for card in (others if shown is None else reduced)] == [row.pk]
    assert not (reduced if shown is None else others)
    return None if shown is None else int(shown)


def test_a_price_that_buyers_saw_for_a_day_is_what_it_was(api: Caller, row: Listing) -> None:
    pass_time(hours=24)
    cost(api, row, 9_500)
    assert was(row) == 10_000


def test_a_price_that_buyers_saw_for_less_is_not(api: Caller, row: Listing) -> None:
    pass_time(hours=23.9)
    cost(api, row, 9_500)
    assert was(row) is None


def test_how_long_is_a_setting(api: Caller, row: Listing) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL marketplace.was_price_hours = 48")
    pass_time(hours=47)
    cost(api, row, 9_500)
    assert was(row) is None
    pass_time(hours=48)
    cost(api, row, 9_000)
    assert was(row) == 9_500


def test_the_setting_reaches_the_database_with_each_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW marketplace.was_price_hours")
        assert cursor.fetchone() == ("24",)
    monkeypatch.setenv("WAS_PRICE_HOURS", "-1")
    with pytest.raises(ImproperlyConfigured, match="WAS_PRICE_HOURS"):
        price_parameters(Env())


def test_at_0_hours_a_price_must_have_been_seen_all_the_same(
    api: Caller, row: Listing, dealer: Dealer
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL marketplace.was_price_hours = 0")
    draft = make.draft(branch=row.branch, price=12_000)
    cost(api, draft, 11_000)
    draft.refresh_from_db()
    assert draft.previous_price is None
    pass_time(minutes=1)
    cost(api, row, 9_500)
    assert was(row) == 10_000


def test_a_drafts_price_is_never_what_it_was(api: Caller, dealer: Dealer) -> None:
    make.model()  # a name that staff have confirmed
    answer = api.post("", new(branch=make.branch(dealer).pk, price=12_000))
    row = Listing.objects.get(pk=answer.json()["id"])
    pass_time(days=10)
    cost(api, row, 10_000)
    do(api, row, "publish")
    assert was(row) is None
    pass_time(hours=25)
    cost(api, row, 9_500)
    assert was(row) == 10_000


def test_a_mistyped_price_is_never_what_it_was(api: Caller, row: Listing) -> None:
    pass_time(days=3)
    cost(api, row, 100_000)
    pass_time(minutes=20)
    cost(api, row, 9_500)
    assert was(row) == 10_000


def test_a_mistyped_price_that_was_too_low_makes_no_reduction(api: Caller, row: Listing) -> None:
    pass_time(days=3)
    cost(api, row, 1_000)
    pass_time(minutes=20)
    cost(api, row, 10_000)
    assert was(row) is None


def test_of_several_reductions_the_last_price_that_stood_counts(api: Caller, row: Listing) -> None:
    pass_time(days=3)
    cost(api, row, 9_500)
    pass_time(hours=2)
    cost(api, row, 9_000)
    assert was(row) == 10_000
    pass_time(days=3)
    cost(api, row, 8_500)
    assert was(row) == 9_000


def test_a_price_that_rose_and_fell_again_at_once_is_not_reduced(api: Caller, row: Listing) -> None:
    pass_time(days=3)
    cost(api, row, 11_000)
    assert was(row) is None
    pass_time(hours=2)
    cost(api, row, 10_500)
    assert was(row) is None


def test_a_price_on_application_that_stood_ends_what_was_before(api: Caller, row: Listing) -> None:
    pass_time(days=3)
    cost(api, row, None)
    assert was(row) is None
    pass_time(hours=2)
    cost(api, row, 9_500)
    assert was(row) == 10_000
    cost(api, row, None)
    pass_time(hours=25)
    cost(api, row, 9_000)
    assert was(row) is None


def test_a_reduction_is_kept_over_a_pause_and_its_time_adds_up(api: Caller, row: Listing) -> None:
    pass_time(hours=20)
    do(api, row, "withdraw")
    pass_time(days=2)
    do(api, row, "publish")
    pass_time(hours=3)
    cost(api, row, 9_500)
    assert was(row) is None, "20 and 3 hours are less than 24"
    pass_time(hours=20)
    do(api, row, "withdraw")
    do(api, row, "publish")
    pass_time(hours=5)
    cost(api, row, 9_000)
    assert was(row) == 9_500
    do(api, row, "withdraw")
    do(api, row, "publish")
    assert was(row) == 9_500


def test_a_price_cut_off_the_market_was_what_buyers_had_seen(api: Caller, row: Listing) -> None:
    pass_time(days=3)
    do(api, row, "withdraw")
    cost(api, row, 9_700)
    cost(api, row, 9_500)
    do(api, row, "publish")
    assert was(row) == 10_000


@pytest.mark.parametrize(("days", "expected"), [(29, 10_000), (31, None)])
def test_what_buyers_saw_over_30_days_ago_is_forgotten(
    api: Caller, row: Listing, days: int, expected: int | None
) -> None:
    pass_time(days=3)
    do(api, row, "withdraw")
    pass_time(days=days)
    cost(api, row, 9_500)
    do(api, row, "publish")
    assert was(row) == expected


def test_an_advert_that_ran_out_was_seen_until_then(api: Caller, dealer: Dealer) -> None:
    now = timezone.now()
    row = make.live(
        branch=make.branch(dealer),
        price=10_000,
        published_at=now - timedelta(hours=30),
        expires_at=now - timedelta(hours=10),
    )
    do(api, row, "renew")
    pass_time(hours=2)
    cost(api, row, 9_500)
    assert was(row) is None, "20 hours before it ran out and 2 since"
    pass_time(hours=24)
    cost(api, row, 9_000)
    assert was(row) == 9_500


def test_an_advert_that_expired_and_was_renewed_goes_on(api: Caller, row: Listing) -> None:
    pass_time(days=29)
    Listing.objects.filter(pk=row.pk).update(status="expired")
    do(api, row, "renew")
    cost(api, row, 9_500)
    assert was(row) == 10_000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("flag", ["is_active", "is_sandbox"])
def test_nobody_sees_the_prices_of_a_hidden_dealer(
    api: Caller, row: Listing, dealer: Dealer, flag: str
) -> None:
    pass_time(hours=20)
    shown = getattr(dealer, flag)
    Dealer.objects.filter(pk=dealer.pk).update(**{flag: not shown})
    pass_time(days=5)
    Dealer.objects.filter(pk=dealer.pk).update(**{flag: shown})
    pass_time(hours=3)
    cost(api, row, 9_500)
    assert was(row) is None
    pass_time(hours=24)
    cost(api, row, 9_000)
    assert was(row) == 9_500


def test_a_clock_that_was_put_back_adds_no_time(api: Caller, row: Listing) -> None:
    pass_time(hours=-48)
    cost(api, row, 9_500)
    assert was(row) is None
    row.refresh_from_db()
    assert row.price_seen_for == timedelta(0)


def test_no_statement_writes_it_by_hand(api: Caller, row: Listing) -> None:
    Listing.objects.filter(pk=row.pk).update(
        price=9_500, previous_price=99_000, established_price=99_000, lowest_price_30_days=1
    )
    row.refresh_from_db()
    assert (row.previous_price, row.established_price) == (None, None)
    assert row.lowest_price_30_days == 9_500
    with connection.cursor() as cursor:
        cursor.execute("UPDATE listings_listing SET price = 9000, price_seen_for = '9 days'")
    assert was(row) is None


def test_the_dealers_system_reads_the_same(api: Caller, row: Listing) -> None:
    pass_time(hours=24)
    cost(api, row, 9_500)
    assert api.get(item(row)).json()["previous_price"] == was(row) == 10_000

"""A dealer's system takes adverts through their life."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dealers.models import ApiKey, Branch
from listings.choices import Source, Status
from listings.models import Sale
from tests import make
from tests.dealers.stock_api.caller import Caller, item

pytestmark = pytest.mark.django_db


def test_an_advert_goes_through_its_life(api: Caller, branch: Branch) -> None:
    listing = make.draft(branch=branch)
    for verb, status, allowed in (
        ("publish", "live", ["renew", "reserve", "sell", "withdraw"]),
        ("renew", "live", ["renew", "reserve", "sell", "withdraw"]),
        ("reserve", "live", ["renew", "release", "sell", "withdraw"]),
        ("release", "live", ["renew", "reserve", "sell", "withdraw"]),
        ("withdraw", "withdrawn", ["publish"]),
        ("publish", "live", ["renew", "reserve", "sell", "withdraw"]),
        ("sell", "sold", ["publish"]),
    ):
        answer = api.post(f"{item(listing)}{verb}/")
        assert answer.status_code == 200, verb
        assert (answer.json()["status"], answer.json()["allowed_actions"]) == (status, allowed)
    kinds = listing.events.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [
        "published",
        "renewed",
        "reserved",
        "released",
        "withdrawn",
        "published",
        "sold",
    ]


def test_the_log_names_the_key_and_its_reason(api: Caller, branch: Branch) -> None:
    listing = make.live(branch=branch)
    api.post(f"{item(listing)}withdraw/", {"reason": "in the workshop"})
    event = listing.events.get()
    assert event.reason == f"API key {ApiKey.objects.get()}: in the workshop"
    assert (event.actor, event.source) == (None, Source.API)


def test_the_longest_reason_of_the_longest_name_fits(branch: Branch) -> None:
    caller = Caller(make.key(branch.dealer, name="n" * 80))
    listing = make.live(branch=branch)
    answer = caller.post(f"{item(listing)}withdraw/", {"reason": "r" * 390})
    assert answer.status_code == 200


def test_a_reservation_ends_when_it_says(api: Caller, branch: Branch) -> None:
    listing = make.live(branch=branch)
    until = timezone.now().replace(microsecond=0) + timedelta(hours=5)
    answer = api.post(f"{item(listing)}reserve/", {"until": until.isoformat()})
    assert answer.status_code == 200
    listing.refresh_from_db()
    assert listing.reserved_until == until


def test_what_the_status_does_not_allow_is_a_conflict_that_says_what_it_does(
    api: Caller, branch: Branch
) -> None:
    listing = make.live(branch=branch)
    answer = api.post(f"{item(listing)}release/")
    assert (answer.status_code, answer.json()["code"]) == (409, "action_not_allowed")
    assert answer.json()["listing_status"] == "live"
    assert answer.json()["allowed_actions"] == ["renew", "reserve", "sell", "withdraw"]


def test_the_same_car_is_not_live_twice(api: Caller, branch: Branch) -> None:
    live = make.live(branch=branch, vrm="AB15CDE")
    twin = make.draft(branch=branch, vrm="AB15CDE")
    answer = api.post(f"{item(twin)}publish/")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_live")
    assert answer.json()["id"] == live.pk
    twin.refresh_from_db()
    assert twin.status == Status.DRAFT


@pytest.mark.parametrize("verb", ["reject", "reopen", "delete"])
def test_what_is_for_staff_is_not_there(api: Caller, branch: Branch, verb: str) -> None:
    listing = make.live(branch=branch)
    assert api.post(f"{item(listing)}{verb}/").status_code == 404


def test_an_unknown_member_of_the_body_is_refused(api: Caller, branch: Branch) -> None:
    listing = make.live(branch=branch)
    answer = api.post(f"{item(listing)}sell/", {"until": "2100-01-01T00:00:00Z"})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"until"})
    listing.refresh_from_db()
    assert listing.status == Status.LIVE


def test_how_a_car_was_sold_is_kept(api: Caller, branch: Branch) -> None:
    listing = make.live(branch=branch)
    sale = {"sold_on": "2026-11-20", "price": 12_500, "buyer": "trade", "channel": "walk_in"}
    wrong = api.post(f"{item(listing)}sell/", {**sale, "sold_on": "2999-01-01"})
    assert (wrong.status_code, "sold_on" in str(wrong.json())) == (400, True)
    assert api.post(f"{item(listing)}sell/", sale).json()["status"] == "sold"
    kept = Sale.objects.holding().get()
    said = (f"{kept.sold_on}", kept.price, kept.buyer, kept.channel)
    assert said == tuple(sale.values())
    assert "12500" not in api.get(item(listing)).content.decode()

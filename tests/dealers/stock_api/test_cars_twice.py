"""The stock API and feeds' reports tell of a car that the dealer has in another advert."""

from typing import Any

import pytest

from dealers.models import Branch, Dealer, FeedRow
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import bring, car
from tests.dealers.stock_api.caller import Caller, item, new

pytestmark = pytest.mark.django_db(transaction=True)

CODE = "car_listed_twice"


def told(answer: Any) -> list[tuple[str, str]]:
    return [
        (each["field"], each["message"])
        for each in answer.json()["warnings"]
        if each["code"] == CODE
    ]


def test_a_car_that_is_in_another_advert_is_told_when_it_is_written(
    api: Caller, branch: Branch
) -> None:
    there = make.draft(branch=branch, vrm="KX19ABC")
    make.live(vrm="KX19ABD")
    message = f"Advert {there.pk} of yours is of the same car."
    made = api.post("", new(vrm="KX19 ABC", stock_ref="S1"))
    assert (made.status_code, told(made)) == (201, [("vrm", message)])
    row = Listing.objects.get(stock_ref="S1")
    assert told(api.patch(item(row), {"price": 9_995})) == []
    assert told(api.patch(item(row), {"vrm": "KX19ABD"})) == []
    assert told(api.patch(item(row), {"vrm": "KX19ABC"})) == [("vrm", message)]
    Listing.objects.filter(pk=there.pk).update(vin="SALLMAMC7CA123456")
    changed = api.patch(item(row), {"vin": "SALLMAMC7CA654321"})
    assert told(changed) == [], "two cars that wore one mark"


def test_a_feeds_report_tells_it(dealer: Dealer, branch: Branch) -> None:
    vin = "SALLMAMC7CA123456"
    feed = make.feed(branch)
    run = bring(feed, [car(1, vrm="KX19ABC"), car(2, vrm="")])
    rows = FeedRow.objects.filter(run=run)
    assert not [each for row in rows for each in row.warnings if each["code"] == CODE]
    first = Listing.objects.get(vrm="KX19ABC")
    assert dealer.pk == first.dealer_id
    second = Listing.objects.exclude(pk=first.pk).get()
    Listing.objects.filter(pk__in=(first.pk, second.pk)).update(vin=vin)
    run = bring(feed, [car(1, vrm="KX19ABC", price="9100"), car(2, vrm="", price="9200")])
    found = {row.listing_id: row.warnings for row in FeedRow.objects.filter(run=run)}
    for pk, other in ((first.pk, second.pk), (second.pk, first.pk)):
        (warning,) = [each for each in found[pk] if each["code"] == CODE]
        assert warning["message"] == f"Advert {other} of yours is of the same car."

"""Each file of stock that is given out comes back in by a feed, and nothing of it changes."""

import pytest
from django.test import Client

from dealers.models import Branch, StockFeed
from listings.adverts import EDITABLE_FIELDS
from listings.models import Listing, Photo
from listings.syndication import FORMATS, link_address, stock_link
from tests import make
from tests.dealers.feeds.filled_cars import FACTS, bring, number

pytestmark = pytest.mark.django_db
AS_READ = {
    "description": "One owner.\n\nTwo keys, “as new” & not smoked in; £2,000 of extras.",
    "features": ["Heated seats; front, rear", "Tow bar | detachable", "Isofix."],
}
"""Texts that are as reading leaves them: no format but our own tells which advert a row is of."""


def stock(branch: Branch) -> int:
    """Write one advert for each value of what has few, all filled in; return how many."""
    cars, written = number(), 0
    for field in Listing._meta.concrete_fields:
        if field.name not in EDITABLE_FIELDS or not field.choices:
            continue
        for value, _ in field.choices:
            if (field.name, value) in (("write_off", "a"), ("write_off", "b")):
                continue
            facts = {**FACTS, **AS_READ, field.name: value}
            row = make.live(branch=branch, **next(cars), **facts)
            Photo.objects.create(listing=row, image="photos/a.jpg", width=8, height=6, position=0)
            written += 1
    return written


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_given_out_comes_back_in_without_a_change(form: str) -> None:
    branch = make.branch(name="Leeds", address="1 The Calls", town="Leeds")
    written = stock(branch)
    feed = StockFeed.objects.create(dealer=branch.dealer, branch=branch, name="Our own")
    link = stock_link(dealer_id=branch.dealer_id, form=form)
    content = Client().get(link_address(link).partition("8000")[2]).getvalue()
    before = [dict(row) for row in Listing.objects.order_by("pk").values()]
    for _ in range(2):
        run = bring(feed, content)
        changed = run.rows.exclude(outcome="unchanged").values_list("line", "fields", "reasons")
        assert (run.state, run.hold_reason, list(changed)) == ("done", "", [])
        assert run.unchanged_count == written
    assert [dict(row) for row in Listing.objects.order_by("pk").values()] == before

"""Staff see what adverts are worth, by which version of the market, and how far that is off."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from listings.models import Listing, MarketFit
from tests import make

pytestmark = pytest.mark.django_db
FITS = "/admin/listings/marketfit/"


def test_the_versions_of_the_market_are_listed_with_their_errors(admin: Client) -> None:
    make.market_fit(error=6.54, coverage_80=79.6, coverage_90=90.2, width_90=25.9, content=b"x")
    fit = MarketFit.objects.create(rule="2026.0", adverts=12)
    page = admin.get(FITS).content.decode()
    for text in ("2026.1 of", "6.5 %", "79.6 %, 90.2 %", "25.9 %", "not measured", "2026.0 of"):
        assert text in page, text
    assert admin.get(f"{FITS}{fit.pk}/change/").status_code == 200


def test_nobody_writes_a_version_of_the_market(admin: Client) -> None:
    fit = make.market_fit()
    assert admin.get(f"{FITS}add/").status_code == 403
    assert admin.post(f"{FITS}{fit.pk}/change/", {"rule": "mine"}).status_code == 403
    assert admin.post(f"{FITS}{fit.pk}/delete/", {"post": "yes"}).status_code == 403
    assert MarketFit.objects.get().rule == "2026.1"


def test_an_adverts_page_shows_its_value(admin: Client) -> None:
    row = make.live(price=9_700)
    make.value(row, 10_000, label="good")
    url = f"/admin/listings/listing/{row.pk}/change/"
    page = admin.get(url).content.decode()
    for text in ("£10,000", "Good price, at 97.0%", "£9,300 to £10,700", "2026.1 of"):
        assert text in page, text
    assert "changed since" not in page
    Listing.objects.filter(pk=row.pk).update(mileage=5)
    assert "changed since" in admin.get(url).content.decode()


def test_an_adverts_page_says_why_it_is_not_rated(admin: Client) -> None:
    row = make.live()
    make.value(row, None, reason="few_dealers")
    page = admin.get(f"/admin/listings/listing/{row.pk}/change/").content.decode()
    assert "belong to too few dealers" in page


@pytest.mark.parametrize(("hours", "days"), [(47, None), (49, 2), (130, 5)])
def test_home_tells_that_values_are_fitted_no_more(
    admin: Client, hours: int, days: int | None
) -> None:
    make.market_fit(fitted_at=timezone.now() - timedelta(hours=hours))
    waiting = admin.get("/admin/").context["waiting"]
    told = [(matter.words, matter.url) for queue in waiting for matter in queue.matters]
    words = f"What cars are worth was last reckoned {days} days ago."
    assert told == ([] if days is None else [(words, FITS)])

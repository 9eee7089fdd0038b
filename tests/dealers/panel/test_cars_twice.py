"""A dealer is told of a car that it has twice, and of nobody else's adverts of it."""

import pytest
from django.test import Client

from dealers.models import Branch, Dealer
from listings import periodic
from listings.models import Listing
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = "You have this car twice"
STOCK = "/dealer/listings/listing/"


@pytest.fixture
def twice(branch: Branch) -> list[Listing]:
    rows = [make.live(branch=branch, vrm="KX19ABC"), make.draft(branch=branch, vrm="KX19ABC")]
    periodic.link_cars()
    return rows


def read(desk: Client, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_told_on_the_advert_in_the_table_and_at_home(
    desk: Client, twice: list[Listing], branch: Branch
) -> None:
    other = make.live(branch=branch, vrm="KX19ABD")
    periodic.link_cars()
    page = read(desk, f"{STOCK}{twice[0].pk}/change/")
    assert TOLD in page
    assert f"{STOCK}{twice[1].pk}/change/" in page
    assert TOLD not in read(desk, f"{STOCK}{other.pk}/change/")
    assert read(desk, STOCK).count("you have this car twice") == 2
    narrowed = read(desk, f"{STOCK}?twice=yes")
    assert [f"{STOCK}{row.pk}/change/" in narrowed for row in (*twice, other)] == [
        True,
        True,
        False,
    ]
    assert "Decide on cars that you have twice" in read(desk, "/dealer/")
    Listing.objects.filter(pk=twice[1].pk).update(vrm="KX19ABE")
    periodic.link_cars()
    assert TOLD not in read(desk, f"{STOCK}{twice[0].pk}/change/")
    assert "Decide on cars that you have twice" not in read(desk, "/dealer/")


def test_another_dealers_advert_and_a_sale_of_long_ago_are_told_nowhere(
    desk: Client, branch: Branch, dealer: Dealer
) -> None:
    own = make.live(branch=branch, vrm="KX19ABC")
    theirs = make.live(vrm="KX19ABC")
    make.live(branch=branch, vin="SALLMAMC7CA123456")
    sold = make.live(branch=branch, vin="SALLMAMC7CA123456")
    Listing.objects.filter(pk=sold.pk).update(status="withdrawn")
    periodic.link_cars()
    assert own.dealer_id == dealer.pk != theirs.dealer_id
    for path in (f"{STOCK}{own.pk}/change/", STOCK, "/dealer/"):
        page = read(desk, path).lower()
        assert "twice:" not in page
        assert "you have this car twice" not in page
        assert theirs.dealer.name.lower() not in page
    assert read(desk, f"{STOCK}?twice=yes").count("/change/") == 0

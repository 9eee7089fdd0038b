"""A make or model that the catalogue lacks never comes before buyers: the advert waits."""

from typing import Any

import pytest
from django.test import Client

from dealers.models import Branch, Dealer
from listings.catalogue import confirm_entry
from listings.models import Listing, Make, Model
from tests import make
from tests.dealers.feeds.stock import bring, car
from tests.dealers.panel.test_runs import LIST

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("Our Cars")


@pytest.fixture
def branch(dealer: Dealer) -> Branch:
    return make.branch(dealer)


@pytest.fixture
def desk(client: Client, dealer: Dealer) -> Client:
    client.force_login(make.member(dealer))
    return client


@pytest.fixture(autouse=True)
def focus() -> Model:
    make.model()  # that the rows of files name
    return make.model("Focus", make.make("Ford"))


def call(client: Client, branch: Branch, method: str, path: str, body: Any) -> Any:
    send = getattr(client, method)
    key = {"authorization": f"Bearer {make.key(branch.dealer)}"}
    address = f"/api/v1/stock/{path}"
    return send(address, body, content_type="application/json", headers=key)


def test_a_feeds_car_waits_as_a_draft_until_the_name_is_confirmed(branch: Branch) -> None:
    feed = make.feed(branch)
    rows = [car(1), car(2, make="Zblorp", model="Frunk")]
    run = bring(feed, rows)
    row = run.rows.get(external_id="S2")
    assert [each["code"] for each in row.warnings] == ["name_unconfirmed"]
    states = dict(Listing.objects.values_list("stock_ref", "status"))
    assert states == {"S1": "live", "S2": "draft"}
    assert set(Make.objects.filter(confirmation="pending").values_list("name", flat=True)) == {
        "Zblorp"
    }
    confirm_entry(kind=Make, entry_id=Make.objects.get(name="Zblorp").pk)
    confirm_entry(kind=Model, entry_id=Model.objects.get(name="Frunk").pk)
    bring(feed, rows)
    assert Listing.objects.get(stock_ref="S2").status == "live"


def test_an_advert_on_sale_keeps_its_name_where_a_file_brings_an_unknown_one(
    branch: Branch,
) -> None:
    feed = make.feed(branch)
    bring(feed, [car(1)])
    run = bring(feed, [car(1, make="Frod", model="Fucos", price=9_500)])
    found = Listing.objects.get()
    assert (found.status, found.make.name, found.price) == ("live", "Land Rover", 9_500)
    assert run.rows.get().warnings[-1]["code"] == "name_unconfirmed"


def test_the_panel_publishes_no_unknown_name_and_says_what_was_meant(
    desk: Client, branch: Branch, focus: Model
) -> None:
    bring(make.feed(branch), [car(1, make="Frod", model="Focus")])
    row = Listing.objects.get()
    page = desk.post(f"{LIST}{row.pk}/act/publish/", follow=True).content.decode()
    assert "is not in the catalogue" in page
    assert "Ford Focus?" in page
    assert Listing.objects.get().status == "draft"
    desk.post(f"{LIST}{row.pk}/name/", {"model": focus.pk})
    desk.post(f"{LIST}{row.pk}/act/publish/")
    found = Listing.objects.get()
    assert (found.status, found.title[:10]) == ("live", "Ford Focus")


def test_a_name_to_take_is_a_confirmed_one_of_ones_own_advert(
    desk: Client, branch: Branch, focus: Model
) -> None:
    bring(make.feed(branch), [car(1, make="Frod", model="Focus")])
    row = Listing.objects.get()
    assert desk.post(f"{LIST}{row.pk}/name/", {"model": row.model_id}).status_code == 404
    theirs = make.draft()
    assert desk.post(f"{LIST}{theirs.pk}/name/", {"model": focus.pk}).status_code == 404


def test_the_stock_api_says_what_was_meant_and_refuses_to_publish(
    client: Client, branch: Branch
) -> None:
    body = {"make": "Frod", "model": "Focsu", "year": 2015, "mileage": 1, "price": 9_000}
    made = call(client, branch, "post", "", body).json()
    said = {each["code"]: each["message"] for each in made["warnings"]}
    assert said["model_to_confirm"] == (
        "Focsu is not in the catalogue yet: staff will confirm it. Did you mean Ford Focus?"
    )
    refused = call(client, branch, "post", f"{made['id']}/publish/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "name_unconfirmed")


def test_a_live_advert_is_not_given_an_unknown_name_by_the_stock_api(
    client: Client, branch: Branch
) -> None:
    row = make.live(branch=branch)
    body = {"make": "Zblorp", "model": "Frunk"}
    refused = call(client, branch, "patch", f"{row.pk}/", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "name_unconfirmed")
    assert not Make.objects.filter(name="Zblorp").exists()
    assert Listing.objects.get().make.name == "Land Rover"

"""The form of an advert: saved by the verbs, refused in their words."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dealers.models import User
from listings.adverts import Action, edit_listing
from listings.models import Listing, ListingEvent, PriceChange
from tests import make
from tests.listings.admin.forms import posted

pytestmark = pytest.mark.django_db
LIST = "/admin/listings/listing/"


def change(row: Listing) -> str:
    return f"{LIST}{row.pk}/change/"


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def test_a_change_is_written_by_the_verb_and_logged(admin: Client, boss: User) -> None:
    row = make.live(price=20_000, published_at=timezone.now() - timedelta(days=2))
    values = posted(admin, change(row)) | {"price": "19495", "features": "Sat nav\n\n Tow bar "}
    assert admin.post(change(row), values).status_code == 302
    row.refresh_from_db()
    assert (row.price, row.previous_price, row.features) == (19_495, 20_000, ["Sat nav", "Tow bar"])
    event = ListingEvent.objects.get(listing=row)
    assert (event.kind, event.actor) == ("edited", boss)
    assert event.changes == {"price": [20_000, 19_495], "features": [[], ["Sat nav", "Tow bar"]]}
    assert PriceChange.objects.latest("id").actor == boss


def test_an_engine_of_nought_is_none(admin: Client) -> None:
    row = make.live(fuel="electric", engine_cc=1_998)
    values = posted(admin, change(row)) | {"engine_cc": "0", "mpg": "0", "battery_kwh": "64"}
    assert admin.post(change(row), values).status_code == 302
    row.refresh_from_db()
    assert (row.engine_cc, row.mpg, row.battery_kwh) == (None, None, Decimal(64))


def test_saving_without_a_change_writes_nothing(admin: Client) -> None:
    row = make.live(vrm="AB15CDE", features=["Sat nav"], mot_expires_on="2027-01-31")
    assert admin.post(change(row), posted(admin, change(row))).status_code == 302
    assert not ListingEvent.objects.exists()
    assert Listing.objects.get(pk=row.pk).revision == row.revision


def test_a_new_advert_is_a_draft_with_its_event(admin: Client, boss: User) -> None:
    branch, model = make.branch(), make.model()
    values = posted(admin, f"{LIST}add/") | {
        "branch": branch.pk,
        "make": model.make_id,
        "model": model.pk,
        "year": 2018,
        "mileage": 40_000,
        "vrm": "ab15 cde",
    }
    response = admin.post(f"{LIST}add/", values)
    assert response.status_code == 302
    row = Listing.objects.get()
    assert (row.status, row.title, row.vrm, row.price) == (
        "draft",
        "Land Rover Range Rover",
        "AB15CDE",
        None,
    )
    assert ListingEvent.objects.get(listing=row).actor == boss


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"price": "0"}, "price"),
        ({"price": "99999999999"}, "price"),
        ({"price": "12.5"}, "price"),
        ({"year": "1700"}, "year"),
        ({"year": "2100"}, "year"),
        ({"doors": "0"}, "doors"),
        ({"vrm": "!!"}, "vrm"),
        ({"vin": "SHORT"}, "vin"),
        ({"fuel": "steam"}, "fuel"),
        ({"mileage": ""}, "mileage"),
        ({"derivative": "x" * 201}, "derivative"),
        ({"price": "30000", "admin_fee": "30001"}, "__all__"),
        ({"write_off": "a"}, "__all__"),
        ({"branch": "999999"}, "branch"),
        ({"branch": "abc"}, "branch"),
    ],
)
def test_a_bad_value_comes_back_as_an_error_and_changes_nothing(
    admin: Client, typed: dict[str, str], field: str
) -> None:
    row = make.live()
    before = Listing.objects.values().get(pk=row.pk)
    response = admin.post(change(row), posted(admin, change(row)) | {"colour": "red"} | typed)
    assert errors(response).keys() == {field}
    assert Listing.objects.values().get(pk=row.pk) == before
    assert not ListingEvent.objects.exists()


def test_a_model_of_another_make_is_refused(admin: Client) -> None:
    row, golf = make.live(), make.model("Golf", make.make("Volkswagen"))
    response = admin.post(change(row), posted(admin, change(row)) | {"model": golf.pk})
    assert errors(response) == {"model": ["Golf is not a model of Land Rover."]}


def test_a_refusal_keeps_what_was_typed(admin: Client) -> None:
    first = make.draft(stock_ref="S1")
    row = make.draft(branch=first.branch)
    values = posted(admin, change(row)) | {"stock_ref": "S1", "description": "One lady owner"}
    response = admin.post(change(row), values)
    assert errors(response) == {
        "__all__": ["Another advert of this dealer has the same stock reference."]
    }
    assert "One lady owner" in response.content.decode()
    row.refresh_from_db()
    assert row.description == ""


@pytest.mark.django_db(transaction=True)  # so that each write has a revision of its own
def test_an_outdated_form_is_refused_and_says_what_is_new(admin: Client) -> None:
    published_at, other = timezone.now() - timedelta(days=2), make.user(full_name="Sam")
    row = make.live(price=20_000, published_at=published_at)
    values = posted(admin, change(row)) | {"price": "18000", "colour": "red"}
    edit_listing(listing_id=row.pk, changes={"price": 19_500}, actor_id=other.pk)
    response = admin.post(change(row), values)
    (message,) = errors(response)["__all__"]
    assert message.startswith("Sam changed this advert while you had it open.")
    assert "Price is now 19500." in message
    row.refresh_from_db()
    assert (row.price, row.colour) == (19_500, None)
    again = {
        **values,
        "seen_revision": response.context["adminform"].form["seen_revision"].value(),
    }
    assert admin.post(change(row), again).status_code == 302
    row.refresh_from_db()
    assert (row.price, row.colour, row.previous_price) == (18_000, "red", 20_000)


@pytest.mark.parametrize("seen", ["", "0", "abc"])
def test_a_form_without_its_version_is_outdated(admin: Client, seen: str) -> None:
    row = make.live()
    values = posted(admin, change(row)) | {"price": "30000", "seen_revision": seen}
    assert "__all__" in errors(admin.post(change(row), values))


def test_a_status_cannot_be_written_in_the_form(admin: Client) -> None:
    row = make.live()
    values = posted(admin, change(row)) | {"status": "sold", "expires_at": "2030-01-01"}
    admin.post(change(row), values)
    assert Listing.objects.get(pk=row.pk).status == "live"


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ({"status": "draft"}, {"publish"}),
        ({}, {"renew", "reserve", "sell", "withdraw", "reject"}),
        (
            {"reserved_until": timezone.now() + timedelta(days=1)},
            {"renew", "release", "sell", "withdraw", "reject"},
        ),
        ({"status": "rejected"}, {"reopen"}),
    ],
)
def test_only_what_is_allowed_has_a_button(
    admin: Client, state: dict[str, object], allowed: set[str]
) -> None:
    row = make.live(**state)
    page = admin.get(change(row)).content.decode()
    assert {name for name in Action.values if f"/act/{name}/" in page} == allowed


def test_a_button_posts_and_goes_through_the_verb(admin: Client, boss: User) -> None:
    row = make.live()
    url = f"{LIST}{row.pk}/act/withdraw/"
    assert admin.get(url).status_code == 405
    assert Listing.objects.get(pk=row.pk).status == "live"
    assert admin.post(url).status_code == 302
    assert ListingEvent.objects.get(listing=row).actor == boss
    response = admin.post(url, follow=True)
    assert "Cannot withdraw: the advert is withdrawn." in response.content.decode()


def test_a_button_without_the_csrf_token_is_refused(boss: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(boss)
    row = make.live()
    assert client.post(f"{LIST}{row.pk}/act/withdraw/").status_code == 403
    assert Listing.objects.get(pk=row.pk).status == "live"


def test_rejecting_one_advert_asks_for_the_reason(admin: Client) -> None:
    row = make.live()
    page = admin.get(f"{LIST}{row.pk}/act/reject/").content.decode()
    assert 'name="reason"' in page
    assert admin.post(f"{LIST}{row.pk}/act/reject/").status_code == 200
    assert Listing.objects.get(pk=row.pk).status == "live"


@pytest.mark.parametrize(
    "path", ["1/act/withdraw/", "{pk}/act/explode/", "99999999999999999999/act/sell/"]
)
def test_an_unknown_advert_or_action_is_not_found(admin: Client, path: str) -> None:
    row = make.live(pk=7)
    assert admin.post(LIST + path.format(pk=row.pk)).status_code == 404


def test_an_advert_is_never_deleted_here(admin: Client) -> None:
    row = make.live()
    assert admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Listing.objects.filter(pk=row.pk).exists()


def test_the_form_shows_prices_and_events_to_read(admin: Client) -> None:
    row, person = make.live(price=20_000), make.user(full_name="Sam")
    edit_listing(listing_id=row.pk, changes={"price": 19_500}, actor_id=person.pk)
    page = admin.get(change(row)).content.decode()
    for text in ("£20,000", "£19,500", "Edited by hand", "price: 20000 → 19500", "Sam"):
        assert text in page


def test_the_form_of_an_advert_with_a_long_history_stays_cheap(admin: Client) -> None:
    row = make.live()
    for price in range(20_000, 20_040):
        edit_listing(listing_id=row.pk, changes={"price": price}, actor_id=None)
    admin.get(change(row))  # the content types become known to the process
    with CaptureQueriesContext(connection) as seen:
        page = admin.get(change(row)).content.decode()
    assert len(seen) < 30
    assert page.count("£20,0") <= 45

"""Whoever has the address reads the stock: whole, in the format's words, and nobody else's."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from listings.choices import BodyType, Colour, Fuel, Status
from listings.models import Listing, Photo
from listings.syndication import FORMATS, end_link, left_out, link_address, renew_link, stock_link
from tests import make

pytestmark = pytest.mark.django_db
FACTS: dict[str, Any] = {
    "vin": "SALLMAMA3BA000001",
    "stock_ref": "S1",
    "derivative": "3.0 TDV6 HSE",
    "colour": Colour.GREEN,
    "body_type": BodyType.SUV,
    "description": "One owner,\n“as new”.",
    "price": 12_995,
    "mileage": 43_210,
}


def path(form: str, dealer_id: int | None) -> str:
    return link_address(stock_link(dealer_id=dealer_id, form=form)).partition("8000")[2]


def read(address: str, **headers: str) -> Any:
    return Client().get(address, headers=headers)


def table(address: str) -> list[dict[str, str]]:
    answer = read(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def photo_row(row: Listing) -> None:
    Photo.objects.create(listing=row, image="photos/a.jpg", width=800, height=600, position=0)


@pytest.fixture
def advert() -> Listing:
    place = make.branch(name="Leeds", address="1 The Calls", town="Leeds", phone="0113 496 0000")
    row = make.live(branch=place, **FACTS)
    photo_row(row)
    return row


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_has_the_public_stock_of_its_dealer_alone(form: str, advert: Listing) -> None:
    make.live(vin="SALLMAMA3BA000002")  # another dealer's
    for status in (Status.DRAFT, Status.WITHDRAWN):
        make.draft(branch=advert.branch, status=status)
    make.live(branch=advert.branch, expires_at=timezone.now() - timedelta(hours=1))
    answer = read(path(form, advert.dealer_id))
    text = answer.getvalue().decode()
    assert "S1" in text
    lines = text.splitlines() if FORMATS[form].lines else list(csv.reader(io.StringIO(text)))[1:]
    assert len(lines) == 1


def test_google_is_told_in_its_own_words(advert: Listing) -> None:
    (line,) = table(path("google", advert.dealer_id))
    assert line["price"] == "12995 GBP"
    assert line["mileage"] == "43210 miles"
    assert line["condition"] == "used"
    assert line["dealership_address"] == f"1 The Calls, Leeds, {advert.branch.postcode}, GB"
    assert line["image_link"].startswith("http")
    assert line["link"].startswith("http")


def test_meta_is_told_in_its_own_words(advert: Listing) -> None:
    (line,) = table(path("meta", advert.dealer_id))
    assert line["body_style"] == "SUV"
    assert (line["mileage.value"], line["mileage.unit"]) == ("43210", "MI")
    assert line["state_of_vehicle"] == "USED"
    assert json.loads(line["address"])["country"] == "GB"


@pytest.mark.parametrize("form", ["google", "meta"])
def test_what_a_format_requires_is_there_or_the_advert_is_not(form: str, advert: Listing) -> None:
    make.live(branch=advert.branch, stock_ref="S2")  # no VIN, no photograph
    make.live(branch=advert.branch, stock_ref="S3", price=None, vin="SALLMAMA3BA000003")
    (line,) = table(path(form, advert.dealer_id))
    assert all(line[name] for name in FORMATS[form].required)
    included, missing = left_out(FORMATS[form], advert.dealer_id)
    assert included == 1
    assert missing["vin"] == 1
    assert missing["price"] == 1


def test_marks_are_in_a_dealers_own_file_alone(advert: Listing) -> None:
    Listing.objects.filter(pk=advert.pk).update(vrm="AB15AAA")
    (own,) = table(path("stock", advert.dealer_id))
    assert own["vrm"] == "AB15AAA"
    (line,) = table(path("stock", None))
    assert "vrm" not in line
    assert "vin" not in line


def test_json_lines_keep_numbers_and_lists(advert: Listing) -> None:
    Listing.objects.filter(pk=advert.pk).update(features=["Tow bar", "Isofix, rear"])
    line = json.loads(read(path("stock-lines", advert.dealer_id)).getvalue())
    assert line["price"] == 12_995
    assert line["features"] == ["Tow bar", "Isofix, rear"]
    assert line["engine_cc"] is None


@pytest.mark.django_db(transaction=True)
def test_an_unchanged_file_is_not_sent_again(advert: Listing) -> None:
    address = path("google", advert.dealer_id)
    etag = read(address)["ETag"]
    assert read(address, **{"If-None-Match": etag}).status_code == 304
    Listing.objects.filter(pk=advert.pk).update(price=12_500)
    changed = read(address, **{"If-None-Match": etag})
    assert changed.status_code == 200
    Listing.objects.filter(pk=advert.pk).update(expires_at=timezone.now())
    assert read(address, **{"If-None-Match": changed["ETag"]}).status_code == 200


def test_an_address_that_is_made_anew_or_ended_is_void(advert: Listing) -> None:
    link = stock_link(dealer_id=advert.dealer_id, form="stock")
    old = path("stock", advert.dealer_id)
    renew_link(link_id=link.pk)
    new = path("stock", advert.dealer_id)
    assert (read(old).status_code, read(new).status_code) == (404, 200)
    end_link(link_id=link.pk)
    assert read(new).status_code == 404


@pytest.mark.parametrize("token", ["1-1", "1-1.AAAA", "x-y.AAAA", "☃", "1-1." + "A" * 500])
def test_a_guessed_address_is_nothing(token: str, advert: Listing) -> None:
    stock_link(dealer_id=advert.dealer_id, form="stock")
    assert read(f"/feeds/out/{token}/stock.csv").status_code == 404


def test_a_link_opens_its_own_format_alone(advert: Listing) -> None:
    address = path("google", advert.dealer_id)
    assert read(address.replace("google.csv", "stock.csv")).status_code == 404


def test_nothing_is_written_by_a_post(advert: Listing) -> None:
    assert Client().post(path("stock", advert.dealer_id)).status_code == 405


@pytest.mark.parametrize("hidden", [{"is_active": False}, {"is_sandbox": True}])
def test_a_hidden_dealers_file_is_empty(advert: Listing, hidden: dict[str, bool]) -> None:
    type(advert.dealer).objects.filter(pk=advert.dealer_id).update(**hidden)
    assert table(path("stock", advert.dealer_id)) == []


def test_every_fuel_has_a_word_for_meta(advert: Listing) -> None:
    for number, fuel in enumerate(Fuel):
        row = make.live(
            branch=advert.branch,
            **{**FACTS, "fuel": fuel, "vin": f"SALLMAMA3BA0{number:05}", "stock_ref": f"F{number}"},
        )
        photo_row(row)
    assert all(line["fuel_type"] for line in table(path("meta", advert.dealer_id)))

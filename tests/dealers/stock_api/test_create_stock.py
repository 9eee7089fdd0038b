"""A dealer's system writes new adverts."""

from typing import Any

import pytest
from django.utils import timezone

from dealers.models import Branch, Dealer
from listings.choices import Confirmation, Status
from listings.models import Listing, Make, Model
from tests import make
from tests.dealers.stock_api.caller import Caller, new

pytestmark = pytest.mark.django_db


def test_a_new_advert_is_a_draft_with_everything_that_was_sent(api: Caller, branch: Branch) -> None:
    model = make.model()
    answer = api.post(
        body=new(
            stock_ref="A1",
            derivative="3.0 TDV6 Vogue SE 4dr Auto",
            vrm="ab15 cde",
            features=["Tow bar", "Sunroof"],
            mot_expires_on="2027-05-01",
            mpg=37.25,
            colour="black",
        )
    )
    assert answer.status_code == 201
    body = answer.json()
    row = Listing.objects.get()
    assert answer["Location"] == f"http://testserver/api/v1/stock/{row.pk}/"
    assert (row.dealer, row.branch, row.model) == (branch.dealer, branch, model)
    assert (body["id"], body["stock_ref"], body["status"]) == (row.pk, "A1", "draft")
    assert (body["vrm"], body["features"]) == ("AB15CDE", ["Tow bar", "Sunroof"])
    assert (body["mot_expires_on"], body["mpg"], body["colour"]) == ("2027-05-01", 37.3, "black")
    assert (body["fuel"], body["transmission"], body["doors"]) == ("diesel", "automatic", 4)
    assert body["allowed_actions"] == ["publish"]
    assert body["title"] == "Land Rover Range Rover 3.0 TDV6 Vogue SE 4dr Auto"


def test_a_nought_of_an_electric_car_says_nothing(api: Caller) -> None:
    noughts = dict.fromkeys(("engine_cc", "power_bhp", "mpg"), 0)
    answer = api.post(body=new(fuel="electric", co2_g_km=0, **noughts))
    assert answer.status_code == 201
    row = Listing.objects.get()
    assert {name: getattr(row, name) for name in noughts} == dict.fromkeys(noughts)
    assert (row.fuel, row.co2_g_km) == ("electric", 0)


def test_no_car_is_of_a_year_to_come(api: Caller) -> None:
    this_year = timezone.localdate().year
    for year in (this_year + 2, 2100):
        answer = api.post(body=new(year=year))
        assert (answer.status_code, answer.json()["fields"]) == (
            400,
            {"year": ["This year is to come."]},
        )
    assert not Listing.objects.exists()
    assert api.post(body=new(year=this_year + 1)).status_code == 201


def test_make_and_model_are_found_by_slug_name_or_alias(api: Caller) -> None:
    model = make.model("Ka+", make.make("Ford"), slug="ka-plus")
    model.make.aliases.create(name="Ford UK")
    for named in (("ford", "ka-plus"), ("FORD", "KA+"), ("Ford UK", "Ford Ka+")):
        answer = api.post(body=new(make=named[0], model=named[1]))
        assert answer.json()["model"] == {"name": "Ka+", "slug": "ka-plus"}, named
        assert answer.json()["warnings"] == []
    assert Model.objects.count() == 1


def test_unknown_names_wait_for_staff_and_are_warned_of(api: Caller) -> None:
    answer = api.post(body=new(make="Zenvo", model="Aurora"))
    assert answer.status_code == 201
    assert [(each["code"], each["field"]) for each in answer.json()["warnings"]] == [
        ("make_to_confirm", "make"),
        ("model_to_confirm", "model"),
    ]
    assert Make.objects.get().confirmation == Confirmation.PENDING


def test_the_only_branch_need_not_be_named(api: Caller, dealer: Dealer, branch: Branch) -> None:
    assert api.post(body=new()).json()["branch"] == {"id": branch.pk, "name": "Leeds"}
    second = make.branch(dealer, name="York")
    refused = api.post(body=new())
    assert refused.status_code == 400
    assert refused.json()["fields"]["branch"] == [
        f"Which branch? Yours are {branch.pk} (Leeds), {second.pk} (York)."
    ]
    assert api.post(body=new(branch=second.pk)).json()["branch"]["name"] == "York"
    assert Listing.objects.count() == 2


def test_a_car_that_is_there_by_stock_ref_is_a_conflict_with_its_id(
    api: Caller, dealer: Dealer, branch: Branch
) -> None:
    there = make.draft(branch=branch, stock_ref="A1")
    answer = api.post(body=new(stock_ref="A1"))
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["id"]) == ("duplicate_stock_ref", there.pk)
    assert Listing.objects.count() == 1


def test_a_car_that_is_live_by_its_mark_is_a_conflict_with_its_id(
    api: Caller, branch: Branch
) -> None:
    there = make.live(branch=branch, vrm="AB15CDE")
    answer = api.post(body=new(vrm="AB15 CDE"))
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["id"]) == ("already_live", there.pk)
    assert "AB15" not in answer.content.decode()
    assert Listing.objects.count() == 1


def test_another_dealers_stock_ref_and_mark_are_in_nobodys_way(api: Caller) -> None:
    make.live(vrm="AB15CDE", stock_ref="A1")
    assert api.post(body=new(vrm="AB15CDE", stock_ref="A1")).status_code == 201


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, {"make", "model", "year", "mileage"}),
        (new(year="2015"), {"year"}),
        (new(year=True), {"year"}),
        (new(mileage=72.5), {"mileage"}),
        (new(make=5), {"make"}),
        (new(price=0), {"price"}),
        (new(price=100, admin_fee=200), set()),
        (new(mileage=None), {"mileage"}),
        (new(fuel="steam"), {"fuel"}),
        (new(fuel=["diesel"]), {"fuel"}),
        (new(euro_standard=True), {"euro_standard"}),
        (new(features="Tow bar"), {"features"}),
        (new(features=["a", 5]), {"features"}),
        (new(vrm="NOT A MARK"), {"vrm"}),
        (new(vin="short"), {"vin"}),
        (new(mot_expires_on="01/05/2027"), {"mot_expires_on"}),
        (new(milage=1), {"milage"}),
        (new(branch=999_999), {"branch"}),
        (new(description="a\0b"), {"description"}),
        (new(derivative=" " * 201), {"derivative"}),
        ([new()], {"body"}),
    ],
)
def test_what_cannot_be_accepted_is_named(api: Caller, sent: Any, fields: set[str]) -> None:
    answer = api.post(body=sent)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json().get("fields", {})) == fields
    assert not Listing.objects.exists()
    assert not Make.objects.exists()


def test_a_mistyped_field_is_pointed_out(api: Caller) -> None:
    answer = api.post(body=new(milage=1))
    assert answer.json()["fields"] == {"milage": ["There is no such field. Did you mean mileage?"]}


@pytest.mark.parametrize("body", ["{", '{"year": NaN}', '{"make": "\\ud800"}', "[" * 5_000, ""])
def test_what_is_not_json_is_refused(api: Caller, body: str) -> None:
    answer = api.post(body=body)
    assert answer.status_code == 400
    assert not Listing.objects.exists()


def test_a_body_of_another_type_or_too_large_is_refused(api: Caller) -> None:
    text = api._client.post(
        "/api/v1/stock/", "x", "text/plain", headers={"Authorization": f"Bearer {api.token}"}
    )
    assert (text.status_code, text.json()["code"]) == (415, "unsupported_media_type")
    large = api.post(body=new(description="x" * 2_200_000))
    assert (large.status_code, large.json()["code"]) == (413, "too_large")


def test_what_is_odd_is_accepted_with_a_warning(api: Caller, branch: Branch) -> None:
    model = make.model()
    for price in range(30_000, 38_000, 1_000):
        make.live(model=model, price=price)
    answer = api.post(
        body=new(
            vrm="AB20CDE",
            vin="1M8GDM9A0KP042788",
            derivative="3.0 TDV6 Vogue SE 4dr Auto",
            fuel="petrol",
            price=9_000,
        )
    )
    assert answer.status_code == 201
    assert [(each["code"], each["field"]) for each in answer.json()["warnings"]] == [
        ("vin_check_digit", "vin"),
        ("year_contradicts_vrm", "year"),
        ("derivative_contradicts", "fuel"),
        ("price_unusual", "price"),
    ]
    assert answer.json()["warnings"][3]["message"] == (
        "This is below half of what such cars cost: £33,500."
    )


def test_a_usual_price_is_that_of_all_of_a_popular_model(api: Caller) -> None:
    model = make.model()
    for price in (4_000, 20_000):
        make.copies(make.live(model=model, price=price), 599)
    make.copies(make.live(model=model, price=20_000), 99)
    warnings = api.post(body=new(price=9_000)).json()["warnings"]
    assert [each["message"] for each in warnings] == [
        "This is below half of what such cars cost: £20,000."
    ]


@pytest.mark.parametrize("vin", ["1M8GDM9AXKP042788", "SALGA2JEZEA123456"])
def test_a_right_check_digit_and_none_at_all_are_not_odd(api: Caller, vin: str) -> None:
    assert api.post(body=new(vin=vin, make="Ford", model="Ka")).status_code == 201
    codes = [each["code"] for each in api.post(body=new(vin=vin)).json()["warnings"]]
    assert "vin_check_digit" not in codes


def test_a_new_advert_is_not_public(api: Caller) -> None:
    pk = api.post(body=new()).json()["id"]
    assert Listing.objects.get(pk=pk).status == Status.DRAFT
    assert api._client.get(f"/api/v1/listings/{pk}/").status_code == 404

"""The stock as the panel exports it fills an empty dealer: every field is the same there."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as settings_
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dealers.feeds.cells import read_car
from dealers.feeds.columns import ColumnMapper, suggest
from dealers.feeds.files import read_rows
from dealers.models import AuditEvent, Branch, Dealer, User
from dealers.panel.stock.export import COLUMNS, harmless
from listings.adverts import EDITABLE_FIELDS
from listings.models import Listing, Make, Model, Photo, PhotoSource
from listings.models.rules import PLAUSIBLE, PRICE_MAX
from listings.pricing.plausibility import PRICE_MIN
from tests import make
from tests.dealers.feeds.filled_cars import bring, number
from tests.dealers.panel.feeds.test_own_export import LIST, export

TODAY = date(2026, 11, 29)
FIELDS = sorted(EDITABLE_FIELDS - {"branch", "make", "model"})
AWKWARD = (
    *("=1+1", "+44 20", "-", "@SUM(A1)", "'=1", "''-", "'", "n/a", "None", "Other", "0", "\t="),
    *("Citroën Über-Coupé", "a, b; c | d", 'said "so"', "<b>not</b> bold & <mild>", "&amp; &lt;"),
    *("two  spaces", "a\nb\r\nc", "£2,000 off", "Land Rover Range Rover", "//example.com/x", "[]"),
    *('["a"]', "3.0 TDV6 4dr Auto", "ÃƒÂ«", "\u200bthin\xa0space"),
)


def texts(characters_max: int) -> st.SearchStrategy[str]:
    """Return what forms keep: no null characters or halves of pairs, nothing blank around it."""
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")
    pieces = st.sampled_from(AWKWARD) | st.text(letters, max_size=20)
    joined = st.lists(pieces, max_size=4).map(" ".join)
    return joined.map(lambda text: text.strip()[:characters_max].strip())


def values_of(name: str) -> st.SearchStrategy[Any]:
    """Return every value that the database takes of a field and a form gives it."""
    field: Any = Listing._meta.get_field(name)
    if name in WRITTEN:
        return WRITTEN[name]
    if field.choices:
        return st.sampled_from([None, *(value for value, _ in field.flatchoices)])
    if name.endswith("_on"):
        return st.none() | st.dates(date(1971, 1, 1), TODAY)
    least, most = PLAUSIBLE.get(name, (1, 32_767))
    whole = st.integers(least, 2027 if name == "year" else most)
    return whole if name in ("year", "mileage") else st.none() | whole


PLATES = st.from_regex(r"[A-HJ-PR-Y][A-HJ-PR-Y](0[2-9]|1[0-9])[A-HJ-PR-Z]{3}", fullmatch=True)
DECIMALS = st.none() | st.decimals("0.1", "149.9", places=1)
WRITTEN: Mapping[str, st.SearchStrategy[Any]] = {
    "derivative": texts(200),
    "description": texts(200),
    "features": st.lists(texts(60).filter(bool), max_size=5),
    "price": st.none() | st.integers(PRICE_MIN, PRICE_MAX),  # of a cheaper one a person is asked
    "mpg": DECIMALS,
    "battery_kwh": DECIMALS,
    "stock_ref": st.none()
    | st.from_regex(r"[=+@-]?[A-Z]{1,3}[0-9]{1,6}[/. #]?[ÄÖÜ]", fullmatch=True),
    "vrm": st.none() | PLATES,
    "vin": st.none() | st.from_regex(r"SAL[A-HJ-NPR-Z]{6}[0-9]{8}", fullmatch=True),
}
CARS = st.fixed_dictionaries({name: values_of(name) for name in FIELDS}).map(
    lambda car: (
        {**car, "admin_fee": min(car["admin_fee"], car["price"] or 1)} if car["admin_fee"] else car
    )
)


FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def rows_of(content: bytes) -> list[dict[str, str]]:
    return [row.cells for row in read_rows(io.BytesIO(content))]


def written(rows: list[list[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([list(COLUMNS), *rows])
    return text.getvalue().encode("utf-8-sig")


def stated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that say something."""
    return {name: values[name] for name in FIELDS if values.get(name) not in (None, "", [])}


def test_odd_cells_take_no_column_of_ours_away() -> None:
    """A range of 19,805 miles is none, a row of them no range: but the advert says so."""
    rows = [dict.fromkeys(COLUMNS, "19805") for _ in range(12)]
    named = suggest(tuple(COLUMNS)).mapping()
    assert suggest(tuple(COLUMNS), rows).mapping().fields == named.fields


@given(CARS)
def test_a_row_of_the_export_says_each_field_as_the_advert_has_it(car: dict[str, Any]) -> None:
    land_rover = Make(name="Land Rover")
    advert = Listing(pk=7, make=land_rover, model=Model(name="Range Rover", make=land_rover), **car)
    advert.branch = Branch(name="Our Yard")
    vars(advert).update(
        completeness=50,
        worth=None,
        rating=None,
        _prefetched_objects_cache={"photos": [], "photo_sources": []},
    )
    cells = [harmless(cell(advert)) for cell in COLUMNS.values()]
    assert not any(str(each).startswith(FORMULAS) for each in cells)
    (row,) = rows_of(written([cells]))
    texts_by_field, _ = ColumnMapper(suggest(tuple(COLUMNS)).mapping()).apply(row)
    read = read_car(texts_by_field, today=TODAY)
    assert (read.errors, read.make, read.model) == ([], "Land Rover", "Range Rover")
    assert stated(read.values) == stated(car)


@pytest.mark.django_db
@settings(
    max_examples=3,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(CARS, min_size=12, max_size=12))
def test_the_stock_moves_to_an_empty_dealer(client: Client, cars: list[dict[str, Any]]) -> None:
    ours, theirs = (make.branch(make.dealer(f"{name} {uuid4()}")) for name in ("Ours", "Theirs"))
    for keys, car in zip(number(), cars, strict=False):
        write = make.draft if car["write_off"] in ("a", "b") else make.live
        row = write(branch=ours, **{**car, **keys})
        Photo.objects.create(listing=row, image="photos/a.jpg", width=8, height=6, position=0)
        Photo.objects.create(listing=row, image="photos/b.jpg", width=8, height=6, position=1)
    client.force_login(make.member(ours.dealer))
    run = bring(make.feed(theirs, mapping=None, mapping_confirmed_at=None), export(client))
    assert (run.state, run.created_count, run.rejected_count) == ("done", len(cars), 0)
    assert facts_of(theirs.dealer) == facts_of(ours.dealer)
    addresses = [f"{settings_.PUBLIC_URL}/media/photos/{name}.jpg" for name in "ab"]
    for listing in Listing.objects.for_dealer(theirs.dealer_id):
        assert list(listing.photo_sources.values_list("url", flat=True)) == addresses


def facts_of(dealer: Dealer) -> list[dict[str, Any]]:
    rows = Listing.objects.for_dealer(dealer.pk).order_by("stock_ref")
    return list(rows.values("make", "model", "title", "status", *FIELDS))


@pytest.mark.django_db
def test_the_audit_log_says_who_exported_what_and_names_no_car(
    desk: Client, owner: User, branch: Branch
) -> None:
    cars = [make.live(branch=branch, **keys) for keys, _ in zip(number(), range(3), strict=False)]
    make.draft(branch=branch, vrm="X1ABC")
    chosen = {"action": "export", "_selected_action": [cars[0].pk]}
    desk.post(LIST, chosen)
    desk.post(
        f"{LIST}?status__exact=live&price_from=100&branch={branch.pk}",
        {**chosen, "select_across": "1"},
    )
    found = desk.post(f"{LIST}search/", {"q": "X1 ABC"})
    desk.post(found["Location"], {**chosen, "select_across": "1"})
    desk.post(LIST, {**chosen, "select_across": "1"})
    events = AuditEvent.objects.order_by("pk").filter(kind="stock_exported")
    assert [(each.dealer_id, str(each.actor), each.subject) for each in events] == [
        (branch.dealer_id, str(owner), subject)
        for subject in (
            "1 advert: ticked one by one",
            "3 adverts: status Live, price from 100, branch Our Yard",
            "1 advert: found by a search",
            "4 adverts: the whole stock",
        )
    ]


@pytest.mark.django_db
def test_an_export_that_is_not_allowed_is_not_logged(client: Client, branch: Branch) -> None:
    row = make.live(branch=branch)
    client.force_login(make.member(branch.dealer, "sales"))
    client.post(LIST, {"action": "export", "_selected_action": [row.pk]})
    assert not AuditEvent.objects.filter(kind="stock_exported").exists()


@pytest.mark.django_db
def test_until_photos_are_there_the_export_says_where_they_come_from(
    desk: Client, branch: Branch
) -> None:
    row = make.live(branch=branch)
    for place, state in enumerate(("pending", "removed", "failed")):
        address = f"https://cdn.example.com/{place}.jpg"
        PhotoSource.objects.create(
            listing=row, url=address, host="cdn.example.com", place=place, state=state
        )
    (line,) = rows_of(export(desk))
    assert line["Photos"] == "https://cdn.example.com/0.jpg|https://cdn.example.com/2.jpg"

"""The FilterSet and the fast reader take the same of a query string; the rows are the search's."""

import os
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from listings.api.filters import ListingFilterSet, read_filters
from listings.api.parameters import FILTERS
from listings.choices import BodyType, Fuel
from listings.models import Listing
from listings.search.criteria import Criteria
from listings.search.engine import SearchRequest
from listings.search.postgres import PostgresEngine
from tests import make

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "200"))
NAMES = st.sampled_from([*FILTERS, "sort", "price", "page_size", "q"])
LIKELY = st.sampled_from(
    [
        *("", ",", "0", "5", "-1", "007", "2016", "99999999999999", "1e3", "٣", " 5", "5\n"),
        *("true", "False", "yes", "diesel", "DIESEL", "petrol,Diesel", "deisel", "red,", "x,y"),
        *("ford", "Land Rover", "land-rover,bmw", "a" * 130, "LS1", "ls1 4ap", "0,0", "91,0"),
        *("se", "two words", "\x00", "é", ",".join(map(str, range(60)))),
    ]
)
PAIRS = st.lists(st.tuples(NAMES, LIKELY | st.text(max_size=12)), max_size=8)


def both(pairs: list[tuple[str, str]]) -> tuple[object, object]:
    """Return what each makes of a query string: criteria, or what is refused and why."""
    query = QueryDict(urlencode(pairs))
    filters = ListingFilterSet(query)
    values, errors = read_filters(query)
    slow = {name: list(texts) for name, texts in filters.errors.items()} or filters.criteria()
    return slow, errors or Criteria.from_parameters(values)


@settings(max_examples=EXAMPLES, deadline=None)
@given(PAIRS)
@example([("price_min", "9"), ("price_max", "3")])
@example([("price_min", "9"), ("price_max", "3"), ("price_max", "4")])
@example([("fuel", "diesel"), ("fuel", "Petrol"), ("fuel", "")])
def test_any_query_string_is_read_alike(pairs: list[tuple[str, str]]) -> None:
    slow, fast = both(pairs)
    assert slow == fast


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("fuel"), st.sampled_from(Fuel.values)),
            st.tuples(st.just("body_type"), st.sampled_from(BodyType.values)),
            st.tuples(st.sampled_from(["price_min", "year_max"]), st.just("2001")),
            st.tuples(st.sampled_from(["doors", "seats"]), st.just("5,4")),
        ),
        min_size=1,
    )
)
def test_what_is_well_formed_is_criteria(pairs: list[tuple[str, str]]) -> None:
    unique = list({name: (name, value) for name, value in pairs}.values())
    slow, fast = both(unique)
    assert isinstance(slow, Criteria)
    assert slow == fast
    assert slow != Criteria()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "",
        "make=ford",
        "model=focus&price_max=9000",
        "fuel=petrol&transmission=manual",
        "reduced=true",
        "reduced=false&doors=5",
        "text=zetec",
        "near=LS1&within_miles=50",
        "added_within_days=2&year_min=2010",
    ],
)
def test_its_queryset_is_what_the_engine_answers(query: str) -> None:
    leeds = make.branch(make.dealer(), latitude=53.8, longitude=-1.55)
    focus = make.model("Focus", make.make("Ford"))
    rows = [
        make.live(price=8_000, doors=5, published_at=timezone.now() - timedelta(days=3)),
        make.live(model=focus, price=8_500, fuel="petrol", transmission="manual", doors=5),
        make.live(model=focus, price=9_500, derivative="1.6 Zetec 5dr", branch=leeds),
    ]
    Listing.objects.filter(pk=rows[0].pk).update(price=7_000)
    make.draft(model=focus)
    filters = ListingFilterSet(QueryDict(query), Listing.objects.public())
    assert not filters.errors
    request = SearchRequest(filters.criteria(), ("price",), 100)
    answered = [position.id for position in PostgresEngine().search(request).positions]
    assert sorted(filters.qs.values_list("pk", flat=True)) == sorted(answered)
    assert answered


@pytest.mark.django_db
def test_it_narrows_whatever_rows_it_is_given() -> None:
    kept, _ = make.draft(price=5_000), make.draft(price=50_000)
    make.live(price=5_000)
    filters = ListingFilterSet(QueryDict("price_max=6000"), Listing.objects.filter(status="draft"))
    assert [row.pk for row in filters.qs] == [kept.pk]

"""The main queries are answered by their indexes, on enough rows for it to matter."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from dealers.models import Branch
from listings.models import Listing
from listings.search import keyset
from listings.search.criteria import Criteria
from listings.search.engine import SeekPosition
from listings.search.ordering import Position, directions
from listings.search.postgres import matching
from tests import make

pytestmark = pytest.mark.slow
ROWS = 200_000
MODELS = 200
FILL = """
INSERT INTO listings_listing (
    branch_id, dealer_id, make_id, model_id, derivative, title, year, mileage, price, fuel,
    transmission, doors, body_type, colour, description, features, status,
    published_at, expires_at, confirmed_at
)
SELECT branch.id, branch.dealer_id, model.make_id, model.id, '', '', 2005 + n %% 20,
    (n * 7919) %% 150000, nullif((n * 104729) %% 60000, 0), (ARRAY['petrol', 'diesel'])[1 + n %% 2],
    'manual', 5, 'suv', 'black', '', '{}', 'live',
    now() - n * interval '10 seconds',
    now() + (n - 200.5) * interval '1 hour', now()
FROM generate_series(1, %(rows)s::bigint) n
JOIN (SELECT id, make_id, row_number() OVER (ORDER BY id) AS place FROM listings_model) model
    ON model.place = 1 + n %% %(models)s
JOIN (SELECT id, dealer_id, row_number() OVER (ORDER BY id) AS place FROM dealers_branch) branch
    ON branch.place = 1 + n %% 100
"""


@pytest.fixture(scope="module")
def stock(django_db_setup: None, django_db_blocker: Any) -> Iterator[Branch]:
    """Load the rows once; they are taken out again behind the tests."""
    with django_db_blocker.unblock():
        for number in range(MODELS):
            make.model(f"Model {number}", make.make(f"Make {number % 20}"))
        branches = [make.branch() for _ in range(100)]
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE listings_listing DISABLE TRIGGER ALL")
            cursor.execute(FILL, {"rows": ROWS, "models": MODELS})
            cursor.execute("ALTER TABLE listings_listing ENABLE TRIGGER ALL")
            cursor.execute("VACUUM ANALYZE listings_listing, dealers_dealer")
        yield branches[7]
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE listings_listing, listings_model, listings_make, dealers_branch, "
                "dealers_dealer CASCADE"
            )
            cursor.execute("VACUUM ANALYZE listings_listing, dealers_dealer")


def plan(rows: QuerySet) -> dict[str, Any]:
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        found = cursor.fetchone()[0]
    read: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return read


def nodes(read: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield read
    for inner in read.get("Plans", ()):
        yield from nodes(inner)


def indexes(rows: QuerySet) -> set[str]:
    """Return the indexes of adverts a query reads, and make sure it reads no whole table."""
    read = list(nodes(plan(rows)))
    whole = [node for node in read if node["Node Type"] == "Seq Scan"]
    assert "listings_listing" not in {node["Relation Name"] for node in whole}
    names = {node["Index Name"] for node in read if "Index Name" in node}
    return {name for name in names if not name.startswith("dealers_")}


def page(ordering: str, place: SeekPosition | None = None, **criteria: object) -> QuerySet:
    order = directions(ordering.split(","))
    rows = next(keyset.segments(matching(Criteria.from_parameters(criteria)), order, place))
    return rows.values_list(*(direction.key.column for direction in order), "id")[:21]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ordering", "index"),
    [
        ("price", "live_cheapest"),
        ("-price", "live_cheapest"),
        ("mileage", "live_by_mileage"),
        ("-mileage", "live_by_mileage"),
        ("year", "live_by_year"),
        ("-year", "live_by_year"),
        ("newest", "live_newest"),
        ("-newest", "live_newest"),
        ("price,-year", "live_cheapest"),
    ],
)
@pytest.mark.usefixtures("stock")
def test_a_first_page_is_read_off_the_index_of_its_order(ordering: str, index: str) -> None:
    assert indexes(page(ordering)) == {index}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ordering", "values", "index"),
    [
        ("price", (45_000,), "live_cheapest"),
        ("-price", (15_000,), "live_cheapest"),
        ("mileage", (100_000,), "live_by_mileage"),
        ("year", (2015,), "live_by_year"),
        ("price,-year", (45_000, 2015), "live_cheapest"),
    ],
)
@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize("is_backwards", [False, True])
def test_a_deep_page_starts_inside_its_index(
    ordering: str, values: tuple[int, ...], index: str, *, is_backwards: bool
) -> None:
    rows = page(
        ordering, SeekPosition(Position(values, Listing.objects.earliest("pk").pk), is_backwards)
    )
    assert indexes(rows) == {index}
    scan = next(node for node in nodes(plan(rows)) if node.get("Index Name") == index)
    assert scan.get("Rows Removed by Filter", 0) < 1_000


@pytest.mark.django_db
@pytest.mark.usefixtures("stock")
def test_a_models_cheapest_are_read_off_its_own_index() -> None:
    rows = page("price", make=["make-3"], model=["model-43"])
    assert indexes(rows) == {"live_model_by_price"}
    assert indexes(page("-price", model=["model-43"])) == {"live_model_by_price"}
    assert indexes(page("price", make=["make-3"])) == {"live_make_cheapest"}
    by_mileage = indexes(page("-mileage", make=["make-3"]))
    assert by_mileage <= {"live_by_mileage", "live_make_cheapest"}


@pytest.mark.django_db
@pytest.mark.usefixtures("stock")
def test_a_range_and_a_choice_are_decided_inside_the_index() -> None:
    rows = page("price", price_min=20_000, price_max=40_000, fuel=["diesel"], mileage_max=60_000)
    assert indexes(rows) == {"live_cheapest"}
    kinds = {node["Node Type"] for node in nodes(plan(rows))}
    assert "Index Only Scan" in kinds


@pytest.mark.django_db
def test_a_dealers_stock_is_read_off_its_index(stock: Branch) -> None:
    assert indexes(page("price", dealer=[stock.dealer.slug])) <= {
        "listing_stock_of_dealer",
        "live_cheapest",
    }
    rows = Listing.objects.filter(dealer=stock.dealer, status="live").order_by("id")
    assert indexes(rows) <= {"listing_stock_of_dealer", "stock_ref_is_unique_in_dealer"}


@pytest.mark.django_db
@pytest.mark.usefixtures("stock")
def test_what_is_due_to_expire_is_read_off_its_index() -> None:
    due = Listing.objects.due_to_expire()
    assert indexes(due) == {"live_next_to_expire"}
    assert due.count() == 200

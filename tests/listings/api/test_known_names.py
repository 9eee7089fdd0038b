"""Cards with names from the replica show what the database would, whatever happens meanwhile."""

from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from listings.models import Listing
from listings.pricing.value.ratings import rating_of, rows_at_revisions, valued_row
from listings.search.cards import card_rows, valued_card_rows
from listings.search.engine import KnownNames
from listings.search.memory.slug_index import SlugIndex
from tests import make
from tests.listings.api.test_cards_agree import stock
from tests.listings.changes.connections import another
from tests.listings.search.questions import rate_anew

pytestmark = pytest.mark.django_db(transaction=True)


def known() -> KnownNames:
    return SlugIndex.load().known


def by_id(names: KnownNames | None) -> dict[int, Any]:
    ids = [*Listing.objects.values_list("pk", flat=True), 0]
    return {row.id: row for row in card_rows(ids, names)}


@pytest.mark.parametrize("seed", range(2))
def test_rows_are_those_of_the_join(seed: int) -> None:
    stock(seed)
    make.draft()
    names = known()
    with CaptureQueriesContext(connection) as queries:
        found = by_id(names)
    assert "dealers_dealer" not in "".join(each["sql"] for each in queries)
    assert len(found) == 36
    assert found == by_id(None)


@pytest.mark.parametrize("seed", range(4))
def test_values_are_those_that_are_read_alone(seed: int) -> None:
    random_ = Random(seed)  # noqa: S311 - not for secrets
    stock(seed)
    for row in random_.sample(list(Listing.objects.all()), k=24):
        make.value(row, row.price or 9_000)
    rate_anew(random_)
    Listing.objects.filter(pk__in=random_.sample(range(10_000), 3_000)).update(mileage=5)
    ids = list(Listing.objects.values_list("pk", flat=True))
    alone = {id_: rating_of(row) for id_, (_, row) in rows_at_revisions(ids).items()}
    together = {
        row.id: rating_of(valued_row(value))
        for row, value in valued_card_rows(ids, known())
        if value
    }
    shown = {row.id for row in card_rows(ids)}
    assert together == {id_: each for id_, each in alone.items() if id_ in shown}
    assert together


@pytest.mark.parametrize("hidden", [{"is_active": False}, {"is_sandbox": True}])
def test_a_hidden_dealer_is_not_shown_by_older_or_newer_names(hidden: dict[str, bool]) -> None:
    shown, gone = make.live(), make.live()
    older = known()
    type(gone.dealer).objects.filter(pk=gone.dealer_id).update(**hidden)
    assert set(by_id(older)) == set(by_id(known())) == {shown.pk}


def test_a_new_name_is_shown_by_older_names() -> None:
    row = make.live()
    older = known()
    type(row.dealer).objects.update(name="Another name")
    type(row.branch).objects.update(town="Whitby")
    found = by_id(older)[row.pk]
    assert (found.dealer.name, found.branch.town) == ("Another name", "Whitby")


def test_an_advert_of_rows_that_the_names_lack_is_shown() -> None:
    make.live()
    older = known()
    row = make.live(branch=make.branch(make.dealer("New")), model=make.model("New"))
    assert by_id(older)[row.pk] == by_id(None)[row.pk]


def test_an_open_transaction_holds_names_back_and_nothing_else() -> None:
    with transaction.atomic():
        row = make.live()  # has a revision that others do not see yet
        assert not known().snapshot.sees(Listing.objects.get(pk=row.pk).revision)
        assert set(by_id(known())) == {row.pk}


def test_a_long_transaction_of_another_holds_no_names_back() -> None:
    with another() as importing:
        importing.execute("SELECT pg_current_xact_id()")
        row = make.live()
        assert known().snapshot.sees(Listing.objects.get(pk=row.pk).revision)
        importing.rollback()


def test_a_lost_session_is_replaced() -> None:
    row = make.live()
    names = known()
    assert set(by_id(names)) == {row.pk}
    connection.close()
    assert set(by_id(names)) == {row.pk}


def test_a_type_that_a_migration_changes_is_met() -> None:
    row = make.live()
    names = known()
    assert set(by_id(names)) == {row.pk}
    alter = "ALTER TABLE listings_photo ALTER COLUMN width TYPE {}"
    with connection.cursor() as cursor:
        cursor.execute(alter.format("bigint"))
    try:
        assert set(by_id(names)) == {row.pk}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(alter.format("integer"))
    assert set(by_id(names)) == {row.pk}


def test_behind_a_proxy_nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    row = make.live()
    names = known()
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with CaptureQueriesContext(connection) as queries:
        assert by_id(names)[row.pk].title == row.title
    assert not any(each["sql"].startswith("EXECUTE") for each in queries)

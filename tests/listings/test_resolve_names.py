"""Names from feeds and forms find their row of the catalogue, or become one to be confirmed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from listings.catalogue import add_alias, resolve
from listings.choices import Confirmation
from listings.models import Make, Model
from marketplace.errors import Invalid
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make_name", "model_name"),
    [
        ("Citroën", "C4 Picasso"),
        ("CITROEN", "c4-picasso"),
        ("  citroen ", "C4PICASSO"),
        ("Citroen", "Citroën C4 Picasso"),
    ],
)
def test_case_accents_spaces_and_hyphens_do_not_matter(make_name: str, model_name: str) -> None:
    known = make.model("C4 Picasso", make.make("Citroen"))
    found = resolve(make_name=make_name, model_name=model_name)
    assert (found.make, found.model) == (known.make, known)
    assert (Make.objects.count(), Model.objects.count()) == (1, 1)


def test_aliases_of_makes_and_models_are_known() -> None:
    known = make.model("G Class", make.make("Mercedes-Benz"))
    add_alias(kind=Make, entry_id=known.make_id, name="Merc")
    add_alias(kind=Model, entry_id=known.pk, name="G Wagon")
    assert resolve(make_name="MERC", model_name="g-wagon").model == known
    assert resolve(make_name="merc", model_name="Merc G Wagon").model == known


def test_a_plus_tells_two_models_apart() -> None:
    ford = make.make("Ford")
    ka, ka_plus = make.model("KA", ford), make.model("Ka+", ford, slug="ka-plus")
    assert resolve(make_name="Ford", model_name="ka").model == ka
    assert resolve(make_name="Ford", model_name="KA+").model == ka_plus


def test_an_unknown_model_waits_to_be_confirmed() -> None:
    make.model()
    found = resolve(make_name="land rover", model_name="  Range\tRover   Classic ")
    assert found.make.confirmation == Confirmation.CONFIRMED
    assert (found.model.name, found.model.slug) == ("Range Rover Classic", "range-rover-classic")
    assert found.model.confirmation == Confirmation.PENDING
    assert resolve(make_name="Land Rover", model_name="range-rover-classic").model == found.model


def test_an_unknown_make_waits_to_be_confirmed() -> None:
    found = resolve(make_name="比亚迪", model_name="海豚")
    assert (found.make.name, found.make.slug) == ("比亚迪", "other")
    assert found.make.confirmation == found.model.confirmation == Confirmation.PENDING
    assert resolve(make_name="比亚迪", model_name="海豚") == found


def test_two_pending_names_with_one_slug_both_get_an_address() -> None:
    first = resolve(make_name="A.B", model_name="X")
    second = resolve(make_name="AB+", model_name="X")
    third = resolve(make_name="AB plus", model_name="X")
    assert [row.make.slug for row in (first, second, third)] == ["ab", "ab-plus", "ab-plus-2"]


@pytest.mark.parametrize(
    ("make_name", "model_name", "field"),
    [
        ("", "Golf", "make"),
        ("---", "Golf", "make"),
        ("VW", "\x00", "model"),
        ("x" * 61, "A", "make"),
    ],
)
def test_a_name_that_says_nothing_or_too_much_is_refused(
    make_name: str, model_name: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        resolve(make_name=make_name, model_name=model_name)
    assert list(refusal.value.fields) == [field]
    assert not Make.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_feeds_that_bring_one_unknown_name_at_once_share_one_row() -> None:
    start = Barrier(4)

    def bring(spelling: str) -> tuple[int, int]:
        start.wait(timeout=60)
        try:
            found = resolve(make_name=spelling, model_name=spelling)
            return found.make.pk, found.model.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as feeds:
        found = set(feeds.map(bring, ["New Marque", "NewMarque", "new-marque", "NEW MARQUE"]))
    assert len(found) == 1
    assert (Make.objects.count(), Model.objects.count()) == (1, 1)

"""The shipped catalogue is loaded, as often as anybody likes."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from listings.catalogue import merge_make, rename_entry, resolve
from listings.choices import Confirmation
from listings.models import Make, MakeAlias, Model, ModelAlias
from tests import make

pytestmark = pytest.mark.django_db

REAL_ADVERTS = Path(__file__).parents[3] / "shared" / "data" / "uk_used_cars"
MAKES = {"hyundi": "Hyundai", "merc": "Merc", "vw": "VW"}

# Slips of whoever collected the adverts: a Renault, and engines in place of models.
NOT_MODELS = {("vauxhall", "Kadjar"), *(("merc", name) for name in ("180", "200", "220", "230"))}


def load() -> str:
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    return out.getvalue()


def counts() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Make, Model, MakeAlias, ModelAlias))


def test_the_catalogue_covers_the_market_and_a_second_load_adds_nothing() -> None:
    load()
    first = counts()
    assert first[0] > 90
    assert first[1] > 1400
    assert load() == (
        "Catalogue: 0 makes, 0 models and 0 aliases added, 0 pending names confirmed.\n"
    )
    assert counts() == first


@pytest.mark.parametrize(
    ("make_name", "model_name", "expected"),
    [
        ("Merc", "C-Class", "Mercedes-Benz C Class"),
        ("VW", "ID3", "Volkswagen ID.3"),
        ("Chevy", "matiz", "Chevrolet Matiz"),
        ("Landrover", "RANGE ROVER SPORT", "Land Rover Range Rover Sport"),
        ("Range Rover", "Sport", "Land Rover Range Rover Sport"),
        ("Citroën", "Grand C4 Picasso", "Citroen Grand C4 Picasso"),
        ("Škoda", "Octavia", "Skoda Octavia"),
        ("BMW", "3-Series", "BMW 3 Series"),
        ("Mini", "Cooper", "MINI Hatch"),
        ("Kia", "Cee'd", "Kia Ceed"),
        ("Mazda", "Mazda3", "Mazda 3"),
        ("Ford", "Ka+", "Ford Ka+"),
    ],
)
def test_the_names_people_write_are_known(make_name: str, model_name: str, expected: str) -> None:
    load()
    found = resolve(make_name=make_name, model_name=model_name)
    assert f"{found.make} {found.model}" == expected
    assert found.model.confirmation == Confirmation.CONFIRMED


def test_what_staff_renamed_or_merged_stays() -> None:
    load()
    citroen = Make.objects.get(name="Citroen")
    rename_entry(kind=Make, entry_id=citroen.pk, name="Citroën Automobiles")
    ssangyong, kgm = Make.objects.get(name="SsangYong"), Make.objects.get(name="KGM")
    merge_make(source_id=ssangyong.pk, into_id=kgm.pk)
    before = counts()
    load()
    assert counts() == before
    citroen.refresh_from_db()
    assert citroen.name == "Citroën Automobiles"
    assert not Make.objects.filter(name="SsangYong").exists()


def test_a_pending_name_that_ships_is_confirmed_in_the_shipped_spelling() -> None:
    found = resolve(make_name="land-rover", model_name="RANGE ROVER")
    advert = make.live(model=found.model, derivative="")
    load()
    advert.refresh_from_db()
    assert advert.title == "Land Rover Range Rover"
    assert not Make.objects.filter(confirmation=Confirmation.PENDING).exists()


@pytest.mark.skipif(not REAL_ADVERTS.exists(), reason="the file of real adverts is not here")
def test_every_model_of_the_real_adverts_is_known() -> None:
    load()
    unknown = set()
    for file in REAL_ADVERTS.glob("*.csv"):
        with file.open(encoding="utf-8") as lines:
            names = {row["model"].strip() for row in csv.DictReader(lines)}
        for name in names:
            found = resolve(make_name=MAKES.get(file.stem, file.stem), model_name=name)
            if Confirmation.PENDING in (found.make.confirmation, found.model.confirmation):
                unknown.add((file.stem, name))
    assert unknown == NOT_MODELS

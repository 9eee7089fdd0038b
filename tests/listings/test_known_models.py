"""Names of cars that are found and never added."""

import pytest

from listings.catalogue import known_model, model_of_title
from listings.choices import Confirmation
from listings.models import MakeAlias, Model, ModelAlias
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fiesta() -> Model:
    ford, mercedes = make.make("Ford"), make.make("Mercedes-Benz")
    make.model("Ka+", ford, slug="ka-plus")
    MakeAlias.objects.create(make=mercedes, name="Merc")
    c_class = make.model("C-Class", mercedes)
    ModelAlias.objects.create(model=c_class, name="C Klasse")
    make.model("Zephyr", ford, confirmation=Confirmation.PENDING)
    return make.model("Fiesta", ford)


@pytest.mark.parametrize(
    ("names", "slug"),
    [
        (("Ford", "Fiesta"), "fiesta"),
        (("FORD", "fiesta"), "fiesta"),
        (("ford", "ka-plus"), "ka-plus"),
        (("ford", "Ka+"), "ka-plus"),
        (("merc", "c class"), "c-class"),
        (("mercedes-benz", "C Klasse"), "c-class"),
        (("Ford", "Ford Fiesta"), "fiesta"),
        (("Ford", "C-Class"), None),
        (("Frod", "Fiesta"), None),
        (("Ford", "Zephyr"), None),
        (("Ford", "Mercedes-Benz C-Class"), None),
        (("", ""), None),
    ],
)
def test_two_names_are_a_model_or_nothing(names: tuple[str, str], slug: str | None) -> None:
    found = known_model(make_name=names[0], model_name=names[1])
    assert (found and found.slug) == slug


@pytest.mark.parametrize(
    ("title", "slug", "derivative"),
    [
        ("Ford Fiesta 1.0 EcoBoost Zetec 5dr", "fiesta", "1.0 EcoBoost Zetec 5dr"),
        ("2018 ford fiesta ST-Line", "fiesta", "ST-Line"),
        ("Fiesta 1.1 Trend", "fiesta", "1.1 Trend"),
        ("Frod Fiesta", "fiesta", ""),
        ("my old Ford Fiesta", "fiesta", ""),
        ("Ford", None, None),
        ("Fiesta or C-Class", "fiesta", None),
        ("a red car", None, None),
        ("", None, None),
    ],
)
def test_a_title_is_a_model_and_what_follows(
    title: str, slug: str | None, derivative: str | None
) -> None:
    found = model_of_title(title)
    assert (found and found.model.slug) == slug
    if derivative is not None:
        assert found
        assert found.derivative == derivative
    assert Model.objects.count() == 4

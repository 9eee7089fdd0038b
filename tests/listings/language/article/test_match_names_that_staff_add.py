"""Names that no list of words knows, as staff add them, in texts with and without the car."""

import pytest

from listings.language.article import Article
from listings.language.article.gazetteer import Gazetteer
from listings.language.article.scoring import subjects
from listings.language.derivative import Catalogue, CatalogueMake, CatalogueModel

GAZETTEER = Gazetteer(
    Catalogue(
        (
            CatalogueMake(
                "bristol",
                ("Bristol",),
                (CatalogueModel("411", ("411",)), CatalogueModel("fighter", ("Fighter",))),
            ),
            CatalogueMake(
                "honda",
                ("Honda",),
                (
                    CatalogueModel("city", ("City",)),
                    CatalogueModel("it", ("IT",)),
                    CatalogueModel("civic", ("Civic",)),
                ),
            ),
        )
    )
)


def about(title: str, text: str) -> list[tuple[str, str | None]]:
    found = subjects(Article(title, text=text), GAZETTEER, {}, 0.7)
    return [(each.make, each.model) for each in found]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Bristol drivers face a charge for diesel cars",
            "Bristol will charge older diesel cars £9 a day. Bristol has 40,000 drivers of them.",
        ),
        (
            "City win again",
            (
                "Honda, which sells hybrid cars, is to pay Manchester City. The drivers of City get"
                " electric cars, and the City badge goes on the engine cover."
            ),
        ),
        (
            "IT failure stops car factory",
            "Honda says that IT is to blame. No hybrid engine was made. IT staff came by car.",
        ),
    ],
)
def test_a_new_name_is_no_car_where_none_stands_beside_it(title: str, text: str) -> None:
    assert [each for each in about(title, text) if each != ("honda", None)] == []


def test_a_new_make_is_known_by_a_model_beside_it() -> None:
    text = (
        "The Bristol 411 has a V8 engine of 6.3 litres and an automatic gearbox. Few drivers have"
        " tried a 411, a saloon of great charm. The steering is light, the ride soft, and it does"
        " 12mpg. A good one costs £60,000."
    )

    assert about("Bristol 411 driven", text) == [("bristol", "411")]


def test_a_new_make_with_its_model_in_the_text_is_known_alone() -> None:
    text = (
        "Bristol built its last car in Filton. The maker had no dealers but one showroom, and"
        " sold few models: the Bristol 411 had a V8, and the Bristol Fighter, with its V10 engine,"
        " went to thirteen drivers."
        " Bristol said that its cars had 525bhp and would do 210mph."
    )

    assert about("The last of Bristol", text) == [("bristol", None)]


def test_a_new_word_is_a_model_with_its_make_in_the_text() -> None:
    text = (
        "Honda has a saloon for India. With a hybrid engine the City does 78mpg. The City is new."
    )

    assert about("Honda City hybrid", text) == [("honda", "city")]


def test_a_catalogue_without_names_has_no_answer() -> None:
    article = Article("Ford Focus review", text="The Ford Focus drives well.")
    assert subjects(article, Gazetteer(Catalogue(())), {}, 0.7) == []

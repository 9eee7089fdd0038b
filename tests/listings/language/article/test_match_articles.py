"""Articles matched with the cars they are about."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.language.article.gazetteer import Gazetteer
from listings.language.article.passages import Article
from listings.language.article.scoring import Match, subjects
from listings.language.derivative import Catalogue, CatalogueMake, CatalogueModel
from tests.listings.language.article.labelled import (
    HELD_OUT,
    PAGES,
    TRAINING,
    Score,
    labelled,
    labelled_pages,
    shipped_gazetteer,
)
from tests.marketplace.linear.growth import least_seconds

ARTICLES = labelled(TRAINING)
SEED = Path(__file__).resolve().parents[5] / "shared" / "seed" / "autocar-2022-03-25.txt"
STRICTNESS = 0.45
STRICT = 0.75
"""What a site asks for whose texts are short: there is little to tell a trap by."""
NEUTRAL = "\n\nThe parish hall was full by noon. Somebody had brought marmalade, and a kettle sang."
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
SECONDS_MAX = 0.05  # of one processor, for 3,000 words
SMALL = Catalogue(
    (
        CatalogueMake("ford", ("Ford",), (CatalogueModel("focus", ("Focus",)),)),
        CatalogueMake("mini", ("MINI",), (CatalogueModel("electric", ("Electric",)),)),
        CatalogueMake("fiat", ("Fiat",), (CatalogueModel("500", ("500",)),)),
    )
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return shipped_gazetteer()


def matched(article: Article, gazetteer: Gazetteer, strictness: float = STRICTNESS) -> list[Match]:
    return subjects(article, gazetteer, {}, strictness)


def about(found: list[Match]) -> set[str]:
    return {f"{each.make}/{each.model}" if each.model else each.make for each in found}


def score(names: tuple[str, ...], gazetteer: Gazetteer, strictness: float) -> Score:
    score = Score()
    for each in labelled(names):
        score.add(about(matched(each.article, gazetteer, strictness)), each)
    return score


def test_the_articles_that_the_weights_are_fitted_to_are_read_right(gazetteer: Gazetteer) -> None:
    found = score(TRAINING, gazetteer, STRICT)

    assert len({each.name for each in ARTICLES}) == len(ARTICLES) == 662
    assert found.right / found.answers >= 0.955, found
    assert found.answered / found.answerable >= 0.85, found


def test_the_articles_that_were_kept_apart_are_read_right(gazetteer: Gazetteer) -> None:
    found = score(HELD_OUT, gazetteer, STRICT)

    assert found.right / found.answers >= 0.9, found
    assert found.answered / found.answerable >= 0.75, found


def test_the_stricter_a_site_is_the_fewer_answers_it_gets(gazetteer: Gazetteer) -> None:
    loose, strict = (score(TRAINING, gazetteer, each) for each in (0.3, 0.95))

    assert strict.answers < loose.answers
    assert strict.right / strict.answers > loose.right / loose.answers


def test_an_answer_does_not_depend_on_where_paragraphs_break(gazetteer: Gazetteer) -> None:
    prose = [each for each in ARTICLES if all(map(is_paragraph, each.article.text.splitlines()))]
    assert len(prose) > 400
    for each in prose:
        article = each.article
        answer = about(matched(article, gazetteer))
        for text in (
            " ".join(article.text.split()),
            re.sub(r"\n+", "\n", article.text),
            SENTENCE_END.sub("\n\n", article.text),
        ):
            broken = Article(article.title, article.headings, text, article.tags)
            assert about(matched(broken, gazetteer)) == answer, each.name


def is_paragraph(line: str) -> bool:
    return not line or line[-1] in ".!?"


def test_a_text_that_a_program_wrapped_is_read_as_it_was(gazetteer: Gazetteer) -> None:
    text = (
        "The new Focus has a better cabin and an engine of 1.0 litres. Ford has made its\n"
        "hatchback quieter, and the gearbox is a joy. In a week we drove it for 600 miles on\n"
        "every kind of road, and saw 52mpg from its three cylinders."
    )

    assert about(matched(Article("Ford Focus review", text=text), gazetteer)) == {"ford/focus"}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Seven arrested after cars torched in Swindon",
            (
                "Seven people have been arrested after nine cars were set alight. Wiltshire "
                "Police said that a Ford Fiesta and a BMW 3 Series were destroyed. Detectives "
                "want dashcam footage of the thieves, who had been seen near the estate."
            ),
        ),
        (
            "Honda recalls lawnmowers over blade fault",
            (
                "Honda is recalling 4,000 petrol lawnmowers because a blade bolt may shear. "
                "Owners of the HRX 537 should stop mowing and call a dealer. The engine is "
                "not affected."
            ),
        ),
        (
            "Kawasaki Ninja 500 vs Honda CBR500R",
            (
                "Two middleweights, two twins. The Honda has the better brakes and a sweeter "
                "engine; the Kawasaki weighs less and revs harder. Both riders swapped bikes "
                "at Squires."
            ),
        ),
        (
            "Ford to cut 1,000 jobs in Cologne",
            (
                "Ford will cut 1,000 jobs at its factory in Cologne as demand stays weak. "
                "Unions said that they would fight. Workers will be offered packages. Shares "
                "fell 2 per cent."
            ),
        ),
        (
            "Ford Bronco crash kills two in Arizona",
            (
                "Two tourists from Leeds have died after their hired Ford Bronco left a road "
                "near Sedona. The car rolled several times, police said. The coroner has been "
                "told."
            ),
        ),
    ],
)
def test_crime_jobs_crashes_and_other_machines_are_about_no_car(
    title: str, text: str, gazetteer: Gazetteer
) -> None:
    assert about(matched(Article(title, text=text), gazetteer)) == set()


def test_makes_in_the_headline_are_answered_by_their_models(gazetteer: Gazetteer) -> None:
    text = (
        "Renault's Twingo will cost less than £18,000 and goes 163 miles. Nissan's Micra costs"
        " £22,995 and shares its platform with the Renault 5. The Twingo is built in Slovenia."
    )
    article = Article("Renault and Nissan show small electric cars", text=text)

    assert about(matched(article, gazetteer)) == {"nissan/micra", "renault/twingo"}


def test_one_word_more_or_less_seldom_changes_an_answer(gazetteer: Gazetteer) -> None:
    changed = 0
    for place, each in enumerate(ARTICLES):
        article, words = each.article, each.article.text.split(" ")
        del words[place % len(words)]
        shorter = Article(article.title, article.headings, " ".join(words), article.tags)
        changed += about(matched(shorter, gazetteer)) != about(matched(article, gazetteer))

    assert changed / len(ARTICLES) < 0.03


def test_a_model_that_the_catalogue_lacks_is_no_neighbour_of_it(gazetteer: Gazetteer) -> None:
    text = (
        "The BYD Dolphin 9 is a hatchback with a 60kWh battery and 201bhp. BYD asks £27,000"
        " for the Dolphin 9, which drives well and has a good cabin. The ride is soft."
    )

    assert about(matched(Article("BYD Dolphin 9 review", text=text), gazetteer)) <= {"byd"}


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "VW ID. Buzz review",
            "The ID. Buzz has room for seven, a battery of 79kWh and a range of 250 miles.",
            "volkswagen/id-buzz",
        ),
        (
            "Lynk & Co 08 driven",
            "The Lynk & Co 08 is a plug-in hybrid SUV with 340bhp and a range of 124 miles.",
            "lynk-co/08",
        ),
        (
            "Used Mini Cooper buying guide",
            "A Mini Cooper with the 1.6 engine costs £3,000. Check the Cooper's timing chain.",
            "mini/hatch",
        ),
        (
            "Ford Ka+ review",
            "The Ka+ is a cheap hatchback with a 1.2 petrol engine, 84bhp and five doors.",
            "ford/ka-plus",
        ),
    ],
)
def test_names_with_signs_and_stops_are_found(
    title: str, text: str, expected: str, gazetteer: Gazetteer
) -> None:
    assert about(matched(Article(title, text=text), gazetteer)) == {expected}


def test_paragraphs_that_tell_of_nothing_change_little(gazetteer: Gazetteer) -> None:
    pages = [each for each in labelled_pages("pages", held_out=False) if each.about]
    moved = []
    for each in pages:
        article = each.article
        long = Article(article.title, text=article.text + 12 * NEUTRAL)
        before, after = (matched(one, gazetteer, 0.0) for one in (article, long))
        moved.append(abs(before[0].score - after[0].score) if before else 0.0)

    assert len(pages) > 60
    assert sum(moved) / len(moved) < 0.03
    assert sorted(moved)[len(moved) * 95 // 100] < 0.15


@pytest.mark.parametrize("name", PAGES)
def test_longer_pages_that_were_kept_apart_are_read_right(name: str, gazetteer: Gazetteer) -> None:
    found = Score()
    for each in labelled_pages(name, held_out=True):
        found.add(about(matched(each.article, gazetteer)), each)

    assert found.answerable >= 14
    assert found.right / found.answers >= 0.85, found
    assert found.answered / found.answerable >= 0.8, found


def test_an_answer_names_the_words_that_decided(gazetteer: Gazetteer) -> None:
    article = Article(
        "Audi A3 driven", text="Audi's A3 has a new diesel engine and a better cabin."
    )

    (found,) = matched(article, gazetteer)

    assert [(each.text, each.part.name, each.count) for each in found.words] == [
        ("A3", "TITLE", 1),
        ("A3", "STANDFIRST", 1),
    ]


def test_of_two_as_near_what_is_in_stock_comes_first(gazetteer: Gazetteer) -> None:
    article = Article(
        "Kia Picanto or Hyundai i10?",
        text="The Kia Picanto and the Hyundai i10 are small cars with petrol engines.",
    )

    first = subjects(article, gazetteer, {("kia", "picanto"): 3}, STRICTNESS)[0]
    other = subjects(article, gazetteer, {("hyundai", "i10"): 3}, STRICTNESS)[0]

    assert (first.model, other.model) == ("picanto", "i10")


def test_a_long_article_is_read_in_a_moment(gazetteer: Gazetteer) -> None:
    text = " ".join(each.article.text for each in ARTICLES)
    words = " ".join(text.split()[:3000])
    assert len(words.split()) == 3000

    article = Article("A long read", text=words)
    seconds = least_seconds(lambda: matched(article, gazetteer), until=SECONDS_MAX)
    assert seconds < SECONDS_MAX


@given(st.text(), st.lists(st.text(), max_size=3), st.text(max_size=500))
def test_no_text_breaks_it(title: str, tags: list[str], text: str) -> None:
    matched(Article(title, tuple(tags), text, tuple(tags)), Gazetteer(SMALL))


@given(
    st.lists(
        st.sampled_from(
            [
                "Ford",
                "ford",
                "Focus",
                "focus",
                "MINI",
                "Electric",
                "500",
                "Fiat",
                "miles",
                "car",
                "engine",
                ".",
                ",",
                "\n",
                "rivals",
                "the",
                "Read our review",
                "'s",
                "-",
                "golf club",
            ]
        ),
        max_size=40,
    )
)
def test_only_names_of_the_catalogue_are_answered(words: list[str]) -> None:
    found = matched(Article(text=" ".join(words)), Gazetteer(SMALL))

    assert about(found) <= {"ford", "ford/focus", "mini", "mini/electric", "fiat", "fiat/500"}

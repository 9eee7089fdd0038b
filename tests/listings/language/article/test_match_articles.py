"""Articles matched with the cars they are about."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.catalogue import known_names, load_seed
from listings.language.article import Article, Match
from listings.language.article.gazetteer import Gazetteer
from listings.language.article.mentions import find_mentions
from listings.language.article.passages import passages
from listings.language.article.scoring import rank_subjects
from listings.language.derivative import Catalogue, CatalogueMake, CatalogueModel
from tests.marketplace.linear.growth import least_seconds

ARTICLES = [
    article
    for name in (
        "articles.toml",
        "more_articles.toml",
        "fresh_articles.toml",
        "blind_articles.toml",
    )
    for article in tomllib.loads((Path(__file__).parent / name).read_text())["article"]
]
SEED = Path(__file__).resolve().parents[5] / "shared" / "seed" / "autocar-2022-03-25.txt"
MISSED = {  # an editor would answer: nothing wrong is shown
    "Tesla loses top spot to BYD in Europe",
    "Luton plant: last vans roll off the line after 120 years",
    "Cyber attack halts JLR lines for third week",
    "BMW to build hydrogen iX5 with Toyota from 2028",
    "VW camper van weekends: how to hire a classic or borrow an ID Buzz",
    "The Up! is gone, and the city will miss it",
    "Hyundai and Kia thefts: owners offered £49 steering locks in Commons row",
    "New Omoda and Jaecoo showroom brings 25 jobs to Wakefield",
    "Cabbies say £75,000 electric taxi is putting them off the road",
}
SECONDS_MAX = 0.05  # of one processor, for 3,000 words
SMALL = Catalogue(
    (
        CatalogueMake("ford", ("Ford",), (CatalogueModel("focus", ("Focus",)),)),
        CatalogueMake("mini", ("MINI",), (CatalogueModel("electric", ("Electric",)),)),
        CatalogueMake("fiat", ("Fiat",), (CatalogueModel("500", ("500",)),)),
    )
)


@pytest.fixture
def gazetteer(db: None) -> Gazetteer:
    load_seed()
    return Gazetteer(known_names())


def matched(article: Article, gazetteer: Gazetteer) -> list[Match]:
    return rank_subjects(find_mentions(passages(article), gazetteer), {})


def about(found: list[Match]) -> set[str]:
    return {f"{each.make}/{each.model}" if each.model else each.make for each in found}


def named(labelled: dict[str, Any]) -> str:
    return str(labelled["title"] or labelled["text"].strip().splitlines()[0])


def read(labelled: dict[str, Any]) -> Article:
    return Article(
        labelled["title"],
        tuple(labelled.get("headings", ())),
        labelled["text"],
        tuple(labelled.get("tags", ())),
    )


def test_every_answer_is_that_of_a_careful_editor(gazetteer: Gazetteer) -> None:
    assert len({named(each) for each in ARTICLES}) == len(ARTICLES) >= 470
    answers = {named(each): about(matched(read(each), gazetteer)) for each in ARTICLES}
    expected = {named(each): set(each["about"]) for each in ARTICLES}

    assert answers == {**expected, **{name: set() for name in MISSED}}


@pytest.mark.skipif(not SEED.exists(), reason="the page this project started from is not here")
@pytest.mark.parametrize("with_title", [True, False])
def test_the_first_page_is_about_the_range_rover(gazetteer: Gazetteer, *, with_title: bool) -> None:
    text = SEED.read_text()
    title = "JLR's talks with Envision AESC could lead to new UK gigafactory" if with_title else ""

    assert about(matched(Article(title, text=text), gazetteer)) == {"land-rover/range-rover"}


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
        "Kia Picanto or Hyundai i10?", text="Both are small cars with petrol engines."
    )
    mentions = find_mentions(passages(article), gazetteer)

    first = rank_subjects(mentions, {("kia", "picanto"): 3})[0]
    other = rank_subjects(mentions, {("hyundai", "i10"): 3})[0]

    assert (first.model, other.model) == ("picanto", "i10")


def test_a_long_article_is_read_in_a_moment(gazetteer: Gazetteer) -> None:
    text = "\n".join(each["text"] for each in ARTICLES)
    words = " ".join((text.split() * 3)[:3000])
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

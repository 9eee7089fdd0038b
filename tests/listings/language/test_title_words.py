"""Words of a title: Python and the database cut them alike, and a search finds them."""

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from listings.language.tokens import title_words
from tests import make

pytestmark = pytest.mark.django_db
# Characters that Unicode has added since may be letters to one side and nothing to the other.
CHARACTERS = st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\x00")


def of_database(text: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT listing_title_words(%s)", [text])
        words: list[str] = cursor.fetchone()[0]
    return words


def test_the_words_of_a_title() -> None:
    title = "Citroën C4 Picasso 1.6 e-HDi [ss] №5 ﬁ K"
    expected = ["citroen", "c4", "picasso", "1", "6", "e", "hdi", "ss", "no5", "fi", "k"]
    assert of_database(title) == title_words(title) == expected


@given(st.text(CHARACTERS, max_size=60))
def test_python_and_the_database_cut_alike(text: str) -> None:
    assert of_database(text) == title_words(text)


def ids(client: Client, query: str) -> set[int]:
    answer = client.get(f"/api/v1/listings/?{query}")
    assert answer.status_code == 200, answer.content
    return {card["id"] for card in answer.json()["results"]}


def test_every_word_must_be_in_the_title_as_a_whole(client: Client) -> None:
    vogue = make.live(derivative="3.0 TDV6 Vogue SE 4dr Auto")
    make.live(derivative="4.4 SDV8 Autobiography 4dr Auto")
    assert ids(client, "text=vogue") == ids(client, "text=SE,Vogue") == {vogue.pk}
    assert ids(client, "text=vog") == ids(client, "text=vogue,sdv8") == set()


def test_a_word_that_no_title_can_hold_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/listings/?text=s-line")
    assert (answer.status_code, answer.json()["fields"]) == (
        400,
        {"text": ["'s-line' is not well formed."]},
    )

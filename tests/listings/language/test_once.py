"""What takes long is made once, however many threads ask for it before it is there."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from listings.catalogue import load_seed
from listings.catalogue.cache import CatalogueCache
from listings.catalogue.vocabulary import VOCABULARY, warm_up
from listings.language.derivative import Catalogue
from listings.language.once import once
from listings.language.spelling import Spelling

THREADS = 16
NAMES = ["qashqai", "octavia", "touareg", "forester", "jaguar", "evoque", "volkswagen", "petrol"]
SLIPS = ["kashkai", "oktvia", "tourag", "forestar", "jauger", "evok", "wolksvagen", "petrl"]


def at_once(ask: Callable[[int], object]) -> list[object]:
    """Ask from many threads, none of which begins before all are there."""
    start = threading.Barrier(THREADS)

    def wait_and_ask(number: int) -> object:
        start.wait()
        return ask(number)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(wait_and_ask, range(THREADS)))


def test_threads_that_ask_at_once_are_given_the_same() -> None:
    made = []
    is_asked_again = threading.Event()

    @once
    def answer(of: str) -> list[str]:
        made.append(of)
        is_asked_again.wait(0.05)  # so that the others come meanwhile
        return [of]

    answers = at_once(lambda _: answer("a"))
    assert made == ["a"]
    assert all(each is answers[0] for each in answers)
    assert answer("b") == ["b"]
    assert made == ["a", "b"]


@pytest.mark.django_db(transaction=True)
def test_the_catalogues_names_are_made_once() -> None:
    load_seed()
    made = []

    def build(catalogue: Catalogue) -> list[int]:
        made.append(len(catalogue.makes))
        return made

    names = CatalogueCache(build)

    def ask(_: int) -> object:
        try:
            return names.current()
        finally:
            connection.close()

    answers = at_once(ask)
    assert len(made) == 1
    assert all(each is made for each in answers)


@pytest.mark.django_db(transaction=True)
def test_a_web_process_makes_its_vocabulary_before_anybody_asks() -> None:
    load_seed()
    VOCABULARY.forget()
    warm_up().join()
    vocabulary = VOCABULARY.current()
    assert vocabulary is VOCABULARY.current()
    assert vars(vocabulary).keys() >= {"makes", "models", "kin", "spelling"}
    VOCABULARY.forget()


def test_threads_that_read_slips_at_once_read_them_as_one_does() -> None:
    names = Spelling(NAMES)
    alone = [names.meant(slip) for slip in SLIPS]
    assert alone == NAMES
    found = at_once(lambda _: [[names.meant(slip) for slip in SLIPS] for _ in range(20)])
    assert all(each == [alone] * 20 for each in found)

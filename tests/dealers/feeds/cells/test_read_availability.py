"""Whether a car is on sale is read from whole phrases; what nobody knows is left to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.feeds.cells.availability import (
    ANSWERS,
    SaleState,
    asked,
    question_of,
    read_availability,
    state_of,
    unknown_words,
    with_answers,
    word_key,
)
from dealers.feeds.cells.cell import BLANK, UNSAID
from listings.choices import Status
from listings.language import lexicon
from listings.language.lexicon import Speaker

AVAILABLE = [name for name, value in lexicon.values("availability", Speaker.FEED)
             if value == "available"]  # fmt: skip
DENIABLE = [name for name in AVAILABLE if not name.startswith(("not", "no", "un"))]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Available", "available"),
        ("FORECOURT", "available"),
        ("not sold", "available"),
        ("Unsold", "available"),
        ("https://schema.org/InStock", "available"),
        ("In stock - approved used", "available"),
        ("Deposit taken", "reserved"),
        ("SALE_IN_PROGRESS", "reserved"),
        ("Under offer", "reserved"),
        ("Held for Mrs Tapp until Friday", "reserved"),
        ("In stock (reserved)", "reserved"),
        ("SOLD", "sold"),
        ("Sold - awaiting collection", "sold"),
        ("This car has now been sold", "sold"),
        ("SOLD NOT DELIVERED", "sold"),
        ("Sold (not yet collected)", "sold"),
        ("sold - not paid", "sold"),
        ("Unavailable", "off_sale"),
        ("NOT_AVAILABLE", "off_sale"),
        ("Not for sale", "off_sale"),
        ("No longer advertised", "off_sale"),
        ("Inactive", "off_sale"),
        ("Draft", "off_sale"),
        ("Withdrawn", "off_sale"),
        ("Archived", "off_sale"),
        ("OUT_OF_STOCK", "off_sale"),
        ("Incomplete", "off_sale"),
        ("TRADE DISPOSAL", "off_sale"),
        ("preparing", "off_sale"),
        ("Not ready", "off_sale"),
    ],
)
def test_a_state_is_named_by_a_whole_phrase(text: str, state: str) -> None:
    assert read_availability(text).value == state


@pytest.mark.parametrize(
    "text",
    [
        "Prep complete", "Delivered to site", "Stage 2", "Sold as seen", "Soldier's Lane",
        "Active?",
        "Available or reserved", "Live from 1st May", "Never sold to trade", "80% sold", "not",
        "Sold and reserved", "N/A", "Yes", "not reserved or sold",
    ],
)  # fmt: skip
def test_what_is_not_wholly_understood_is_nobodys_guess(text: str) -> None:
    read = read_availability(text)
    assert (read.value, read.code, read.is_error) == (UNSAID, "unreadable_availability", False)
    assert state_of(text) == SaleState.UNKNOWN
    assert unknown_words(text) == [text]


def test_an_empty_cell_says_nothing() -> None:
    assert read_availability("") is BLANK
    assert state_of(" \n ") is None


@given(st.sampled_from(DENIABLE), st.sampled_from(["Not", "no longer", "never", "Isn't", "NON"]))
def test_a_no_takes_off_sale_whatever_would_be_on_it(phrase: str, no: str) -> None:
    assert state_of(f"{no} {phrase}") == SaleState.OFF_SALE


@given(st.sampled_from(AVAILABLE), st.text("bcdfghjklmpqvwxz", min_size=4, max_size=9))
def test_a_word_that_nobody_knows_publishes_nothing(phrase: str, word: str) -> None:
    assert state_of(f"{phrase} {word}") != SaleState.AVAILABLE
    assert state_of(f"{word} {phrase}") != SaleState.AVAILABLE


@pytest.mark.parametrize(
    ("header", "question"),
    [
        ("Sold", "sold"), ("Is Sold?", "sold"), ("SOLD_YN", "sold"), ("sold_at", "sold"),
        ("Reserved", "reserved"), ("UnderOffer", "reserved"), ("AvailableForSale", "available"),
        ("For Sale", "available"), ("Published", "available"), ("is_active", "available"),
        ("Show on website", "available"), ("Hide From Web", "off_sale"), ("Deleted", "off_sale"),
        ("Status", ""), ("Availability", ""), ("Sold By", ""), ("Finance Available", ""),
        ("Live Date", ""), ("Days In Stock", ""), ("Active Cruise", ""), ("Reserve Online", ""),
    ],
)  # fmt: skip
def test_a_columns_name_asks_or_does_not(header: str, question: str) -> None:
    assert question_of(header) == question


@pytest.mark.parametrize(
    ("header", "text", "state"),
    [
        ("Available", "N", "off_sale"), ("AvailableForSale", "0", "off_sale"),
        ("Published", "false", "off_sale"), ("Active", "Y", "available"),
        ("Sold", "0", "available"), ("Sold", "Y", "sold"), ("Sold", "12/10/2026", "sold"),
        ("Sold", "", None), ("Sold", "0000-00-00", None), ("Sold", "Reserved", "reserved"),
        ("Sold", "Available", "available"), ("Sold", "maybe", "unknown"),
        ("On sale", "", "unknown"),
        ("Hidden", "1", "off_sale"), ("Hidden", "0", "available"), ("Reserved", "T", "reserved"),
        ("Status", "Y", "unknown"),
    ],
)  # fmt: skip
def test_yes_and_no_answer_what_the_columns_name_asks(
    header: str, text: str, state: str | None
) -> None:
    assert state_of(asked(text, header)) == state


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({"Status": "In stock", "Sold": "Y"}, "sold"),
        ({"Status": "Reserved", "Sold": "N"}, "reserved"),
        ({"Status": "In stock", "Published": "0"}, "off_sale"),
        ({"Status": "Stage 2", "Sold": "N"}, "unknown"),
        ({"Status": "Stage 2", "Sold": "Y"}, "sold"),
        ({"Status": "", "Sold": ""}, None),
    ],
)
def test_of_several_columns_the_strictest_counts(cells: dict[str, str], state: str | None) -> None:
    text = "\n".join(asked(text, header) for header, text in cells.items())
    assert state_of(text) == state


@pytest.mark.parametrize("state", ANSWERS)
def test_what_a_person_has_explained_is_read_so(state: SaleState) -> None:
    answers = {word_key("Stage  2"): state.value}
    assert state_of(with_answers("STAGE_2", answers)) == state
    assert state_of(with_answers("Stage 3", answers)) == SaleState.UNKNOWN


def test_the_words_of_our_own_export_are_known() -> None:
    said = {status.value: state_of(status.label) for status in Status}
    on_sale = {"live": SaleState.AVAILABLE, "sold": SaleState.SOLD}
    assert said == {status.value: on_sale.get(status, SaleState.OFF_SALE) for status in Status}

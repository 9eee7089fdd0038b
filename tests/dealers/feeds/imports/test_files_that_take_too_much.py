"""A file that takes too much is held at once and told, and no worker suffers from it."""

import io
import os
import signal
from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage
from pytest_django.fixtures import Settings

from dealers.feeds.exceptions import NotApprovable
from dealers.feeds.held_runs import approve_run
from dealers.feeds.imports import parser
from dealers.feeds.imports.pipeline import get_on
from dealers.models import FeedRow, FeedRun, FeedSeen, FeedStage, StockFeed
from dealers.permissions import SYSTEM
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import LONG, as_csv, bring, car, counts, receive
from tests.make import FEED_COLUMNS

pytestmark = pytest.mark.django_db

SECONDS_OF_ROWS = 180_000
"""More than a second of work for any processor."""


@pytest.fixture
def feed(db: None) -> StockFeed:
    return make.feed()


def held(run: FeedRun) -> tuple[str, str, str, int]:
    get_on(run_id=run.pk, seconds=LONG)
    run.refresh_from_db()
    return run.state, run.hold_code, run.hold_reason, run.attempts


def noted(characters: int, rows: int) -> bytes:
    """Return a file with a long cell in each row, of a column that is only kept.

    It is made in one piece, as what this process frees, its children can use.
    """
    columns = (*FEED_COLUMNS, "notes")
    header, row, _ = as_csv([car(1, notes="x" * characters)], columns).split(b"\r\n")
    return header + b"\r\n" + (row + b"\r\n") * rows


def nothing_is_left(run: FeedRun) -> bool:
    left = [table.objects.filter(run=run).exists() for table in (FeedRow, FeedSeen, FeedStage)]
    return not any(left)


def test_a_file_that_cannot_be_read_in_time_is_held_at_once(
    feed: StockFeed, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything is one chunk here, so that no row comes before the time is over."""
    settings.FEED_READ_SECONDS, settings.FEED_READ_MEMORY_MB = 1, 2_048
    monkeypatch.setattr(parser, "CHUNK_ROWS", SECONDS_OF_ROWS + 1)
    monkeypatch.setattr(parser, "CHUNK_CHARACTERS", 1024**3)
    monkeypatch.setattr("dealers.feeds.imports.stage.SECONDS_MAX", 1)
    run = receive(feed, as_csv(car(number % 1_000) for number in range(SECONDS_OF_ROWS)))
    assert held(run) == (
        "held",
        "unreadable",
        "A part of the file could not be read within 1 seconds.",
        0,
    )
    assert nothing_is_left(run)
    with pytest.raises(NotApprovable):
        approve_run(run_id=run.pk, actor=SYSTEM)


def test_a_file_that_fills_the_memory_is_held_at_once(
    feed: StockFeed, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FEED_READ_MEMORY_MB = 16
    monkeypatch.setattr(parser, "CHUNK_CHARACTERS", 1024**3)
    monkeypatch.setattr(parser, "CHUNK_ROWS", 10_000)
    run = receive(feed, noted(20_000, rows=10_000))
    assert held(run) == (
        "held",
        "unreadable",
        "A part of the file needs more than 16 MB of memory.",
        0,
    )
    assert nothing_is_left(run)


def test_rows_that_are_large_are_read_a_few_at_a_time(
    feed: StockFeed, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FEED_READ_MEMORY_MB = 64
    monkeypatch.setattr(parser, "CHUNK_CHARACTERS", 1024**2)
    run = receive(feed, noted(50_000, rows=1_000))
    get_on(run_id=run.pk, seconds=LONG)
    run.refresh_from_db()
    assert (run.state, run.row_count) == ("done", 1_000)


def test_an_honest_file_goes_on_where_its_turn_ended(
    feed: StockFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser, "CHUNK_ROWS", 10)
    run = receive(feed, as_csv(car(n) for n in range(45)))
    positions = []
    while run.state in ("received", "reading"):
        get_on(run_id=run.pk, seconds=0)
        run.refresh_from_db()
        positions.append(run.position)
    assert positions == [10, 20, 30, 40, 45, 0]


def test_a_reader_that_is_killed_is_tried_once_more(
    feed: StockFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the kernel kills what it finds in the way when the machine's memory is full."""
    monkeypatch.setattr(parser.Parser, "_hash", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    run = receive(feed, as_csv([car(1)]))
    assert held(run) == ("reading", "", "", 1)
    assert held(run) == (
        "held",
        "unreadable",
        "The reading of the file was interrupted, twice.",
        0,
    )


def test_a_reader_that_was_killed_once_goes_on(feed: StockFeed, tmp_path: Path) -> None:
    run = receive(feed, as_csv([car(1)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser.Parser, "_hash", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        assert held(run) == ("reading", "", "", 1)
    get_on(run_id=run.pk, seconds=LONG)
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("done", {"created": 1})


@pytest.mark.parametrize("wrong", [signal.SIGSEGV, signal.SIGABRT, "raise", "say"])
def test_a_reader_that_goes_wrong_is_told_and_not_tried_again(
    feed: StockFeed, monkeypatch: pytest.MonkeyPatch, wrong: object
) -> None:
    def parsed(*_: object) -> tuple[str, ...]:
        if isinstance(wrong, signal.Signals):
            os.kill(os.getpid(), wrong)
        if wrong == "raise":
            raise SystemError("out of a library")
        return ("garbage",)

    monkeypatch.setattr(parser.Parser, "_parsed", parsed)
    run = receive(feed, as_csv([car(1)]))
    assert held(run) == (
        "held",
        "unreadable",
        "The file could not be read: our reader failed on it.",
        0,
    )
    assert not Listing.objects.exists()


def test_a_row_says_nothing_of_an_advert_but_what_rows_may_say(
    feed: StockFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever takes over the process that reads a file, it reaches no other dealer's adverts."""
    parse = parser.Parser._parsed

    def parsed(self: parser.Parser, hashed: parser._Hashed) -> parser.ParsedRow:
        row = parse(self, hashed)
        row.car["values"]["dealer"] = 1
        return row

    monkeypatch.setattr(parser.Parser, "_parsed", parsed)
    run = receive(feed, as_csv([car(1)]))
    assert held(run)[:2] == ("held", "unreadable")


def test_a_file_that_no_folder_has_is_read_too(
    feed: StockFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", InMemoryStorage())
    run = bring(feed, [car(1), car(2)])
    assert (run.state, counts(run)) == ("done", {"created": 2})


def test_a_file_without_rows_is_told_before_its_columns_are_known() -> None:
    feed = make.feed(mapping=None, mapping_confirmed_at=None)
    run = receive(feed, io.BytesIO(b"[]").getvalue())
    assert held(run)[:3] == ("held", "unreadable", "The file has no rows.")

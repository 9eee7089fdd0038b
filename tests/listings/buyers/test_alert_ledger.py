"""Each search is told of each advert at each price once, whoever tells and whoever is killed."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

import numpy as np
import pytest
from django.conf import settings
from django.db import connection

from listings.buyers.alert_ledger import enter_untold
from listings.buyers.percolator.standing_searches import Pairs
from listings.models import AlertLedgerEntry, ChangesFollower
from tests.listings.buyers import telling
from tests.listings.changes.connections import another, conninfo
from tests.marketplace.checkouts import wait_until
from tests.transactions import wait_until_alone

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("LEDGER_KILLS", "28"))
STATEMENTS = 5  # of a batch: the cursor, the ledger's lock, who was told, the outbox, the cursor
EVERY_PAIR = {
    (search, advert, telling.price(advert))
    for number in range(telling.BATCHES)
    for search, advert in telling.batch(number)
}


def entered(pairs: set[tuple[int, int]], prices: Mapping[int, int | None]) -> set[tuple[int, int]]:
    given = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    new = enter_untold(Pairs(given[:, 0], given[:, 1]), prices)
    found = list(zip(new.searches.tolist(), new.adverts.tolist(), strict=True))
    assert len(found) == len(set(found))
    return set(found)


def test_what_was_told_is_left_out_and_the_rest_is_entered() -> None:
    prices = {7: 5_000, 8: None}
    first = {(1, 7), (2, 7), (1, 8)}
    assert entered(first, prices) == first
    assert entered(first, prices) == set()
    assert entered({(2, 7), (3, 7), (3, 8)}, prices) == {(3, 7), (3, 8)}
    assert entered({(1, 7), (2, 7), (3, 7)}, prices) == set()
    assert AlertLedgerEntry.objects.count() == 2


def test_a_new_price_is_told_again_and_the_old_one_is_not() -> None:
    pairs = {(1, 7), (2, 7)}
    assert entered(pairs, {7: 5_000}) == pairs
    assert entered(pairs, {7: 4_500}) == pairs
    assert entered(pairs, {7: None}) == pairs
    assert entered(pairs, {7: 5_000}) == entered(pairs, {7: None}) == set()
    assert AlertLedgerEntry.objects.count() == 3


def test_of_nothing_nothing_is_told() -> None:
    assert entered(set(), {}) == set()
    assert not AlertLedgerEntry.objects.exists()


def test_an_id_that_the_ledger_cannot_hold_is_refused() -> None:
    for pair in ((2**31, 7), (7, 2**31)):
        with pytest.raises(OverflowError):
            entered({pair}, {pair[1]: 5_000})
    assert not AlertLedgerEntry.objects.exists()


@pytest.mark.slow
def test_two_processes_at_once_tell_each_pair_once() -> None:
    _make_outbox()
    with another() as blocking, _teller() as one, _teller() as two:
        blocking.execute("LOCK TABLE listings_alertledgerentry IN ACCESS EXCLUSIVE MODE")
        for each in (one, two):
            each.start("tell_of_all")
        wait_until(lambda: _waiting() == 2)
        blocking.commit()
        assert [one.status(), two.status()] == [0, 0]
    _assert_told_once()


@pytest.mark.slow
def test_killed_processes_lose_nothing_and_tell_nothing_twice() -> None:
    _make_outbox()
    ChangesFollower.objects.create(name=telling.CURSOR, position=0)
    with _teller() as teller:
        for kill in range(KILLS):
            if ChangesFollower.objects.get().position > telling.BATCHES // 2:
                ChangesFollower.objects.update(position=0)  # what was told comes again
            teller.start("follow", die_at=1 + kill % (2 * STATEMENTS + 1))
            assert teller.status() == signal.SIGKILL
            wait_until_alone()
        assert AlertLedgerEntry.objects.count() > 2, "some must have come through"
        teller.start("follow")
        assert teller.status() == 0
    _assert_told_once()


class _Teller:
    """The process of `mortal`."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def start(self, function: str, *, die_at: int = 0) -> None:
        self._stdin.write(f"{function} {die_at}\n")
        self._stdin.flush()

    def status(self) -> int:
        return int(self._stdout.readline())


@contextmanager
def _teller() -> Iterator[_Teller]:
    environment = {
        **os.environ,
        "DATABASE_URL": conninfo(),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "-m", "tests.listings.buyers.mortal"]
    with subprocess.Popen(
        command,
        env=environment,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield _Teller(process.stdin, process.stdout)
        finally:
            process.kill()


def _make_outbox() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS outbox")
        cursor.execute(telling.OUTBOX)


def _assert_told_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search, advert, price FROM outbox")
        told = Counter(cursor.fetchall())
        cursor.execute("DROP TABLE outbox")
    assert told == Counter(EVERY_PAIR)


def _waiting() -> int:
    with another() as own:
        (count,) = own.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone() or (0,)
    return int(str(count))

"""Refits and sweeps that are killed leave the values that stood, and lose nothing."""

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from listings.models import ChangesFollower, Listing, ListingValue, MarketFit
from listings.models.value import ValueInputs
from listings.pricing.value.sweep import ValueSweep
from marketplace.lease import LeaseHolder
from marketplace.models import Lease
from tests import make
from tests.listings.pricing.value.stock import branches, stock
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_worker import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def killed(what: str, text: str) -> int:
    """Run one in a process that is killed at a statement; return how it ended."""
    command = [sys.executable, "-m", "tests.listings.pricing.value.mortal", what, text]
    environment = {**os.environ, "DATABASE_URL": database_url()}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def let_run_out() -> None:
    Lease.objects.update(ends_at=timezone.now())


def stored() -> list[tuple[Any, ...]]:
    return list(ListingValue.objects.order_by("pk").values_list())


@pytest.mark.parametrize(
    "at",
    [
        "FROM marketplace_lease",  # when all is worked out, and nothing written
        'INSERT INTO "listings_marketfit"',
        "CREATE TEMPORARY TABLE valued",
        "UPDATE listings_listingvalue",
        "INSERT INTO listings_listingvalue",
        'DELETE FROM "listings_marketcars"',
        'UPDATE "listings_marketfit" SET "content"',
    ],
)
def test_a_killed_refit_leaves_the_last_good_values(at: str) -> None:
    rows = [make.live() for _ in range(3)]
    for row in rows[:2]:
        make.value(row, 33_000, label="good")
    for number in range(4):
        make.market_fit().__class__.objects.create(rule="2026.1", adverts=number, content=b"old")
    before, fit = stored(), make.market_fit().pk

    assert killed("refit", at) == -signal.SIGKILL

    assert stored() == before
    assert MarketFit.objects.get(is_current=True).pk == fit
    assert MarketFit.objects.filter(content__isnull=False).count() == 4
    let_run_out()
    call_command("refit_values")
    assert ListingValue.objects.filter(fit=MarketFit.objects.get(is_current=True)).count() == 3


def test_a_refit_that_is_killed_while_it_fits_has_written_nothing() -> None:
    adverts = stock(2_000, branches())
    make.value(adverts[0], 10_000, label="good")
    before = stored()
    command = [sys.executable, "manage.py", "refit_values"]
    environment = {**os.environ, "DATABASE_URL": database_url()}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        wait_until(Lease.objects.filter(name="refit_values").exists)
        process.kill()
    assert stored() == before
    assert MarketFit.objects.count() == 1


@pytest.mark.parametrize(
    "at",
    [
        "CREATE TEMPORARY TABLE valued",
        "UPDATE listings_listingvalue",
        "INSERT INTO listings_listingvalue",
        "DROP TABLE valued",
        'UPDATE "listings_changesfollower"',
    ],
)
def test_a_killed_sweep_loses_nothing(at: str) -> None:
    row, first = make.live(), LeaseHolder("follow_changes")
    call_command("refit_values")
    assert first.hold()
    assert not ValueSweep().follow(first)
    first.release()
    position = ChangesFollower.objects.get(name="values").position
    Listing.objects.filter(pk=row.pk).update(price=31_000)
    before, added = stored(), make.live()

    assert killed("sweep", at) == -signal.SIGKILL

    assert stored() == before
    assert ChangesFollower.objects.get(name="values").position == position
    let_run_out()
    second = LeaseHolder("follow_changes")
    assert second.hold()
    while ValueSweep().follow(second):
        pass
    holding = ListingValue.objects.filter(inputs=ValueInputs("listing__"))
    assert set(holding.values_list("pk", flat=True)) == {row.pk, added.pk}

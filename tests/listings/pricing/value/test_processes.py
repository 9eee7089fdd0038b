"""Values come by themselves: a worker fits them, and the process that follows changes goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from listings.models import Listing, ListingValue, MarketFit
from listings.models.value import ValueInputs
from tests import make
from tests.listings.pricing.value.stock import branches, stock
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_worker import celery, database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WORKER = ("-A", "marketplace.celery", "worker", "--concurrency", "1", "--without-gossip")
BEAT = ("-A", "marketplace.celery", "beat", "--pidfile=")


def holding() -> int:
    return ListingValue.objects.filter(inputs=ValueInputs("listing__")).count()


def test_a_worker_fits_and_the_follower_values_what_comes(tmp_path: Path) -> None:
    where = branches()
    stock(600, where)
    (tmp_path / "beat").mkdir()
    with (
        celery(*WORKER, "-Q", "values", heartbeats=tmp_path),
        celery(*BEAT, heartbeats=tmp_path / "beat"),
    ):
        wait_until(MarketFit.objects.filter(is_current=True).exists, seconds=240)
    assert holding() == 600
    assert ListingValue.objects.filter(label__isnull=False).count() > 100

    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "HEARTBEAT_FOLDER": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "follow_changes"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as follower:
        try:
            stock(5, where, seed=3)
            wait_until(lambda: holding() == 605, seconds=60)
            Listing.objects.update(mileage=40_000)
            wait_until(lambda: holding() == 605, seconds=60)
        finally:
            follower.terminate()
    assert make.market_fit().adverts == 600

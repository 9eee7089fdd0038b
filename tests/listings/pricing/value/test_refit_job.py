"""When the clock fits values, and what a worker says that cannot."""

import os
import subprocess
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from listings import periodic
from listings.models import MarketFit
from listings.pricing.value.refit import refit_is_due
from tests import make
from tests.marketplace.checkouts import ROOT
from tests.marketplace.test_worker import database_url

NO_OPENMP = 'raise OSError("libgomp.so.1: cannot open shared object file")\n'


def fitted(at: datetime, **fields: Any) -> None:
    MarketFit.objects.all().delete()
    make.market_fit(fitted_at=at, **fields)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fitted_at", "now", "is_due"),
    [
        ((3, 1, 2, 31), (3, 1, 23, 0), False),
        ((3, 1, 2, 31), (3, 2, 2, 29), False),
        ((3, 1, 2, 31), (3, 2, 2, 30), True),
        ((3, 1, 9, 0), (3, 2, 2, 30), True),
        ((7, 1, 1, 31), (7, 2, 1, 29), False),  # London is an hour ahead in summer
        ((7, 1, 1, 31), (7, 2, 1, 30), True),
    ],
)
def test_a_refit_is_due_once_a_night_by_londons_clock(
    fitted_at: tuple[int, ...], now: tuple[int, ...], is_due: bool
) -> None:
    fitted(datetime(2026, *fitted_at, tzinfo=UTC))  # type: ignore[misc, arg-type]
    assert refit_is_due(datetime(2026, *now, tzinfo=UTC)) is is_due  # type: ignore[misc, arg-type]


@pytest.mark.django_db
def test_a_marketplace_without_a_fit_is_due_and_a_young_one_every_hour(settings: Any) -> None:
    assert refit_is_due()
    fitted(datetime(2026, 3, 1, 12, 0, tzinfo=UTC), error=None)
    assert not refit_is_due(datetime(2026, 3, 1, 12, 59, tzinfo=UTC))
    assert refit_is_due(datetime(2026, 3, 1, 13, 1, tzinfo=UTC))
    settings.VALUES_REFIT_TIME = None
    assert not refit_is_due()


@pytest.mark.django_db
def test_the_job_fits_where_it_is_due_and_not_again() -> None:
    make.live()
    periodic.refit_values()
    periodic.refit_values()
    assert MarketFit.objects.count() == 1


@pytest.mark.django_db
def test_the_job_leaves_a_night_that_was_fitted_alone(settings: Any) -> None:
    settings.VALUES_REFIT_TIME = time(0, 0)
    make.market_fit(fitted_at=timezone.now())
    periodic.refit_values()
    assert MarketFit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broken", [NO_OPENMP, 'raise ImportError("No module")\n'])
def test_a_worker_without_the_library_says_so_and_goes_on(tmp_path: Path, broken: str) -> None:
    (tmp_path / "lightgbm.py").write_text(broken)
    environment = {**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": str(tmp_path)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    command = run("manage.py", "refit_values")
    assert command.returncode == 1
    assert "LightGBM cannot be loaded, so nothing was fitted" in command.stderr
    assert "libgomp1" in command.stderr
    assert "Traceback" not in command.stderr
    code = "from listings.periodic import refit_values; refit_values(); print('goes on')"
    job = run("manage.py", "shell", "--no-imports", "-c", code)
    assert (job.returncode, job.stdout.splitlines()[-1]) == (0, "goes on")
    assert "fitting_unavailable" in job.stdout + job.stderr
    assert not MarketFit.objects.exists()

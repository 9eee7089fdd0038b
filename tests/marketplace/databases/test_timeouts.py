"""How long each kind of process waits for the database."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from marketplace.databases.configuration import startup_options
from tests.listings.changes.connections import another
from tests.marketplace.checkouts import ROOT
from tests.marketplace.test_worker import database_url

pytestmark = pytest.mark.django_db(transaction=True)
SHOW = """
from django.db import connection
with connection.cursor() as cursor:
    shown = []
    for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
        cursor.execute(f"SHOW {name}")
        shown.append(cursor.fetchone()[0])
    print(*shown)
connection.close_pool()
"""
STARTS = {
    "web": "import marketplace.wsgi",
    "worker": "import celery.bin.celery, marketplace.celery, django; django.setup()",
    "command": "import django; django.setup()",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("process", "shown"),
    [("web", "3s 10s 30s"), ("worker", "30s 4min 10min"), ("command", "0 0 0")],
)
def test_each_kind_of_process_has_its_own(process: str, shown: str) -> None:
    assert run("-c", STARTS[process] + SHOW).stdout.strip() == shown


@pytest.mark.slow
def test_settings_and_the_address_change_them() -> None:
    url = f"{database_url()}&options=-c%20lock_timeout%3D7s"
    variables = {"DATABASE_URL": url, "DATABASE_WEB_STATEMENT_SECONDS": "0"}

    assert run("-c", STARTS["web"] + SHOW, **variables).stdout.strip() == "7s 0 30s"


@pytest.mark.slow
def test_behind_a_proxy_sessions_keep_what_their_role_has() -> None:
    pooled = {"DATABASE_POOLED_BY_PROXY": "true", "DATABASE_DIRECT_URL": database_url()}

    assert run("-c", STARTS["web"] + SHOW, **pooled).stdout.strip() == "0 0 0"


def test_options_say_that_there_is_no_limit_which_undoes_that_of_a_role() -> None:
    assert startup_options({"lock_timeout": 0}, before="") == "-c lock_timeout=0"
    assert startup_options({"lock_timeout": 5}, before="-c a=b") == "-c lock_timeout=5 -c a=b"


@pytest.mark.slow
def test_a_migration_that_would_wait_gives_up_and_says_so() -> None:
    with another() as holder:
        holder.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        done = run("manage.py", "migrate", DATABASE_MIGRATE_LOCK_SECONDS="0.2")

    assert done.returncode == 1
    assert "A table is in use by a transaction that does not end." in done.stderr
    assert "Traceback" not in done.stderr


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    own = {
        "DATABASE_URL": database_url(),
        "DEBUG": "true",
        "SECRET_KEY": "for-this-test",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }
    connection.close()
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **own, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

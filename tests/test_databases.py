"""What a test or a killed run leaves behind goes, and nothing else does."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from psycopg.conninfo import make_conninfo

from dealers.models import Dealer
from listings.models import Listing
from tests import make
from tests.databases import Server, _drop_deserted, _names, empty_touched_tables
from tests.listings.changes.connections import conninfo


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_test_go_and_those_of_the_migrations_stay() -> None:
    before = [set(model.objects.values_list("pk")) for model in (ContentType, Permission)]
    make.live()

    empty_touched_tables()

    assert not Listing.objects.exists()
    assert not Dealer.objects.exists()
    assert [set(model.objects.values_list("pk")) for model in (ContentType, Permission)] == before
    assert all(before)


@pytest.mark.django_db(transaction=True)
def test_messages_that_a_stopped_worker_leaves_go() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgmq.create('left_behind')")
        cursor.execute("SELECT pgmq.send('left_behind', '{}')")
        empty_touched_tables()
        cursor.execute("SELECT queue_length FROM pgmq.metrics('left_behind')")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT pgmq.drop_queue('left_behind')")


@pytest.fixture
def server(db: None) -> Iterator[Server]:
    with psycopg.connect(make_conninfo(conninfo(), dbname="postgres"), autocommit=True) as server:
        yield server


def test_the_database_of_a_killed_run_is_dropped_and_that_of_another_run_is_not(
    server: Server,
) -> None:
    killed, running = (f"test_{name}_{secrets.token_hex(4)}" for name in ("killed", "running"))
    with psycopg.connect(server.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtext(%s))", [running])
        for name in (killed, running):
            other.execute(f"CREATE DATABASE {name}")
        _drop_deserted(server)
        left = _names(server, r"test\_%")
        other.execute(f"DROP DATABASE {running}")

    assert killed not in left
    assert running in left

"""Two servers for all tests of standbys, one of which follows the other."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from marketplace.databases.standbys import Standby, standbys
from tests.marketplace.databases.standby.replay import caught_up, resume
from tests.marketplace.databases.standby.servers import (
    STANDBY,
    Cluster,
    connected_to,
    primary_server,
    standby_server,
)


@pytest.fixture(scope="package")
def primary(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cluster]:
    with django_db_blocker.unblock(), primary_server() as server:
        yield server


@pytest.fixture(scope="package")
def standby(primary: Cluster, django_db_blocker: DjangoDbBlocker) -> Iterator[Cluster]:
    with (
        django_db_blocker.unblock(),
        standby_server(primary) as server,
        connected_to(primary, server),
    ):
        yield server


@pytest.fixture
def watched(standby: Cluster) -> Iterator[Standby]:
    """The standby as this process sees it, which may be behind for as long as the test likes."""
    with override_settings(DATABASE_REPLICA_LAG_MAX_SECONDS=600):
        caught_up(standby)
        yield standbys()[STANDBY]
        resume(standby)

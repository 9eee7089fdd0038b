"""One running service for the tests of a broker, and nothing left of it."""

from collections.abc import Iterator

import pytest

from tests.dealers import mail_server
from tests.production.deployment import Deployment, deployed
from tests.production.first_day import FirstDay, begin
from tests.production.installation import Installation, installed, with_volumes


@pytest.fixture(scope="session")
def image() -> Iterator[Installation]:
    with installed() as made:
        yield made


@pytest.fixture(scope="package", params=("redis", "rabbitmq", "pgbouncer"))
def service(request: pytest.FixtureRequest, image: Installation) -> Iterator[Deployment]:
    with (
        with_volumes(image) as made,
        mail_server.running() as mails,
        deployed(made, mails, request.param) as running,
    ):
        yield running


@pytest.fixture(scope="package")
def day(service: Deployment) -> FirstDay:
    """The first steps, taken once for all that follows."""
    return begin(service)

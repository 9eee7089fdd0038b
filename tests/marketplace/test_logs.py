"""What is never written into a log."""

import json
import logging
from typing import Any

import pytest
import structlog
from django.test import Client

from marketplace.logs import logging_config

TOKEN = "s3cret-t0ken:1abc"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """Return what production would write of everything that was logged."""
    formatter = dict(logging_config(json=True, level="INFO")["formatters"]["lines"])
    del formatter["()"]
    written = structlog.stdlib.ProcessorFormatter(**formatter)
    return lambda: [json.loads(written.format(record)) for record in caplog.records]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/renew/{TOKEN}/", "/renew/…"),
        (f"/join/{TOKEN}/", "/join/…"),
        (f"/password/reset/MQ/{TOKEN}/more/", "/password/reset/…"),
    ],
)
def test_the_token_of_a_refused_link_is_not_logged(
    client: Client, lines: Any, path: str, shown: str
) -> None:
    assert client.get(path).status_code == 404
    (line,) = lines()
    assert line["event"] == f"Not Found: {shown}"


def test_other_paths_are_logged_as_they_are(lines: Any) -> None:
    logging.getLogger("django.request").warning("Not Found: %s", "/api/v1/renewals/7/")
    (line,) = lines()
    assert line["event"] == "Not Found: /api/v1/renewals/7/"

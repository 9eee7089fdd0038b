"""What is refused is logged: when, where, what, and who it was as far as that is known."""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from dealers.models import ApiKey, Membership
from marketplace.logs import json_formatter
from tests import make

pytestmark = pytest.mark.django_db
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    """Return what a process in production has written, line by line."""
    caplog.set_level(logging.INFO)
    formatter = json_formatter()
    return lambda: [json.loads(formatter.format(each)) for each in caplog.records]


def of_status(lines: Lines, status: int) -> list[dict[str, Any]]:
    """Return the lines about a refusal; each says when, and of which request it is."""
    found = [line for line in lines() if line.get("status") == status]
    for line in found:
        assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
        assert len(line["request_id"]) == 32
    assert len({line["request_id"] for line in found}) <= 1
    return found


def test_a_person_without_the_permission_is_named_by_number(lines: Lines) -> None:
    person = make.member(make.dealer(), Membership.Role.SALES)
    client = Client()
    client.force_login(person)
    assert client.get("/dealer/keys/").status_code == 403
    refused, ended = of_status(lines, 403)
    assert refused["level"] == "warning"
    assert (refused["method"], refused["path"]) == ("GET", "/dealer/keys/")
    assert (ended["event"], ended["route"]) == ("request_finished", "dealer:keys")
    assert refused["user"] == ended["user"] == person.pk
    assert person.email not in json.dumps([refused, ended])


def test_a_key_without_the_scope_is_named_by_number(lines: Lines) -> None:
    token = make.key(make.dealer(), "feeds:read")
    answer = Client().get("/api/v1/stock/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    found = of_status(lines, 403)
    assert {line["key"] for line in found} == {ApiKey.objects.get().pk}
    assert {line["level"] for line in found} == {"warning", "info"}
    assert token not in json.dumps(lines())


def test_a_key_that_is_none_is_logged_without_it(lines: Lines) -> None:
    token = make.key(make.dealer())[:-1] + "?"
    answer = Client().get("/api/v1/stock/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert {line["level"] for line in of_status(lines, 401)} == {"warning", "info"}
    assert not any("key" in line for line in of_status(lines, 401))
    assert token not in json.dumps(lines())


def test_a_forged_form_is_logged(lines: Lines) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/dealer/login/", {"username": "x", "password": "y"}).status_code == 403
    loggers = {line["logger"]: line["level"] for line in of_status(lines, 403)}
    assert loggers["django.security.csrf"] == "warning"


def test_a_limit_that_is_reached_is_logged(lines: Lines, settings: Settings) -> None:
    settings.PAGE_REQUESTS_PER_MINUTE = 1
    cache.clear()
    statuses = [Client().get("/robots.txt").status_code for _ in range(3)]  # a minute may end
    cache.clear()
    assert 429 in statuses
    levels = [line["level"] for line in lines() if line.get("status") == 429]
    assert "warning" in levels


@pytest.mark.parametrize("path", ["/api/v1/listings/?price_max=x", "/cars/?price_max=%00"])
def test_what_cannot_be_accepted_is_logged(lines: Lines, path: str) -> None:
    assert Client().get(path).status_code == 400
    assert "warning" in {line["level"] for line in of_status(lines, 400)}


def test_no_address_begins_a_line_of_its_own(
    lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    assert Client().get('/nothing/%0A{"event": "signed_in"}%0D%1B[2J').status_code == 404
    assert of_status(lines, 404)
    formatter = json_formatter()
    for record in caplog.records:
        text = formatter.format(record)
        assert text.isprintable()
        assert isinstance(json.loads(text), dict)


def test_who_is_nobody_is_not_looked_for(lines: Lines) -> None:
    assert Client().get("/robots.txt").status_code == 200
    (ended,) = of_status(lines, 200)
    assert not {"user", "key"} & set(ended)

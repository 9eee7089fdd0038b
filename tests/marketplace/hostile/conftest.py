"""Somebody who may do everything and sends anything."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from dealers.models import User
from dealers.panel import panel
from tests import make
from tests.marketplace.hostile.addresses import (
    PARTS,
    Endpoint,
    Rows,
    endpoints,
    rows_to_name,
)

SECRET = "a-secret-of-the-mail-provider"


@dataclass
class Sender:
    """Sends requests to a part, undoes what they did, and keeps those that we could not answer."""

    part: str
    rows: Rows
    clients: Mapping[Any, Client]
    key: str
    failures: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def endpoints(self) -> list[Endpoint]:
        return endpoints(self.part)

    def send(self, endpoint: Endpoint, method: str, address: str, **more: Any) -> Any:
        """Send as staff to the admin, as a dealer's owner to the panel, with a key to the API."""
        client = self.clients[endpoint.site]
        cookies = SimpleCookie(client.cookies)  # some requests end the session
        token = {"api": self.key}.get(self.part, SECRET)
        more["headers"] = {"Authorization": f"Bearer {token}", **more.get("headers", {})}
        path, _, query = address.partition("?")
        with transaction.atomic():
            answer = client.generic(method, path, QUERY_STRING=query, **more)
            if answer.streaming:
                answer.getvalue()
            transaction.set_rollback(True)
        client.cookies = cookies
        self.statuses[answer.status_code] += 1
        # oEmbed names 501 as the answer to a format that is not offered.
        if answer.status_code >= 500 and (answer.status_code, path) != (501, "/oembed"):
            error = vars(answer).get("exc_info", (None, answer))[1]
            sent = f"{method} {address[:120]} {str(more)[-200:]}"
            self.failures.append(f"{sent}: {str(repr(error))[:200]}")
        return answer

    def told(self) -> str:
        """Return the failures of every kind of error, so many of each."""
        kinds: dict[str, list[str]] = {}
        for failure in self.failures:
            kinds.setdefault(failure.rpartition(": ")[2][:120], []).append(failure)
        lines = [line for found in kinds.values() for line in found[:4]]
        return "\n".join([f"{len(self.failures)} of {self.statuses.total()}", *lines])


@pytest.fixture(
    params=[
        pytest.param(part, marks=() if part in ("public", "api") else pytest.mark.slow)
        for part in PARTS
    ]
)
def sender(request: pytest.FixtureRequest, settings: Settings, tmp_path: Any) -> Sender:
    """Return one for each part, so that no test's transaction is long."""
    settings.MEDIA_ROOT = tmp_path
    settings.EDITORIAL_SITES = ["example.com"]
    settings.MAIL_WEBHOOK_SECRET = SECRET
    dealer = make.dealer("Our Cars")
    rows = rows_to_name(dealer)
    clients: dict[Any, Client] = {None: Client(raise_request_exception=False)}
    for site, person in ((admin.site, make.staff()), (panel, make.member(dealer))):
        clients[site] = Client(raise_request_exception=False)
        clients[site].force_login(person)
    person = User.objects.get(pk=rows[User].pk)
    session = clients[None].session
    session[INTERNAL_RESET_SESSION_TOKEN] = default_token_generator.make_token(person)
    session.save()
    return Sender(request.param, rows, clients, make.key(dealer))

"""Fields for passwords: masked, and open to paste and to password managers."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from tests import make

pytestmark = pytest.mark.django_db
PASSWORD_MAX = 128


class Inputs(HTMLParser):
    """Collects the attributes of every input that is named like a password."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        is_choice = fields.get("type") == "radio"  # whether somebody has a password at all
        if tag == "input" and "password" in (fields.get("name") or "") and not is_choice:
            self.found.append(fields)


def pages() -> Iterator[tuple[str, Client]]:
    stranger, clerk = Client(), Client()
    person = make.member(make.dealer(), is_staff=True, is_superuser=True)
    clerk.force_login(person)
    yield "/admin/login/", stranger
    yield "/dealer/login/", stranger
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    yield f"/password/reset/{uid}/{default_token_generator.make_token(person)}/", stranger
    yield "/admin/account/", clerk
    yield "/dealer/account/", clerk
    yield "/admin/dealers/user/add/", clerk


def test_every_one_is_masked_and_open_to_paste_and_password_managers() -> None:
    for address, client in pages():
        page = client.get(address, follow=True).content.decode()
        inputs = Inputs()
        inputs.feed(page)
        assert inputs.found, address
        for field in inputs.found:
            assert field["type"] == "password", address
            assert field.get("autocomplete") in ("current-password", "new-password"), address
            assert int(field.get("maxlength") or PASSWORD_MAX) >= PASSWORD_MAX, address
            assert not {"onpaste", "readonly"} & set(field), address
        assert not re.search(r"""["'](paste|beforeinput)["']""", page), address

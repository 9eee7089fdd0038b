"""The first page, and what every page may load."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from dealers.models import User
from tests import make

pytestmark = pytest.mark.django_db


def test_home_counts_what_there_is(admin: Client) -> None:
    make.live()
    make.live(expires_at=timezone.now() + timedelta(days=3))
    make.draft()
    make.dealer(is_active=False)
    sandbox = make.branch(make.dealer(is_sandbox=True))
    make.live(branch=sandbox, expires_at=timezone.now() + timedelta(days=3))
    make.draft(branch=sandbox)
    response = admin.get("/admin/")
    assert {figure.label: figure.count for figure in response.context["figures"]} == {
        "Live": 2,
        "Drafts": 1,
        "Expiring within 7 days": 1,
        "Suspended dealers": 1,
    }
    for figure in response.context["figures"]:
        rows = admin.get(figure.url).context["cl"].result_list
        assert len(rows) == figure.count, figure.label


def test_figures_are_for_who_may_look_into_them(client: Client) -> None:
    person = make.user(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_dealer"))
    client.force_login(person)
    figures = client.get("/admin/").context["figures"]
    assert [figure.label for figure in figures] == ["Suspended dealers"]


@pytest.mark.parametrize(
    "url", ["/admin/", "/admin/listings/listing/", "/admin/login/", "/admin/dealers/user/add/"]
)
def test_pages_load_nothing_from_elsewhere_and_no_inline_script(admin: Client, url: str) -> None:
    if "login" in url:
        admin.logout()
    response = admin.get(url)
    policy = response["Content-Security-Policy"]
    assert re.search(r"script-src 'self' 'nonce-[\w-]{22}' 'unsafe-eval'", policy)
    page = response.content.decode()
    assert 'src="http' not in page
    assert '<link href="http' not in page
    assert "<script>" not in page
    assert " onclick=" not in page


def test_other_pages_get_the_strict_policy(client: Client) -> None:
    policy = client.get("/nowhere/")["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy


def test_the_admin_asks_for_a_sign_in(client: Client) -> None:
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


def test_times_are_written_in_24_hours(admin: Client) -> None:
    User.objects.update(last_login=datetime(2026, 3, 1, 14, 5, tzinfo=UTC))
    assert "1 Mar 2026, 14:05" in admin.get("/admin/dealers/user/").content.decode()

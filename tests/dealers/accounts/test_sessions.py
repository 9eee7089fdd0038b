"""Sessions: kept by hash, listed, ended; seen only every few minutes."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.models import AuditEvent, Session, User
from dealers.session_store import SessionStore, key_hash
from tests import make
from tests.dealers.accounts.conftest import PASSWORD, is_signed_in, sign_in
from tests.listings.admin.forms import posted

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def here(client: Client, clerk: User) -> Client:
    sign_in(client, HTTP_USER_AGENT=FIREFOX)
    return client


@pytest.fixture
def elsewhere(here: Client) -> Client:
    client = Client()
    sign_in(client, HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/604.1")
    return client


def own_key(client: Client) -> str:
    return client.cookies["sessionid"].value


def test_only_the_hash_of_a_cookie_is_kept(here: Client) -> None:
    session = Session.objects.get()
    assert session.pk == key_hash(own_key(here))
    assert own_key(here) not in str(vars(session))


def test_the_page_lists_devices_and_says_which_is_this(here: Client, elsewhere: Client) -> None:
    page = here.get(ACCOUNT).content.decode()
    assert "Firefox on Windows · this device" in page
    assert "Safari on iPhone" in page
    assert "127.0.0.0/24" in page
    assert "127.0.0.1" not in page


def test_one_device_is_signed_out(here: Client, elsewhere: Client) -> None:
    here.post(f"{ACCOUNT}session/", {"session": key_hash(own_key(elsewhere))})
    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)
    assert AuditEvent.objects.filter(kind="session_ended").count() == 1


def test_all_others_are_signed_out(here: Client, elsewhere: Client, clerk: User) -> None:
    third = Client()
    sign_in(third)
    page = here.post(f"{ACCOUNT}sessions/", follow=True).content.decode()
    assert "Signed out elsewhere: 2." in page
    assert [is_signed_in(each) for each in (here, elsewhere, third)] == [True, False, False]
    assert AuditEvent.objects.get(kind="session_ended").changes == {"sessions": [3, 1]}


def test_a_session_of_somebody_else_is_not_ended(here: Client) -> None:
    other = Client()
    other.force_login(make.staff())
    for session in (key_hash(own_key(other)), "0" * 64, "x"):
        here.post(f"{ACCOUNT}session/", {"session": session})
    assert is_signed_in(other)
    assert not AuditEvent.objects.filter(kind="session_ended").exists()


def test_a_closed_account_is_out_with_the_next_request(here: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert not is_signed_in(here)


def test_an_account_that_staff_open_again_is_signed_in_nowhere(here: Client, clerk: User) -> None:
    boss = Client()
    boss.force_login(make.staff(email="boss@example.com"))
    url = f"/admin/dealers/user/{clerk.pk}/change/"
    values = posted(boss, url)
    is_open = values.pop("is_active")
    assert boss.post(url, values).status_code == 302
    assert not Session.objects.filter(user=clerk).exists()
    boss.post(url, values | {"is_active": is_open})
    clerk.refresh_from_db()
    assert clerk.is_active
    assert not is_signed_in(here)


def test_signing_out_ends_the_session(here: Client) -> None:
    here.post("/admin/logout/")
    assert not Session.objects.filter(user__isnull=False).exists()
    assert not is_signed_in(here)


def test_a_session_that_ran_out_opens_nothing(here: Client) -> None:
    Session.objects.update(expire_date=Now() - timedelta(seconds=1))
    assert not is_signed_in(here)


def test_an_ended_session_is_not_written_again(here: Client) -> None:
    store = SessionStore(own_key(here))
    store["cart"] = "car"
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_it_is_seen_once_every_few_minutes(here: Client) -> None:
    def writes() -> int:
        with CaptureQueriesContext(connection) as seen:
            here.get("/admin/")
        return len([query for query in seen if query["sql"].startswith("UPDATE")])

    assert writes() == 0
    Session.objects.update(last_seen_at=F("last_seen_at") - timedelta(minutes=6))
    before = Session.objects.get().last_seen_at
    assert [writes(), writes()] == [1, 0]
    assert Session.objects.get().last_seen_at > before


def test_what_ran_out_is_cleared_away(here: Client, elsewhere: Client) -> None:
    rows = Session.objects.filter(pk=key_hash(own_key(elsewhere)))
    rows.update(expire_date=Now() - timedelta(seconds=1))
    SessionStore.clear_expired()
    assert Session.objects.get().pk == key_hash(own_key(here))


def test_a_new_password_signs_other_devices_out(here: Client, elsewhere: Client) -> None:
    form = {"change-password": PASSWORD, "change-new_password": "green-kettle-47"}
    assert here.post(f"{ACCOUNT}password/", form).status_code == 302
    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)
    assert Session.objects.filter(user__isnull=False).count() == 1

"""Sessions end when they are idle and when they are old; the sign-in page says why."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from dealers.models import Membership, Session, User
from dealers.session_store import SessionStore
from tests import make
from tests.dealers.accounts.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
STAFF_PAGE = "/admin/account/"
PANEL = "/dealer/account/"
IDLE = "nothing was done here for a while"


@pytest.fixture
def sam() -> User:
    person = make.user(email="sam@example.com", password=PASSWORD)
    Membership.objects.create(user=person, dealer=make.dealer(), role="sales")
    return person


@pytest.fixture
def here(client: Client, sam: User) -> Client:
    client.post("/dealer/login/", {"username": sam.email, "password": PASSWORD})
    return client


def let_pass(**time: float) -> None:
    """Put the clock of all sessions forward, by moving them back."""
    past = timedelta(**time)
    Session.objects.update(
        created_at=F("created_at") - past,
        last_seen_at=F("last_seen_at") - past,
        expire_date=F("expire_date") - past,
    )


def is_in(client: Client, page: str = PANEL) -> bool:
    return client.get(page).status_code == 200


def test_a_dealers_people_stay_for_eight_idle_hours_and_not_longer(here: Client) -> None:
    let_pass(hours=8)
    assert is_in(here)
    let_pass(hours=8, minutes=6)
    assert not is_in(here)


def test_staff_stay_for_one(client: Client, clerk: User) -> None:
    sign_in(client)
    let_pass(hours=1)
    assert is_in(client, STAFF_PAGE)
    let_pass(hours=1, minutes=6)
    assert not is_in(client, STAFF_PAGE)


def test_who_goes_on_working_signs_in_again_after_fourteen_days(here: Client) -> None:
    for _ in range(47):
        let_pass(hours=7)
        assert is_in(here)
    let_pass(hours=7)  # 48 times seven hours are fourteen days
    page = here.get(PANEL, follow=True).content.decode()
    assert "you signed in 14 days ago" in page


def test_writing_to_a_session_does_not_make_it_older_than_it_may_get(here: Client) -> None:
    let_pass(days=13, hours=23)
    Session.objects.update(last_seen_at=Now(), expire_date=Now() + timedelta(minutes=1))
    store = SessionStore(here.cookies["sessionid"].value)
    store["seen"] = "a page"
    store.save()
    row = Session.objects.get()
    assert row.expire_date == row.created_at + timedelta(days=14)


def test_a_busy_session_is_written_once_in_five_minutes(here: Client) -> None:
    let_pass(minutes=6)

    def writes() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert is_in(here)
        return sum("dealers_session" in query["sql"] for query in seen if is_write(query["sql"]))

    def is_write(statement: str) -> bool:
        return statement.startswith(("UPDATE", "INSERT", "DELETE"))

    assert [writes() for _ in range(5)] == [1, 0, 0, 0, 0]


def test_the_sign_in_page_says_why_and_leads_back(here: Client, sam: User) -> None:
    let_pass(hours=9)
    answer = here.get("/dealer/account/?tab=devices", follow=True)
    (to, status) = answer.redirect_chain[-1]
    assert (to, status) == ("/dealer/login/?next=/dealer/account/%3Ftab%3Ddevices", 302)
    assert IDLE in answer.content.decode()
    back = here.post(to, {"username": sam.email, "password": PASSWORD})
    assert back["Location"] == "/dealer/account/?tab=devices"
    assert IDLE not in here.get(PANEL).content.decode()


@pytest.mark.parametrize(
    ("came_from", "to"),
    [
        (
            "http://testserver/dealer/account/?a=b#c",
            "/dealer/login/?next=%2Fdealer%2Faccount%2F%3Fa%3Db",
        ),
        ("https://evil.example/dealer/account/", "/dealer/login/"),
        ("", "/dealer/login/"),
    ],
)
def test_a_form_sent_too_late_leads_back_to_its_page_of_ours(
    here: Client, sam: User, came_from: str, to: str
) -> None:
    let_pass(hours=9)
    form = {"full_name": "Samuel"}
    answer = here.post(f"{PANEL}name/", form, headers={"Referer": came_from})
    assert (answer.status_code, answer["Location"]) == (302, to)
    assert "What you sent last was not taken." in here.get(to).content.decode()
    sam.refresh_from_db()
    assert sam.full_name == ""


def test_a_session_that_was_ended_elsewhere_says_so(here: Client) -> None:
    Session.objects.all().delete()
    assert "another device" in here.get(PANEL, follow=True).content.decode()


def test_who_was_never_signed_in_is_told_nothing(client: Client) -> None:
    assert "signed out" not in client.get(PANEL, follow=True).content.decode()


def test_an_idle_session_is_not_listed(here: Client, sam: User) -> None:
    let_pass(hours=9)
    client = Client()
    client.post("/dealer/login/", {"username": sam.email, "password": PASSWORD})
    page = client.get(PANEL).content.decode()
    assert page.count("last seen") == 1
    assert Session.objects.filter(user=sam).count() == 2


def test_the_times_are_settings(here: Client, settings: Settings) -> None:
    settings.SESSION_IDLE_MINUTES = 10
    let_pass(minutes=6)
    assert is_in(here)  # seen, and so by the new time
    let_pass(minutes=16)
    assert not is_in(here)

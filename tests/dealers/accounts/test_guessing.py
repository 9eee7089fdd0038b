"""Guessing a password is slowed down wherever it comes from, and keeps nobody from their work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from dealers.accounts.passwords import set_password
from dealers.models import AuditEvent, SignInThrottle, User
from dealers.periodic import log_failed_sign_ins
from dealers.permissions import Actor
from tests import make
from tests.dealers.accounts.conftest import NEW_PASSWORD, PASSWORD, enrol, forget_wait, sign_in
from tests.dealers.accounts.test_passwords import ask, set_new

pytestmark = pytest.mark.django_db
HOME = "198.51.100.7"
WRONG = "wrong"
Address = Callable[[int], str]

SOURCES: dict[str, Address] = {
    "60 /64 networks": lambda n: f"2001:db8:0:{n}::1",
    "60 /48 networks": lambda n: f"2001:db8:{n}::1",
    "one IPv4 network": lambda n: f"203.0.113.{n}",
    "60 quite different addresses": lambda n: f"{n + 20}.{n}.7.9",
}


class Clock:
    """The time as the service reads it, which stands still until it is moved."""

    def __init__(self) -> None:
        self.now = self.began_at = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def move(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


def guess(address: str, email: str = "clerk@example.com", password: str = WRONG) -> Any:
    return sign_in(Client(), email, password, REMOTE_ADDR=address)


def guess_from_everywhere(source: Address, times: int) -> list[int]:
    return [guess(source(n)).status_code for n in range(1, times + 1)]


def guess_for(time: timedelta, clock: Clock, source: Address) -> int:
    """Guess from sixty addresses in turn, as soon as is allowed; return how often that was."""
    end, tried, n = clock.now + time, 0, 0
    while clock.now <= end:
        n += 1
        page = guess(source(n % 60 + 1))
        if page.status_code == 200:
            tried += 1
        else:
            clock.move(timedelta(seconds=int(page["Retry-After"])))
    return tried


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_sixty_wrong_passwords_from_sixty_places_are_not_all_tried(
    clerk: User, clock: Clock, source: Address
) -> None:
    assert guess_from_everywhere(source, 60) == [200] * 10 + [429] * 50
    assert guess_for(timedelta(minutes=1), clock, source) == 5
    assert guess_for(timedelta(minutes=59), clock, source) == 13


def test_the_pause_doubles_up_to_five_minutes_and_nobody_is_locked_out(
    clerk: User, clock: Clock
) -> None:
    source = SOURCES["60 quite different addresses"]
    guess_from_everywhere(source, 10)
    waits = []
    for n in range(11, 23):
        refused = guess(source(n))
        waits.append(int(refused["Retry-After"]))
        clock.move(timedelta(seconds=waits[-1]))
        assert guess(source(n)).status_code == 200
    assert waits == [1, 2, 4, 8, 16, 32, 64, 180, 300, 300, 300, 300]
    clock.move(timedelta(seconds=300))
    assert guess(source(30), password=PASSWORD).status_code == 302


def test_the_page_says_how_long_and_is_alike_for_an_unknown_account(
    clerk: User, clock: Clock
) -> None:
    source = SOURCES["60 quite different addresses"]
    pages = {}
    for email in (clerk.email, "nobody@example.com"):
        answers = [guess(source(n), email) for n in range(1, 13)]
        assert [page.status_code for page in answers] == [200] * 10 + [429] * 2
        assert "Wait 1 second, then try again." in answers[-1].content.decode()
        pages[email] = (answers[-1].content, answers[-1].headers["Retry-After"])
    assert pages[clerk.email] == pages["nobody@example.com"]


def test_a_place_of_the_owner_is_not_slowed_down_by_strangers(clerk: User, clock: Clock) -> None:
    assert guess(HOME, password=PASSWORD).status_code == 302
    assert guess_from_everywhere(SOURCES["one IPv4 network"], 20)[-1] == 429
    assert guess("198.51.100.99", password=PASSWORD).status_code == 302
    assert guess("192.0.2.1", password=PASSWORD).status_code == 429
    clock.move(timedelta(days=91))
    assert guess_from_everywhere(SOURCES["one IPv4 network"], 20)[-1] == 429
    assert guess(HOME, password=PASSWORD).status_code == 429


def test_guessing_in_the_owners_own_network_is_slowed_down_there(clerk: User, clock: Clock) -> None:
    assert guess(HOME, password=PASSWORD).status_code == 302
    near = [guess(f"198.51.100.{n}").status_code for n in range(20, 40)]
    assert near == [200] * 10 + [429] * 10
    assert guess("192.0.2.1").status_code == 200


def test_a_network_that_fails_for_many_accounts_is_slowed_down(
    clerk: User, clock: Clock, settings: Settings
) -> None:
    settings.SIGN_IN_FAILURES_PER_NETWORK = 20
    owner = make.user(email="owner@example.com", password=PASSWORD)
    assert guess("203.0.113.250", clerk.email, PASSWORD).status_code == 302
    for address in ("203.0.113.{}", "2001:db8:5:{}::1"):
        spread = [guess(address.format(n), f"p{n}@example.com").status_code for n in range(1, 31)]
        assert spread == [200] * 20 + [429] * 10
        assert guess(address.format(40), owner.email, PASSWORD).status_code == 429
    assert guess("203.0.113.251", clerk.email, PASSWORD).status_code == 302
    assert guess("198.51.100.1", "p1@example.com").status_code == 200
    clock.move(timedelta(hours=1))
    assert guess("203.0.113.41", "p1@example.com").status_code == 200


def test_the_pause_of_a_network_is_short(clerk: User, clock: Clock, settings: Settings) -> None:
    settings.SIGN_IN_FAILURES_PER_NETWORK = 2
    for n in range(1, 13):
        guess(f"203.0.113.{n}", f"p{n}@example.com")
        clock.move(timedelta(seconds=15))
    guess("203.0.113.20", "p20@example.com")
    assert guess("203.0.113.21", "p21@example.com")["Retry-After"] == "15"


def test_success_elsewhere_does_not_help_who_guesses(clerk: User, clock: Clock) -> None:
    source = SOURCES["60 quite different addresses"]
    guess_from_everywhere(source, 9)
    assert guess(HOME, password=PASSWORD).status_code == 302
    assert guess_from_everywhere(source, 3) == [200, 429, 429]


def test_a_new_password_forgets_what_strangers_failed(client: Client, clerk: User) -> None:
    guess_from_everywhere(SOURCES["60 quite different addresses"], 20)
    ask(client, clerk.email)
    set_new(client)
    assert not SignInThrottle.objects.filter(user=clerk).exists()
    assert guess("192.0.2.1", password=NEW_PASSWORD).status_code == 302


class CountingHasher(MD5PasswordHasher):
    """Django's quickest, which counts what it did."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return str(super().encode(password, salt))


def test_no_password_is_hashed_for_who_has_to_wait(
    clerk: User, clock: Clock, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.{CountingHasher.__name__}"]
    clerk.set_password(PASSWORD)
    clerk.save(update_fields=["password"])
    CountingHasher.hashed = 0
    for email in (clerk.email, "nobody@example.com"):
        for n in range(1, 31):
            guess(SOURCES["60 /48 networks"](n), email)
        assert CountingHasher.hashed == 10
        CountingHasher.hashed = 0


def test_a_refused_flood_leaves_no_rows(clerk: User, clock: Clock, settings: Settings) -> None:
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 8
    for n in range(8):
        guess(HOME, f"p{n}@example.com")
    rows = SignInThrottle.objects.count()
    assert rows == 18  # two of each account, and those of the address and its network
    for n in range(8, 40):
        assert guess(HOME, f"p{n}@example.com").status_code == 429
    assert SignInThrottle.objects.count() == rows


def test_a_try_takes_as_many_queries_whatever_is_kept(clerk: User, clock: Clock) -> None:
    def queries(email: str, address: str) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            guess(address, email)
        return [query["sql"].split()[0] for query in seen if "signinthrottle" in query["sql"]]

    first = queries(clerk.email, "192.0.2.1")
    for n in range(1, 40):
        guess(SOURCES["60 /48 networks"](n), f"p{n}@example.com")
    assert queries(clerk.email, "192.0.2.2") == first
    assert queries("nobody@example.com", "192.0.2.3") == first
    assert first == ["SELECT", "INSERT", "SELECT", "UPDATE"]


def told() -> list[tuple[str, str]]:
    """Let the clock's job run; return who was told what by mail."""
    mail.outbox.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        log_failed_sign_ins()
    return [(message.to[0], str(message.subject)) for message in mail.outbox]


def test_the_owner_is_told_once_in_a_wave_and_the_log_has_it(clerk: User, clock: Clock) -> None:
    source = SOURCES["60 quite different addresses"]
    mail_to_owner = [(clerk.email, "Many failed sign-ins to your account")]
    guess_from_everywhere(source, 9)
    assert told() == []
    guess(source(10))
    assert told() == mail_to_owner
    assert "switch the second factor on" in str(mail.outbox[0].body)
    for _ in range(3):
        clock.move(timedelta(hours=20))
        guess(source(11))
        assert told() == []
    slowed = AuditEvent.objects.filter(kind="sign_in_slowed")
    assert list(slowed.values_list("actor_id", flat=True)) == [clerk.pk]
    clock.move(timedelta(hours=25))
    assert guess_from_everywhere(source, 10) == [200] * 10
    assert told() == mail_to_owner
    assert slowed.count() == 2


def test_nobody_is_told_of_an_unknown_or_closed_account(clerk: User, clock: Clock) -> None:
    closed = make.user(email="closed@example.com", password=PASSWORD, is_active=False)
    for n in range(1, 12):
        for email in (closed.email, "nobody@example.com"):
            guess(SOURCES["60 /48 networks"](n), email)
    assert told() == []
    assert not AuditEvent.objects.filter(kind="sign_in_slowed").exists()


def test_wrong_codes_count_for_the_account_as_wrong_passwords_do(clerk: User, clock: Clock) -> None:
    enrol(clerk)
    outcome = []
    for n in range(1, 13):
        client = Client()
        address: Any = {"REMOTE_ADDR": SOURCES["60 /48 networks"](n)}
        if sign_in(client, **address).status_code == 302:
            forget_wait(clerk)
            page = client.post("/sign-in/code/", {"code": "no-such-code"}, **address)
            outcome.append(page.status_code)
    assert outcome == [200] * 10
    assert guess(HOME, password=PASSWORD).status_code == 429


def test_staff_forget_failures_on_the_page_of_a_person(clerk: User, clock: Clock) -> None:
    boss = Client()
    boss.force_login(make.staff(email="boss@example.com", is_superuser=True))
    guess_from_everywhere(SOURCES["60 /48 networks"], 12)
    page, url = f"/admin/dealers/user/{clerk.pk}/change/", "failures/forget/"
    assert "Forget 10 failed sign-ins" in boss.get(page).content.decode()
    assert boss.get(f"/admin/dealers/user/{clerk.pk}/{url}").status_code == 405
    assert boss.post(f"/admin/dealers/user/{clerk.pk}/{url}").status_code == 302
    assert "failed sign-in" not in boss.get(page).content.decode()
    assert guess("192.0.2.1", password=PASSWORD).status_code == 302
    event = AuditEvent.objects.get(kind="lock_lifted")
    assert (event.subject, event.source) == (clerk.email, "staff")
    junior, chief = Client(), make.staff(email="chief@example.com", is_superuser=True)
    junior.force_login(make.staff(email="junior@example.com", is_superuser=False))
    assert junior.post(f"/admin/dealers/user/{chief.pk}/{url}").status_code == 403
    assert AuditEvent.objects.filter(kind="lock_lifted").count() == 1


def test_a_command_forgets_failures_of_an_account_or_an_address(clerk: User, clock: Clock) -> None:
    for _ in range(6):
        guess(HOME)
    call_command("forget_failed_sign_ins", email=clerk.email.upper())
    assert guess(HOME, password=PASSWORD).status_code == 302
    for n in range(60):
        guess(HOME, f"p{n}@example.com")
    assert guess(HOME, password=PASSWORD).status_code == 429
    call_command("forget_failed_sign_ins", address=HOME)
    assert guess(HOME, password=PASSWORD).status_code == 302
    for given in ({"email": "nobody@example.com"}, {"address": "somewhere"}):
        with pytest.raises(CommandError):
            call_command("forget_failed_sign_ins", **given)


@pytest.fixture
def at_once() -> Callable[[Callable[[int], Any]], list[Any]]:
    """Do something sixty times, twelve at the same moment."""

    def run(do: Callable[[int], Any]) -> list[Any]:
        start = Barrier(12)

        def one(n: int) -> Any:
            start.wait(timeout=120)
            try:
                return do(n)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(12) as threads:
            return list(threads.map(one, range(1, 61)))

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("source", "tried"),
    [(SOURCES["60 quite different addresses"], 10), (lambda _n: HOME, 5)],
    ids=["from everywhere", "from one address"],
)
def test_many_at_once_get_no_further_than_many_in_turn(
    clerk: User, clock: Clock, at_once: Any, source: Address, tried: int
) -> None:
    statuses = at_once(lambda n: guess(source(n)).status_code)
    failed = AuditEvent.objects.filter(kind="locked_out").count()
    assert (statuses.count(200) + failed, statuses.count(429) - failed) == (tried, 60 - tried)
    assert SignInThrottle.objects.get(scope="account").failures == tried


@pytest.mark.django_db(transaction=True)
def test_many_accounts_at_many_addresses_at_once_do_not_wait_for_each_other(
    clerk: User, clock: Clock, at_once: Any
) -> None:
    def one(n: int) -> int:
        page = guess(f"203.0.113.{n % 7}", f"p{n % 13}@example.com")
        return int(page.status_code)

    assert set(at_once(one)) <= {200, 429}
    rows = SignInThrottle.objects.filter(scope="network")
    assert [row.failures for row in rows] == [60]


@pytest.mark.django_db(transaction=True)
def test_a_new_password_and_tries_at_once_do_not_wait_for_each_other(
    clerk: User, clock: Clock, at_once: Any, settings: Settings
) -> None:
    settings.SIGN_IN_FAILURES_PER_ACCOUNT = 1_000
    for n in range(1, 40):
        guess(SOURCES["60 quite different addresses"](n))

    def one(n: int) -> int:
        if n % 3:
            return int(guess(SOURCES["60 /48 networks"](n)).status_code)
        set_password(user_id=clerk.pk, password=NEW_PASSWORD, actor=Actor.person(clerk.pk))
        return 200

    assert at_once(one) == [200] * 60

"""Where a key may be used from and until when; what is noted of its use, and who is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dealers import retention
from dealers.exceptions import InvalidKey
from dealers.keys import create_key
from dealers.models import ApiKey, AuditEvent, Dealer
from dealers.permissions import SYSTEM
from marketplace.quotas import QuotaReached
from tests import make

pytestmark = pytest.mark.django_db
STOCK = "/api/v1/stock/"
OFFICE, ELSEWHERE = "198.51.100.7", "203.0.113.77"


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("Northern Cars")


def ask(token: str, address: str = OFFICE, **environ: Any) -> tuple[int, bytes]:
    answer = Client(REMOTE_ADDR=address, **environ).get(
        STOCK, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code != 401 or answer["WWW-Authenticate"] == 'Bearer realm="stock"'
    return answer.status_code, answer.content if answer.status_code != 200 else b""


def unknown() -> tuple[int, bytes]:
    return ask(f"umk_{'0' * 10}_{'A' * 43}")


def refusals() -> list[tuple[str, str, str, str]]:
    events = AuditEvent.objects.filter(kind="key_refused").order_by("pk")
    return list(events.values_list("source", "subject", "reason", "address"))


@pytest.mark.parametrize(
    ("networks", "inside", "outside"),
    [
        (["198.51.100.0/24"], "198.51.100.255", "198.51.101.0"),
        ([OFFICE], OFFICE, "198.51.100.8"),
        (["2001:db8:7::/48"], "2001:db8:7:1::9", "2001:db8:8::9"),
        (["2001:db8:7::/48", "198.51.100.0/24"], "::ffff:198.51.100.7", "::ffff:203.0.113.7"),
        (["::ffff:198.51.100.0/120"], OFFICE, ELSEWHERE),
        (["198.51.100.0/24"], OFFICE, ""),
    ],
)
def test_a_key_works_from_its_networks_alone(
    dealer: Dealer, networks: list[str], inside: str, outside: str
) -> None:
    token = make.key(dealer, networks=networks)
    assert ask(token, inside)[0] == 200
    assert ask(token, outside) == unknown()
    assert unknown()[0] == 401


def test_the_address_is_the_one_that_trusted_proxies_tell(
    dealer: Dealer, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    token = make.key(dealer, networks=[OFFICE])
    assert ask(token, "10.0.0.1", HTTP_X_FORWARDED_FOR=OFFICE)[0] == 200
    forged = f"{OFFICE}, {ELSEWHERE}"
    assert ask(token, "10.0.0.1", HTTP_X_FORWARDED_FOR=forged) == unknown()
    assert ApiKey.objects.get().refused_from == "203.0.113.0/24"


def test_a_key_past_its_end_is_answered_as_one_that_is_none(dealer: Dealer) -> None:
    token = make.key(dealer, name="DMS", expires_at=timezone.now() + timedelta(days=1))
    assert ask(token)[0] == 200
    ApiKey.objects.update(expires_at=timezone.now())
    assert ask(token, ELSEWHERE) == unknown()
    key = ApiKey.objects.get()
    assert refusals() == [
        ("key", str(key), "Used from 203.0.113.0/24 after its end", "203.0.113.0/24")
    ]


def test_a_refusal_is_told_once_an_hour_and_no_use(dealer: Dealer) -> None:
    token = make.key(dealer, name="DMS", networks=[OFFICE])
    for _ in range(3):
        assert ask(token, ELSEWHERE) == unknown()
    key = ApiKey.objects.get()
    said = "Used from 203.0.113.0/24, which is not on its list"
    assert refusals() == [("key", str(key), said, "203.0.113.0/24")]
    assert (key.last_used_at, key.last_used_from, key.refusal) == (None, None, "elsewhere")

    ApiKey.objects.update(refused_at=timezone.now() - timedelta(minutes=61))
    assert ask(token, "2001:db8:1:2::3") == unknown()
    assert [reason for _, _, reason, _ in refusals()] == [
        said,
        "Used from 2001:db8:1::/48, which is not on its list",
    ]


@pytest.mark.django_db(transaction=True)
def test_of_refusals_at_once_one_is_told(dealer: Dealer) -> None:
    token = make.key(dealer, networks=[OFFICE])
    start = Barrier(6)

    def once(_: int) -> int:
        try:
            start.wait(timeout=30)
            return ask(token, ELSEWHERE)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(once, range(6))) == [401] * 6
    assert len(refusals()) == 1


def test_whoever_has_no_secret_notes_nothing(dealer: Dealer) -> None:
    token = make.key(dealer, networks=[OFFICE])
    assert ask(token[:-43] + "A" * 43, ELSEWHERE) == unknown()
    assert refusals() == []
    assert ApiKey.objects.get().refused_at is None


def test_owners_see_uses_and_refusals(client: Client, dealer: Dealer) -> None:
    client.force_login(make.member(dealer))
    token = make.key(dealer, networks=["198.51.100.0/24"])
    ask(token)
    ask(token, ELSEWHERE)
    page = client.get("/dealer/keys/").content.decode()
    assert "Only from 198.51.100.0/24" in page
    assert f"from {OFFICE}" in page
    assert "used from 203.0.113.0/24, which is not on its list" in page
    log = client.get("/dealer/audit/").content.decode()
    assert "API key refused" in log
    assert "The key<br>203.0.113.0/24" in log


def test_the_address_is_noted_with_the_use_once_a_minute(dealer: Dealer) -> None:
    token = make.key(dealer, networks=["198.51.100.0/24"])
    assert ask(token)[0] == 200
    ask(token, "198.51.100.8")
    assert ApiKey.objects.get().last_used_from == OFFICE
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    ask(token, "198.51.100.8")
    assert ApiKey.objects.get().last_used_from == "198.51.100.8"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("office", "“office” is no network: write 203.0.113.0/24, say."),
        ("203.0.113.0/33", "“203.0.113.0/33” is no network: write 203.0.113.0/24, say."),
        (
            "203.0.113.7/24",
            "“203.0.113.7/24” is an address in 203.0.113.0/24: write that, or the address alone.",
        ),
        ("0.0.0.0/0", "“0.0.0.0/0” is everybody: leave the list empty for that."),
        ("::/0", "“::/0” is everybody: leave the list empty for that."),
        ("::ffff:0:0/96", "“::ffff:0:0/96” is everybody: leave the list empty for that."),
        ("fe80::1%eth0", "“fe80::1%eth0” is an address of one machine's own link."),
        ("", "“” is no network: write 203.0.113.0/24, say."),
    ],
)
def test_a_network_is_checked_when_it_is_entered(dealer: Dealer, text: str, message: str) -> None:
    with pytest.raises(InvalidKey) as refusal:
        create_key(
            dealer_id=dealer.pk, actor=SYSTEM, name="x", scopes=["stock:read"], networks=[text]
        )
    assert refusal.value.fields == {"networks": [message]}
    assert not ApiKey.objects.exists()


def test_networks_are_kept_as_they_are_written_and_are_few(dealer: Dealer) -> None:
    make.key(dealer, networks=["2001:DB8:0::/48", " 203.0.113.7 ", "203.0.113.7/32"])
    assert ApiKey.objects.get().networks == ["2001:db8::/48", "203.0.113.7/32"]
    many = [f"10.0.{number}.0/24" for number in range(21)]
    with pytest.raises(InvalidKey) as refusal:
        make.key(dealer, networks=many)
    assert refusal.value.fields == {"networks": ["At most 20 networks."]}


def test_owners_enter_networks_in_the_panel(client: Client, dealer: Dealer) -> None:
    client.force_login(make.member(dealer))
    form = {"name": "DMS", "scopes": ["stock:read"], "ends": "365"}
    path = "/dealer/keys/create/"
    page = client.post(path, form | {"networks": "203.0.113.7/24"}).content.decode()
    assert "is an address in 203.0.113.0/24" in page
    assert not ApiKey.objects.exists()
    client.post(path, form | {"networks": "203.0.113.0/24,198.51.100.7\r\n2001:db8::/48\r\n"})
    key = ApiKey.objects.get()
    assert key.networks == ["203.0.113.0/24", "198.51.100.7/32", "2001:db8::/48"]
    assert AuditEvent.objects.get().changes == {
        "scopes": [None, "stock:read"],
        "networks": [None, "203.0.113.0/24, 198.51.100.7/32, 2001:db8::/48"],
        "ends_on": [None, f"{key.expires_at:%Y-%m-%d}"],
    }


def test_a_dealer_has_twenty_keys_in_use(dealer: Dealer) -> None:
    for _ in range(20):
        make.key(dealer, expires_at=timezone.now() + timedelta(days=1))
    with pytest.raises(QuotaReached, match="at most 20 keys in use: revoke one first"):
        make.key(dealer)
    ApiKey.objects.filter(pk=ApiKey.objects.earliest("pk").pk).update(expires_at=timezone.now())
    make.key(dealer)
    assert ApiKey.objects.count() == 21


def test_the_command_sets_an_end_and_networks(dealer: Dealer) -> None:
    out = StringIO()
    words = ["create_api_key", dealer.slug, "DMS", "--scope=stock:read", "--days=30"]
    call_command(*words, "--network=203.0.113.0/24", "--network=2001:db8::/48", stdout=out)
    key = ApiKey.objects.get()
    assert key.networks == ["203.0.113.0/24", "2001:db8::/48"]
    assert key.expires_at is not None
    assert 29 < (key.expires_at - timezone.now()) / timedelta(days=1) < 30
    with pytest.raises(CommandError, match="“x” is no network"):
        call_command(*words, "--network=x")
    assert ApiKey.objects.count() == 1


def test_addresses_go_after_ninety_days_and_the_keys_stay(dealer: Dealer) -> None:
    for _ in range(3):
        make.key(dealer)
    old, young, refused = ApiKey.objects.order_by("pk")
    long_ago, lately = (timezone.now() - timedelta(days=days) for days in (91, 89))
    for key, used_at, refused_at in (
        (old, long_ago, lately),
        (young, lately, long_ago),
        (refused, None, long_ago),
    ):
        ApiKey.objects.filter(pk=key.pk).update(
            last_used_at=used_at,
            last_used_from=OFFICE if used_at else None,
            refused_at=refused_at,
            refusal="elsewhere",
            refused_from="203.0.113.0/24",
        )
    assert [retention.apply("key_addresses") for _ in range(2)] == [3, 0]
    kept = ApiKey.objects.order_by("pk").values_list("last_used_from", "refused_from")
    assert list(kept) == [(None, "203.0.113.0/24"), (OFFICE, ""), (None, "")]
    old.refresh_from_db()
    refused.refresh_from_db()
    assert old.last_used_at == long_ago
    assert refused.refusal_said == "used from an address that is not on its list"

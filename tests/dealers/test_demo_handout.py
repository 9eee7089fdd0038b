"""What the demo writes down for scripts keeps working from one run to the next."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from dealers.keys import revoke_key
from dealers.models import ApiKey, Scope, StockFeed, User
from dealers.permissions import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _laptop(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = True
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)


def load(file: Path) -> dict[str, Any]:
    call_command("load_demo", listings=9, handout=file, verbosity=0)
    handout: dict[str, Any] = json.loads(file.read_text())
    return handout


def keys(handout: dict[str, Any]) -> set[str]:
    return {handout["api_key"], handout["sandbox"]["api_key"]}


def test_its_key_reads_the_owners_stock_and_its_feed(client: Client, tmp_path: Path) -> None:
    handout = load(tmp_path / "demo.json")

    headers = {"Authorization": f"Bearer {handout['api_key']}"}
    stock = client.get("/api/v1/stock/?count=exact", headers=headers)
    feed = client.get(f"/api/v1/feeds/{handout['feed']['id']}/", headers=headers)
    assert (stock.status_code, stock.json()["count"]) == (200, 9)
    assert (feed.status_code, feed.json()["name"]) == (200, "Demo stock")
    assert handout["scopes"] == list(Scope.values)
    assert handout["owner"] == {
        "email": "dealer@example.com",
        "password": "demo",
        "sign_in": "http://127.0.0.1:8000/dealer/login/",
        "dealer": "harbour-prestige-cars",
    }


def test_the_sandboxs_key_writes_and_buyers_see_nothing_of_it(
    client: Client, tmp_path: Path
) -> None:
    handout = load(tmp_path / "demo.json")["sandbox"]

    headers = {"Authorization": f"Bearer {handout['api_key']}"}
    car = {"make": "Ford", "model": "Fiesta", "year": 2018, "mileage": 41_000, "price": 8_995}
    made = client.post("/api/v1/stock/", car, content_type="application/json", headers=headers)
    assert (made.status_code, made.json()["sandbox"]) == (201, True)
    publish = f"{made.json()['url']}publish/"
    published = client.post(publish, content_type="application/json", headers=headers)
    assert (published.json()["status"], published.json()["sandbox"]) == ("live", True)
    assert client.get(published.json()["listing_url"]).status_code == 404
    assert handout["dealer"] == "sandbox-motors"
    assert client.get("/api/v1/dealers/sandbox-motors/").status_code == 404


def test_a_second_run_keeps_the_keys_and_the_feed(tmp_path: Path) -> None:
    file = tmp_path / "demo.json"

    assert load(file) == load(file)

    assert (ApiKey.objects.count(), StockFeed.objects.count()) == (2, 1)
    assert [entry.name for entry in tmp_path.glob("demo*")] == ["demo.json"]


@pytest.mark.parametrize("damage", ["lost", "garbled", "revoked"])
def test_a_key_that_no_longer_works_is_replaced_by_one_that_does(
    client: Client, tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "demo.json"
    first = keys(load(file))
    if damage == "lost":
        file.unlink()
    elif damage == "garbled":
        file.write_text("[")
    else:
        for key in ApiKey.objects.all():
            revoke_key(key_id=key.pk, actor=SYSTEM)

    second = keys(load(file))

    assert first & second == set()
    for tokens, expected in ((first, 401), (second, 200)):
        for token in tokens:
            headers = {"Authorization": f"Bearer {token}"}
            assert client.get("/api/v1/stock/", headers=headers).status_code == expected
    assert ApiKey.objects.usable().count() == 2


def test_only_its_owner_reads_it_and_no_wrong_password_stands_in_it(tmp_path: Path) -> None:
    file = tmp_path / "demo.json"
    file.write_text("{}")
    file.chmod(0o644)
    load(file)
    staff = User.objects.get(email="admin@example.com")
    staff.set_password("changed by hand")
    staff.save(update_fields=["password"])

    handout = load(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (handout["staff"]["password"], handout["owner"]["password"]) == (None, "demo")

"""The documented backup, put back beside the service it was made of."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.marketplace.checkouts import wait_until
from tests.marketplace.test_health import free_port
from tests.production.deployment import Deployment
from tests.production.first_day import FirstDay
from tests.production.installation import Installation, Volumes
from tests.production.servers import DATABASE

pytestmark = pytest.mark.timeout(600)

RESTORED = "restored"
DUMP = ("pg_dump", "--format=custom")
RESTORE = ("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges")


@pytest.fixture
def restored(day: FirstDay, tmp_path: Path) -> Iterator[Deployment]:
    """A web process on a copy: the dump first, then the folders, as docs/operations.md says."""
    service, dump = day.service, tmp_path / "marketplace.dump"
    runtime = service.runtime
    assert isinstance(runtime, Installation)
    folder = runtime.volumes.folder / RESTORED
    folder.mkdir()
    _program(service, *DUMP, f"--file={dump}", service.postgres.url)
    volumes = Volumes(folder, runtime.volumes.account)
    for name in ("media", "feed-files"):
        shutil.copytree(runtime.volumes.volume(name), volumes.volume(name), dirs_exist_ok=True)
    service.sql(f"CREATE DATABASE {RESTORED}")
    at, here = "postgres:5432", service.places["postgres:5432"]
    url = service.postgres.url.removesuffix(DATABASE) + RESTORED
    _program(service, *RESTORE, "--exit-on-error", f"--dbname={url}", str(dump))
    copy = replace(
        service,
        runtime=replace(runtime, volumes=volumes),
        places={f"{at}/{DATABASE}": f"{here}/{RESTORED}", **service.places},
        port=free_port(),
        mark="-restored",
    )
    try:
        copy.run("migrate", *copy.command("migrate"))
        copy.start("web")
        copy.wait_for("web")
        yield copy
    finally:
        copy.stop("web")
        # pgbouncer keeps its sessions for the next one that asks.
        service.sql(f"DROP DATABASE {RESTORED} WITH (FORCE)")


@pytest.fixture
def photographed(day: FirstDay) -> int:
    """An advert with a photo in all its sizes."""
    new = {"stock_ref": "KEPT-1", "make": "Audi", "model": "A3", "year": 2019, "mileage": 20_000}
    listing = int(day.system.json("POST", "/api/v1/stock/", new, expected=201)["id"])
    picture = BytesIO()
    Image.effect_noise((700, 500), 60).convert("RGB").save(picture, "JPEG")
    sent = {"image": ("front.jpg", picture.getvalue(), "image/jpeg")}
    at = f"/api/v1/stock/{listing}/"
    assert day.system.call("POST", f"{at}photos/", files=sent).status_code == 201
    wait_until(lambda: len(day.system.json("GET", at)["photos"][0]["sizes"]) > 1)
    return listing


def test_a_restored_copy_has_adverts_photos_and_whoever_signed_in(
    day: FirstDay, photographed: int, restored: Deployment
) -> None:
    system = restored.visitor(day.key)

    advert = system.json("GET", f"/api/v1/stock/{photographed}/")
    every = system.json("GET", "/api/v1/stock/?count=exact")

    assert advert["stock_ref"] == "KEPT-1"
    for size in advert["photos"][0]["sizes"]:
        assert restored.visitor().get(size["url"]).status_code == 200
    assert every["count"] == day.system.json("GET", "/api/v1/stock/?count=exact")["count"]
    owner = restored.visitor()
    owner.cookies.update(day.owner.cookies)  # the same SECRET_KEY, the same sessions
    assert owner.get("/dealer/").status_code == 200
    assert restored.visitor().json("GET", "/api/v1/changes/?page_size=1")["results"]


def _program(service: Deployment, name: str, *arguments: str) -> None:
    command = [str(service.postgres.programs / "bin" / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr

"""The previous version and this one on one database, under load; then back."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.dealers import mail_server
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_health import free_port
from tests.production.composition import Composition
from tests.production.deployment import Deployment, deployed
from tests.production.installation import Installation, installed, with_volumes
from tests.production.load import under_load

pytestmark = pytest.mark.timeout(1_200)

NAMED = Path(__file__).with_name("previous_version.txt")  # until there is a tag
DEALER = "dealer@example.com"
PASSWORD = "for one test of an upgrade"


@dataclass
class Versions:
    """Both versions of the service; the new one is not started."""

    old: Deployment
    new: Deployment
    key: str

    def ask(self, service: Deployment) -> int:
        """Read as a buyer does, write as a dealer's system does; return the worse status."""
        visitor = service.visitor(self.key)
        read = visitor.status("/api/v1/listings/?page_size=5&facets=fuel&count=exact")
        prices = {"price": 9_000}
        written = visitor.call("PUT", "/api/v1/stock/by-ref/LOAD-1/", json=prices)
        return max(read, written.status_code)


@pytest.fixture(scope="module")
def sources() -> Iterator[Path]:
    """The tree of the newest tag or, without one, of the commit that is named."""
    tags = _git("tag", "--list", "v*", "--sort=-version:refname").split()
    commit = tags[0] if tags else NAMED.read_text().strip()
    if not _git("rev-parse", "--verify", f"{commit}^{{tree}}"):
        pytest.skip("No git history with the previous version: a shallow or exported tree.")
    folder = Path(tempfile.mkdtemp(prefix="previous-"))
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def versions(sources: Path, image: Installation) -> Iterator[Versions]:
    with (
        installed(sources) as previous,
        with_volumes(previous) as old,
        mail_server.running() as mails,
        deployed(old, mails, "redis", sources) as service,
    ):
        loading = ("load_demo", "--yes", "--listings", "60")
        service.run("web", "python", "manage.py", *loading, DEMO_PASSWORD=PASSWORD)
        scopes = ("--scope", "stock:read", "--scope", "stock:write")
        words = ("create_api_key", "northgate-car-centre", "System", *scopes)
        key = service.run("web", "python", "manage.py", *words).strip()
        car = {"stock_ref": "LOAD-1", "make": "Audi", "model": "A3", "year": 2019, "mileage": 9}
        service.visitor(key).json("POST", "/api/v1/stock/", car, expected=201)
        new = replace(
            service,
            runtime=replace(image, volumes=old.volumes),
            composition=Composition(service.composition.dotenv),
            port=free_port(),
            mark="-new",
        )
        yield Versions(service, new, key)


def test_the_new_version_comes_under_load_and_goes_again(versions: Versions) -> None:
    old, new = versions.old, versions.new
    assert versions.ask(old) == 200, old.logs()[-2_000:]

    with under_load(lambda: versions.ask(old)) as load:
        new.run("migrate", *new.command("migrate"))
        assert old.is_ready()
        new.start("web")
        new.wait_for("web")
        with under_load(lambda: versions.ask(new)) as both:
            wait_until(lambda: len(both.statuses) > 20)
            _mail_arrives(versions, asked=old, sent_by=new)
            new.stop("worker")
        new.stop("web")
        old.start("worker")
        _mail_arrives(versions, asked=old, sent_by=old)

    assert (load.failures, both.failures) == ([], [])
    for name in old.kept:
        old.wait_for(name)


def _mail_arrives(versions: Versions, *, asked: Deployment, sent_by: Deployment) -> None:
    """Ask one version for a mail that another one's worker writes."""
    if sent_by is versions.new:
        versions.old.stop("worker")
        sent_by.start("worker")
    before = len(asked.mails.mails)
    assert asked.visitor().submit("/password/reset/", {"email": DEALER}).status_code == 302
    asked.wait_for_mail(DEALER, after=before, seconds=120)


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout

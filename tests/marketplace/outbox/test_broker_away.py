"""Every door that enqueues answers as ever while the broker is away, and the work is kept."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from dealers.models import Dealer, FeedRun, Invitation
from listings.models import PhotoOriginal, PhotoSource
from marketplace.models import OutboxTask
from tests import make
from tests.dealers.feeds.stock import as_csv, car
from tests.dealers.stock_api.caller import caller, item
from tests.marketplace.outbox.brokers import SilentBroker, broker_at, closed_port
from tests.pictures import encoded, halves

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_files(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    storage = FileSystemStorage(location=tmp_path / "feeds")
    monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", storage)


@pytest.fixture(params=["redis", "amqp"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def refusing(scheme: str) -> Iterator[None]:
    with broker_at(f"{scheme}://127.0.0.1:{closed_port()}//"):
        yield


@pytest.fixture
def silent(scheme: str) -> Iterator[SilentBroker]:
    with SilentBroker() as broker, broker_at(f"{scheme}://127.0.0.1:{broker.port}//"):
        yield broker


@pytest.fixture
def dealer() -> Dealer:
    return make.dealer("Kings")


def reset_password(dealer: Dealer) -> Any:
    make.user(email="ann@example.com")
    return Client().post("/password/reset/", {"email": "ann@example.com"})


def invite(dealer: Dealer) -> Any:
    client = Client()
    client.force_login(make.member(dealer))
    return client.post("/dealer/team/invite/", {"email": "bob@example.com", "role": "sales"})


def resend(dealer: Dealer) -> Any:
    client = Client()
    client.force_login(make.member(dealer))
    client.post("/dealer/team/invite/", {"email": "bob@example.com", "role": "sales"})
    OutboxTask.objects.all().delete()
    Invitation.objects.update(created_at="2026-01-01T00:00Z")
    row = Invitation.objects.get()
    return client.post(f"/dealer/team/invitations/{row.pk}/resend/")


def send_feed(dealer: Dealer) -> Any:
    feed = make.feed(make.branch(dealer))
    token = make.key(dealer, "feeds:write")
    return Client().post(
        f"/api/v1/feeds/{feed.pk}/runs/",
        as_csv([car(1)]),
        content_type="text/csv",
        headers={"Authorization": f"Bearer {token}"},
    )


def upload_photo(dealer: Dealer) -> Any:
    row = make.draft(branch=make.branch(dealer))
    picture = SimpleUploadedFile("car.jpg", encoded(halves((60, 40))), "image/jpeg")
    return caller(dealer).upload(f"{item(row)}photos/", picture)


def name_photos(dealer: Dealer) -> Any:
    row = make.draft(branch=make.branch(dealer))
    urls = [f"https://{host}.example.com/car.jpg" for host in ("one", "two")]
    return caller(dealer).patch(item(row), {"photo_urls": urls})


DOORS: dict[Callable[[Dealer], Any], tuple[int, list[str]]] = {
    reset_password: (302, ["dealers.tasks.send_password_reset"]),
    invite: (302, ["dealers.tasks.send_invitation"]),
    resend: (302, ["dealers.tasks.send_invitation"]),
    send_feed: (202, ["dealers.feeds.tasks.process_run"]),
    upload_photo: (201, ["listings.photos.tasks.make_photo_sizes"]),
    name_photos: (200, 2 * ["listings.photos.tasks.fetch_photos_of"]),
}


def kept() -> list[str]:
    rows = OutboxTask.objects.filter(publications=0, attempts=0, given_up_at=None)
    return list(rows.order_by("pk").values_list("task", flat=True))


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_broker_that_is_away_refuses_nobody(
    door: Callable[[Dealer], Any], dealer: Dealer
) -> None:
    status, tasks = DOORS[door]

    assert door(dealer).status_code == status

    assert kept() == tasks


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_broker_that_never_answers_holds_nobody_up(
    door: Callable[[Dealer], Any], dealer: Dealer, silent: SilentBroker
) -> None:
    status, tasks = DOORS[door]

    assert door(dealer).status_code == status

    assert kept() == tasks


def test_a_broker_seen_away_is_not_tried_by_each_request(
    dealer: Dealer, silent: SilentBroker
) -> None:
    for _ in range(5):
        assert upload_photo(dealer).status_code == 201

    assert len(silent.callers) == 1
    assert OutboxTask.objects.count() == PhotoOriginal.objects.count() == 5


@pytest.mark.usefixtures("refusing")
def test_what_was_written_stands(dealer: Dealer) -> None:
    send_feed(dealer)
    name_photos(dealer)

    assert FeedRun.objects.get().state == FeedRun.State.RECEIVED
    assert PhotoSource.objects.count() == 2

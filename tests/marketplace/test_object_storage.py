"""Photographs and feed files in buckets: two machines share nothing on disk."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from dealers.feeds.retention import prune_files
from dealers.feeds.tasks import process_run
from dealers.models import FeedRun, Membership
from listings.models import Listing, Photo, PhotoOriginal
from listings.photos import remove_photo
from listings.photos.files import discard_due
from listings.photos.renditions import make_sizes
from marketplace.errors import StorageAway
from tests import make
from tests.dealers.feeds.stock import as_csv, car
from tests.dealers.stock_api.caller import caller
from tests.listings.photos.storage import due_now, files_shown, uploaded
from tests.marketplace import object_server
from tests.marketplace.checkouts import wait_until
from tests.marketplace.object_server import REGION, ObjectServer
from tests.marketplace.test_health import free_port
from tests.marketplace.test_worker import celery
from tests.pictures import encoded, noise, picture

pytestmark = pytest.mark.django_db(transaction=True)
MEDIA_URL = "https://photos.example.com/"
WORKER = ("-A", "marketplace.celery", "worker", "--concurrency", "1", "--without-gossip")


@pytest.fixture(scope="module")
def process() -> Iterator[ObjectServer]:
    with object_server.running() as server:
        yield server


@pytest.fixture
def server(
    process: ObjectServer, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> ObjectServer:
    """A server with two empty buckets, which this process keeps its files in."""
    process.forget_all()
    for name in ("photos", "feeds"):
        process.make_bucket(name)
    for name, value in process.variables.items():
        monkeypatch.setenv(name, value)
    keep_in(process.url, settings, monkeypatch)
    settings.MEDIA_ROOT = tmp_path / "nothing"
    return process


def keep_in(url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The field took its storage from the settings when it was defined."""
    at = {"endpoint_url": url, "region_name": REGION}
    settings.MEDIA_URL = MEDIA_URL
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "marketplace.object_storage.PhotoBucket",
            "OPTIONS": {"bucket_name": "photos", **at},
        },
        "feeds": {
            "BACKEND": "marketplace.object_storage.Bucket",
            "OPTIONS": {"bucket_name": "feeds", **at},
        },
    }
    monkeypatch.setattr(FeedRun._meta.get_field("file"), "storage", storages["feeds"])


def send_stock() -> FeedRun:
    make.model()
    feed = make.feed(make.branch())
    answer = Client().post(
        f"/api/v1/feeds/{feed.pk}/runs/",
        as_csv([car(1)]),
        content_type="text/csv",
        headers={"Authorization": f"Bearer {make.key(feed.dealer, 'feeds:write')}"},
    )
    assert answer.status_code == 202, answer.content
    return FeedRun.objects.latest("pk")


@pytest.mark.slow
@pytest.mark.usefixtures("_postgresql_is_the_broker")
def test_what_one_machine_takes_in_a_worker_of_another_goes_on_with(
    server: ObjectServer, tmp_path: Path
) -> None:
    listing = make.live()
    image = SimpleUploadedFile("car.jpg", encoded(noise((700, 500))), "image/jpeg")
    assert caller(listing.dealer).upload(f"{listing.pk}/photos/", image).status_code == 201
    run = send_stock()
    assert FeedRun.objects.get(pk=run.pk).state == FeedRun.State.RECEIVED

    other = tmp_path / "other"
    other.mkdir()
    folders = {"MEDIA_ROOT": str(other / "media"), "FEED_FILES_ROOT": str(other / "feeds")}
    with celery(*WORKER, heartbeats=other, **folders):
        wait_until(FeedRun.objects.filter(pk=run.pk, state=FeedRun.State.DONE).exists)
        wait_until(lambda: not PhotoOriginal.objects.exists())

    assert Listing.objects.filter(dealer=run.feed.dealer).count() == 1
    assert Photo.objects.get().widths == [160, 320, 700]
    assert files_shown() <= server.names_in("photos")
    assert not any((other / name).exists() for name in ("media", "feeds"))


def test_a_photo_is_uploaded_in_the_panel_made_into_sizes_and_deleted(
    server: ObjectServer, client: Client, tmp_path: Path
) -> None:
    listing = make.live()
    client.force_login(make.member(listing.dealer, Membership.Role.OWNER))
    image = SimpleUploadedFile("car.jpg", encoded(noise((700, 500))), "image/jpeg")

    answer = client.post(f"/dealer/listings/listing/{listing.pk}/photos/", {"photo": image})

    assert answer.status_code == 200
    assert server.names_in("photos") == files_shown() != set()
    photo = Photo.objects.get()
    make_sizes(photo_id=photo.pk)
    due_now()
    discard_due()
    assert server.names_in("photos") == files_shown()
    assert len(files_shown()) == 6

    (shown,) = Client().get(f"/api/v1/listings/{listing.pk}/").json()["photos"]
    for size in shown["sizes"]:
        for kind, said in (("url", "image/jpeg"), ("webp_url", "image/webp")):
            assert size[kind].startswith(f"{MEDIA_URL}photos/")
            kept = server.client.get_object(Bucket="photos", Key=size[kind].removeprefix(MEDIA_URL))
            assert (kept["ContentType"], kept["CacheControl"]) == (said, "public, max-age=86400")
            assert Image.open(io.BytesIO(kept["Body"].read())).width == size["width"]

    remove_photo(listing_id=listing.pk, photo_id=photo.pk, actor_id=None)
    due_now()
    discard_due()
    assert server.names_in("photos") == set()
    assert not (tmp_path / "nothing").exists()


def test_a_feeds_file_needs_a_signature_and_goes_when_its_days_are_over(
    server: ObjectServer, settings: Settings
) -> None:
    run = send_stock()
    process_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.created_count) == (FeedRun.State.DONE, 1)

    (name,) = server.names_in("feeds")
    assert name == run.file.name
    assert httpx.get(f"{server.url}/feeds/{name}").status_code == 403
    signed = run.file.url
    assert httpx.get(signed).content == as_csv([car(1)])
    asked = parse_qs(urlsplit(signed).query)
    assert asked["X-Amz-Expires"] == ["300"]
    assert "of-no-use" not in signed

    settings.FEED_FILES_KEPT_DAYS = 30
    FeedRun.objects.update(finished_at=timezone.now() - timedelta(days=31))
    assert prune_files() == 1
    assert server.names_in("feeds") == set()


def test_the_same_file_sent_twice_is_two_files(server: ObjectServer) -> None:
    bucket = storages["feeds"]
    first = bucket.save("2026/01/02/7-abc", ContentFile(b"one"))
    second = bucket.save("2026/01/02/7-abc", ContentFile(b"one"))
    assert first != second
    bucket.delete(first)
    with bucket.open(second) as file:
        assert file.read() == b"one"
    with pytest.raises(FileNotFoundError):
        bucket.open(first)


def test_a_large_file_is_a_real_one_and_never_whole_in_memory(server: ObjectServer) -> None:
    content = b"0123456789abcdef" * (1024 * 1024)  # of two parts
    bucket = storages["feeds"]
    name = bucket.save("large", ContentFile(content))
    with bucket.open(name) as file:
        assert file.fileno() > 0
        assert file.read() == content
    (head,) = server.client.list_objects_v2(Bucket="feeds")["Contents"]
    assert head["ETag"].endswith('-2"')


@pytest.mark.parametrize("how", ["no_server", "no_bucket"])
def test_nothing_is_lost_while_the_bucket_is_away(
    how: str,
    server: ObjectServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listing = make.live()
    photo, run = uploaded(encoded(noise((700, 500)))), send_stock()
    if how == "no_server":
        keep_in(f"http://127.0.0.1:{free_port()}", settings, monkeypatch)
    else:
        server.forget_all()

    image = SimpleUploadedFile("car.jpg", picture(), "image/jpeg")
    answer = caller(listing.dealer).upload(f"{listing.pk}/photos/", image)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_away")
    assert answer["Retry-After"] == "60"
    assert Photo.objects.count() == 1
    feed = run.feed
    key = make.key(feed.dealer, "feeds:write")
    answer = Client().post(
        f"/api/v1/feeds/{feed.pk}/runs/",
        as_csv([car(2)]),
        content_type="text/csv",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_away")
    assert FeedRun.objects.count() == 1
    for _ in range(7):
        PhotoOriginal.objects.update(next_attempt_at=timezone.now())
        with pytest.raises(StorageAway):
            make_sizes(photo_id=photo.pk)
    assert PhotoOriginal.objects.get().attempts == 0


def test_a_run_waits_for_its_file_however_long_the_bucket_is_away(
    server: ObjectServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = send_stock()
    keep_in(f"http://127.0.0.1:{free_port()}", settings, monkeypatch)
    for _ in range(7):
        with pytest.raises(StorageAway):
            process_run(run.pk)

    keep_in(server.url, settings, monkeypatch)
    process_run(run.pk)

    run.refresh_from_db()
    assert (run.state, run.created_count) == (FeedRun.State.DONE, 1)


def test_the_doctor_writes_to_both_buckets(server: ObjectServer) -> None:
    assert "The place for photographs takes files." in doctor()
    assert "The place for feed files takes files." in doctor()
    assert server.names_in("photos") | server.names_in("feeds") == set()

    server.forget_all()

    assert "The place for photographs takes no file: StorageAway" in doctor()


def doctor() -> str:
    page = io.StringIO()
    try:
        call_command("doctor", stdout=page)
    except CommandError:
        return page.getvalue()
    return page.getvalue()

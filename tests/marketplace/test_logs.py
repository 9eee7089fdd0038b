"""What real web, worker and beat processes write: JSON in every line, a secret in none."""

import http.client
import json
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from listings.models import PhotoOriginal
from marketplace.celery import app
from tests import make
from tests.marketplace.checkouts import ROOT, end, run, start, wait_until
from tests.marketplace.jobs import fail_with
from tests.marketplace.test_health import DJANGO, free_port
from tests.marketplace.test_image import image_command
from tests.marketplace.test_settings import SAFE
from tests.marketplace.test_worker import WORKER, celery, database_url, queued_tasks, send
from tests.pictures import picture

pytestmark = pytest.mark.timeout(400)

TOKEN = "s3cret-t0ken:1abc"
PASSWORD = "Pa55w0rd-of-the-database"
MAIL = "jo.bloggs@example.net"
PRODUCTION = {
    **SAFE,
    "DEBUG": "false",
    "SECURE_SSL_REDIRECT": "false",
    "DATABASE_POOL_TIMEOUT": "0.5",
    "TRUSTED_PROXIES": "1",
}


def parsed(text: str) -> list[dict[str, Any]]:
    """Return the lines, every one of which is a JSON object with the fields that all have."""
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        assert {"event", "level", "timestamp"} <= line.keys(), line
    return lines


def ask(port: int, path: str, method: str = "GET", **options: Any) -> tuple[int, str]:
    """Return the status and the request id of an answer; status 0 where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Host": "cars.example.com", **options.pop("headers", {})}
    try:
        connection.request(method, path, headers=headers, **options)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("X-Request-ID", "")
    except OSError:
        return 0, ""
    finally:
        connection.close()


@pytest.mark.slow
def test_a_web_process_writes_json_without_secrets(tmp_path: Path) -> None:
    port = free_port()
    away = f"postgresql://marketplace:{PASSWORD}@127.0.0.1:{free_port()}/cars"
    variables = {**PRODUCTION, "DATABASE_URL": away}
    web = start(ROOT, *image_command(port), **variables)
    paths = [f"/renew/{TOKEN}/", f"/join/{TOKEN}/", f"/password/reset/MQ/{TOKEN}/"]
    try:
        wait_until(lambda: ask(port, "/healthz")[0] == 200, seconds=180)
        statuses, away_ids = {}, {}
        for path in paths:
            statuses[path], away_ids[path] = ask(port, f"{path}?email={MAIL}")
        given = {"X-Request-ID": "of-the-proxy-0123"}
        assert ask(port, f"/nothing/{MAIL}", headers=given) == (404, "of-the-proxy-0123")
        odd = {"X-Request-ID": 'x"}{"event":"forged"'}
        odd_id = ask(port, "/cars/7/a-car/", headers=odd)[1]
        assert len(odd_id) == 32
    finally:
        web.send_signal(signal.SIGTERM)
        output, _ = web.communicate(timeout=60)

    lines = parsed(output)
    assert min(statuses.values()) >= 500
    for secret in (TOKEN, PASSWORD, MAIL, "jo.bloggs"):
        assert secret not in output
    assert {"_granian"} <= {line.get("logger") for line in lines}
    for path, request_id in away_ids.items():
        (error,) = [
            line
            for line in lines
            if line["level"] == "error"
            and line.get("request_id") == request_id
            and line["logger"] == "django.request"
        ]
        shown = path.partition("/MQ/")[0] if "/MQ/" in path else path.partition(TOKEN)[0][:-1]
        assert (error["method"], error["status"]) == ("GET", statuses[path])
        assert error["path"] == f"{shown}/…"
    ended = {line["request_id"]: line for line in lines if line["event"] == "request_finished"}
    assert ended["of-the-proxy-0123"]["status"] == 404
    assert ended["of-the-proxy-0123"]["path"] == "/nothing/…@…"
    assert ended[odd_id]["route"] == "advert"
    assert not [line for line in lines if line["event"] == "forged"]
    assert not [line for line in lines if line.get("path") == "/healthz"]


@pytest.fixture
def media(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have the workers that this test starts run as in production; return where photos go."""
    folder = tmp_path / "media"
    for name, value in {**PRODUCTION, "MEDIA_ROOT": str(folder)}.items():
        if name != "DATABASE_URL":
            monkeypatch.setenv(name, value)
    return folder


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_id_of_a_request_travels_into_the_tasks_it_queues(media: Path, tmp_path: Path) -> None:
    port, listing = free_port(), make.live()
    variables = {**PRODUCTION, "DATABASE_URL": database_url(), "MEDIA_ROOT": str(media)}
    web = start(ROOT, *image_command(port), **variables)
    quiet = ("--quiet", "-A", "marketplace.celery", *WORKER[2:])
    try:
        wait_until(lambda: ask(port, "/readyz")[0] == 200, seconds=180)
        with celery(*quiet, heartbeats=tmp_path) as worker:
            answer = httpx.post(
                f"http://127.0.0.1:{port}/api/v1/stock/{listing.pk}/photos/",
                headers={
                    "Host": "cars.example.com",
                    "Authorization": f"Bearer {make.key(listing.dealer)}",
                    "X-Request-ID": "of-the-proxy-0456",
                },
                files={"image": ("car.jpg", picture())},
                timeout=60,
            )
            assert answer.status_code == 201, answer.text
            wait_until(lambda: not PhotoOriginal.objects.exists())
            wait_until(lambda: not queued_tasks())
            worker.send_signal(signal.SIGTERM)
            worker.wait(timeout=60)
    finally:
        end(web)

    (done,) = [
        line
        for line in parsed((tmp_path / "celery.log").read_text())
        if line.get("request_id") == "of-the-proxy-0456" and "succeeded" in line["event"]
    ]
    assert done["task"] == "listings.photos.tasks.make_photo_sizes"
    assert done["task_id"] in done["event"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_writes_json_without_secrets(media: Path, tmp_path: Path) -> None:
    secrets = f"/join/{TOKEN}/ for {MAIL} by redis://:{PASSWORD}@valkey (vrm='A1 ABC')"
    with celery("--quiet", *WORKER, heartbeats=tmp_path) as worker:
        with structlog.contextvars.bound_contextvars(request_id="of-this-test"):
            send(fail_with, secrets)
        wait_until(lambda: "raised unexpected" in (tmp_path / "celery.log").read_text())
        wait_until(lambda: not queued_tasks())
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=60)

    output = (tmp_path / "celery.log").read_text()
    lines = parsed(output)
    for secret in (TOKEN, PASSWORD, MAIL, "A1 ABC"):
        assert secret not in output
    told = {line["event"]: line for line in lines if line.get("request_id") == "of-this-test"}
    assert told["trying"]["vrm"] == "…"
    assert told["trying"]["task"] == fail_with.name
    assert "Trying /join/… for …@… by redis://…@valkey (vrm=…)" in told
    (failed,) = [line for line in lines if "raised unexpected" in line["event"]]
    assert failed["level"] == "error"
    assert failed["exception"].endswith("by redis://…@valkey (vrm=…)")
    assert any("Warm shutdown" in line["event"] for line in lines)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_beat_writes_json(media: Path, tmp_path: Path) -> None:
    schedule = ("--quiet", "-A", "marketplace.celery", "beat", "--pidfile=")
    with celery(*schedule, heartbeats=tmp_path) as beat:
        wait_until(lambda: queued_tasks() == set(app.conf.beat_schedule))
        beat.send_signal(signal.SIGTERM)
        beat.wait(timeout=60)

    lines = parsed((tmp_path / "celery.log").read_text())
    assert any("Sending due task" in line["event"] for line in lines)


@pytest.mark.slow
def test_a_command_that_fails_says_so_in_json(media: Path) -> None:
    away = f"postgresql://marketplace:{PASSWORD}@127.0.0.1:{free_port()}/cars"
    done, output = run(
        ROOT, "django", "sweep_expired", **{**PRODUCTION, "DATABASE_URL": away}, **DJANGO
    )

    assert done != 0
    assert PASSWORD not in output
    (line,) = [each for each in parsed(output) if each["event"] == "unhandled_exception"]
    assert "OperationalError" in line["exception"]

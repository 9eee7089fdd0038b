"""RabbitMQ keeps tasks in quorum queues: no worker's end and no restart of it loses one."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from amqp.exceptions import PreconditionFailed
from kombu import Connection, Exchange, Queue

from listings.models import Make
from marketplace.queues import FORMER_DEFAULT_QUEUE, QUEUES, declared_queues, messages_in
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_worker import WORKER, celery, database_url
from tests.production.installation import Volumes, ordinary_account
from tests.production.processes import Supervisor
from tests.production.servers import start_rabbitmq

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("rabbitmq-server") is None, reason="there is no RabbitMQ"),
    pytest.mark.slow,
]
TASKS = "from tests.marketplace.jobs import add_make, add_make_slowly_at_first"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Supervisor, str]]:
    """A server that is started again when it ends, and its address."""
    folder = Path(tempfile.mkdtemp(prefix="rabbitmq-"))
    folder.chmod(0o755)
    try:
        with Supervisor() as supervisor:
            port = start_rabbitmq(supervisor, Volumes(folder, ordinary_account()))
            yield supervisor, f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def url(server: tuple[Supervisor, str]) -> str:
    """The address of a server without queues."""
    _, address = server
    with Connection(address) as broker:
        for name in (*QUEUES, FORMER_DEFAULT_QUEUE):
            classic(name)(broker.channel()).delete()
    return address


def send(url: str, statement: str) -> None:
    """Send as a process of the marketplace does, past the outbox, which would send again."""
    variables = {"DATABASE_URL": database_url(), "CELERY_BROKER_URL": url}
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", f"{TASKS}; {statement}"],
        cwd=ROOT,
        env={**os.environ, **variables},
        check=True,
    )


def classic(name: str) -> Queue:
    return Queue(name, Exchange(name), routing_key=name)


def is_there(slug: str) -> bool:
    return Make.objects.filter(slug=slug).exists()


def test_quorum_queues_take_the_place_of_an_earlier_versions(url: str, tmp_path: Path) -> None:
    with Connection(url) as broker:
        for name in ("feeds", "photos", FORMER_DEFAULT_QUEUE):
            classic(name)(broker.channel()).declare()
    send(url, f"add_make.apply_async(('alvis',), queue='{FORMER_DEFAULT_QUEUE}')")

    with celery(*WORKER, heartbeats=tmp_path, CELERY_BROKER_URL=url):
        wait_until(lambda: is_there("alvis"))  # what the earlier version sent
        send(url, f"[add_make.apply_async((name,), queue=name) for name in {QUEUES}]")
        wait_until(lambda: all(map(is_there, QUEUES)))

    with Connection(url) as broker:
        for queue in declared_queues(url):
            queue(broker.channel()).declare()  # as they are: RabbitMQ would refuse anything else
        for name in QUEUES:
            with pytest.raises(PreconditionFailed):
                classic(name)(broker.channel()).declare()


def test_a_killed_server_and_a_killed_worker_lose_no_task(
    url: str, server: tuple[Supervisor, str], tmp_path: Path
) -> None:
    supervisor, _ = server
    assert waiting(url) == {}
    send(url, "add_make_slowly_at_first.delay('alvis')")
    assert waiting(url) == {"default": 1}

    supervisor.kill("rabbitmq")

    wait_until(lambda: waiting(url) == {"default": 1})
    with celery(*WORKER, heartbeats=tmp_path, CELERY_BROKER_URL=url) as worker:
        wait_until(lambda: is_there("alvis"))
        os.killpg(worker.pid, signal.SIGKILL)
    with celery(*WORKER, heartbeats=tmp_path, CELERY_BROKER_URL=url):
        wait_until(lambda: is_there("alvis-again"))
        wait_until(lambda: waiting(url) == dict.fromkeys(QUEUES, 0))


def waiting(url: str) -> dict[str, int] | None:
    """Return the messages that wait by queue, or None where the server cannot be asked."""
    with contextlib.suppress(OSError), Connection(url) as broker:
        counts = {name: messages_in(broker, name) for name in QUEUES}
        return {name: count for name, count in counts.items() if count is not None}
    return None

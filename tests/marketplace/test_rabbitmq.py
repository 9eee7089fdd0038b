"""RabbitMQ keeps tasks in quorum queues: no worker's end and no restart of it loses one."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
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
SENDER = """
import sys, django
django.setup()
from marketplace.celery import app
from tests.marketplace import jobs
for line in sys.stdin:
    task, name, queue = line.strip().split(",")
    with app.connection_for_write() as own:
        getattr(jobs, task).apply_async((name,), queue=queue or None, connection=own)
    print(name, flush=True)
"""


@dataclass(frozen=True)
class RabbitServer:
    """A server that is started again when it ends."""

    supervisor: Supervisor
    folder: Path
    url: str

    def quorum_queues(self) -> dict[str, bool]:
        """Return the queues on disk by RabbitMQ's own ids, and whether it has written each down.

        It does so up to a second after it has confirmed a new queue, and what was sent to one that
        it does not find again is lost: https://github.com/rabbitmq/ra/pull/443.
        """
        (names,) = self.folder.glob("rabbitmq/mnesia/*/quorum/*/names.dets")
        found = [each.name for each in names.parent.iterdir() if each.is_dir()]
        written = names.read_bytes()
        return {each: each.encode() in written for each in found}


@pytest.fixture(scope="module")
def server() -> Iterator[RabbitServer]:
    folder = Path(tempfile.mkdtemp(prefix="rabbitmq-"))
    folder.chmod(0o755)
    try:
        with Supervisor() as supervisor:
            port = start_rabbitmq(supervisor, Volumes(folder, ordinary_account()))
            yield RabbitServer(supervisor, folder, f"amqp://guest:guest@127.0.0.1:{port}//")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def url(server: RabbitServer) -> str:
    """The address of a server without queues."""
    with Connection(server.url) as broker:
        for name in (*QUEUES, FORMER_DEFAULT_QUEUE):
            classic(name)(broker.channel()).delete()
    wait_until(lambda: server.quorum_queues() == {})
    return server.url


class Sender:
    """A process of the marketplace that sends past the outbox, which would send again."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def send(self, task: str, name: str, queue: str = "") -> None:
        """Send a task of tests.marketplace.jobs, to its own queue unless one is named."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{task},{name},{queue}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == f"{name}\n"


@pytest.fixture(scope="module")
def sender(server: RabbitServer, django_db_setup: None) -> Iterator[Sender]:
    variables = {"DATABASE_URL": database_url(), "CELERY_BROKER_URL": server.url}
    with subprocess.Popen(
        [sys.executable, "-c", SENDER],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Sender(process)


def classic(name: str) -> Queue:
    return Queue(name, Exchange(name), routing_key=name)


def is_there(slug: str) -> bool:
    return Make.objects.filter(slug=slug).exists()


def test_quorum_queues_take_the_place_of_an_earlier_versions(
    url: str, sender: Sender, tmp_path: Path
) -> None:
    with Connection(url) as broker:
        for name in ("feeds", "photos", FORMER_DEFAULT_QUEUE):
            classic(name)(broker.channel()).declare()
    sender.send("add_make", "alvis", queue=FORMER_DEFAULT_QUEUE)

    with celery(*WORKER, heartbeats=tmp_path, CELERY_BROKER_URL=url):
        wait_until(lambda: is_there("alvis"))  # what the earlier version sent
        for name in QUEUES:
            sender.send("add_make", name, queue=name)
        wait_until(lambda: all(map(is_there, QUEUES)))

    with Connection(url) as broker:
        for queue in declared_queues(url):
            queue(broker.channel()).declare()  # as they are: RabbitMQ would refuse anything else
        for name in QUEUES:
            with pytest.raises(PreconditionFailed):
                classic(name)(broker.channel()).declare()


def test_a_killed_server_and_a_killed_worker_lose_no_task(
    url: str, server: RabbitServer, sender: Sender, tmp_path: Path
) -> None:
    assert waiting(url) == {}
    with Connection(url) as broker:
        for queue in declared_queues(url):
            queue(broker.channel()).declare()
    wait_until(lambda: list(server.quorum_queues().values()) == [True] * len(QUEUES))
    sender.send("add_make_slowly_at_first", "alvis")
    empty = dict.fromkeys(QUEUES, 0)
    assert waiting(url) == {**empty, "default": 1}

    server.supervisor.kill("rabbitmq")

    wait_until(lambda: waiting(url) == {**empty, "default": 1})
    with celery(*WORKER, heartbeats=tmp_path, CELERY_BROKER_URL=url) as worker:
        wait_until(lambda: is_there("alvis"))
        os.killpg(worker.pid, signal.SIGKILL)
    with celery(*WORKER, heartbeats=tmp_path, CELERY_BROKER_URL=url):
        wait_until(lambda: is_there("alvis-again"))
        wait_until(lambda: waiting(url) == empty)


def waiting(url: str) -> dict[str, int] | None:
    """Return the messages that wait by queue, or None where the server cannot be asked."""
    with contextlib.suppress(OSError), Connection(url) as broker:
        counts = {name: messages_in(broker, name) for name in QUEUES}
        return {name: count for name, count in counts.items() if count is not None}
    return None

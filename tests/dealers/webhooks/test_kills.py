"""The process that sends, killed while a message is on its way: all of it arrives, in order."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal

import pytest
from django.utils import timezone

from dealers.models import WebhookDelivery, WebhookEndpoint
from dealers.permissions import SYSTEM
from dealers.webhooks.endpoints import add_endpoint
from dealers.webhooks.queue import Event, queue
from tests import make
from tests.dealers.webhooks.receiver import Answer, Received, Receiver
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_worker import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MESSAGES = 6


@contextmanager
def sending(folder: Path, receiver: Receiver) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "HEARTBEAT_FOLDER": str(folder),
        "FETCH_ALLOWED_HOSTS": receiver.host,
    }
    with (
        (folder / "sender.log").open("a") as log,
        subprocess.Popen(
            [sys.executable, "manage.py", "send_webhooks", "--threads", "2"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def test_a_killed_process_loses_nothing_and_keeps_the_order(
    tmp_path: Path, receiver: Receiver
) -> None:
    endpoint = add_endpoint(
        dealer_id=make.dealer().pk,
        actor=SYSTEM,
        url=receiver.url(),
        events=["listing.updated"],
    ).endpoint
    goes_on = Signal()

    def reply(got: Received) -> Answer:
        if got.content["data"]["turn"] == 3:
            goes_on.wait(60)
        return Answer(204)

    receiver.answer = reply
    queue(
        Event(endpoint.dealer_id, "listing.updated", "listing:1", {"turn": turn})
        for turn in range(1, MESSAGES + 1)
    )
    with sending(tmp_path, receiver) as process:
        wait_until(lambda: len(receiver.received) >= 3)
        process.send_signal(signal.SIGKILL)
        process.wait()
    goes_on.set()
    assert WebhookEndpoint.objects.get().claim is not None
    with sending(tmp_path, receiver) as process:
        past = timezone.now() - timedelta(seconds=1)
        WebhookEndpoint.objects.update(claimed_until=past)  # as after 90 seconds
        wait_until(lambda: not WebhookDelivery.objects.filter(state="waiting").exists())
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    turns = [each.content["data"]["turn"] for each in receiver.received]
    first = [turn for place, turn in enumerate(turns) if turn not in turns[:place]]
    assert first == list(range(1, MESSAGES + 1))
    assert turns[-1] == MESSAGES
    ids = {each.content["data"]["turn"]: each.id for each in receiver.received}
    assert all(ids[each.content["data"]["turn"]] == each.id for each in receiver.received)

"""A server that hangs: the machine takes what it is sent, and no process of it ever answers."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.marketplace.databases.standby.servers import Cluster


@contextmanager
def hung(server: Cluster) -> Iterator[None]:
    """Stop every process of a server, its sessions too; the kernel still accepts connections."""
    assert server.process is not None
    postmaster = server.process.pid
    os.kill(postmaster, signal.SIGSTOP)  # first, so that it makes no more of them
    stopped = [postmaster, *_children(postmaster)]
    for pid in stopped[1:]:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(stopped):  # it reaps none of them before
            os.kill(pid, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in text.split()]

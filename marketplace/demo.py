"""`python -m marketplace.demo`: the whole marketplace on a laptop, from nothing to its addresses.

PostgreSQL, web, worker, beat, follow_changes and send_webhooks run as children of this process.
Whichever way it ends, they end: SIGINT, SIGTERM and SIGHUP stop them in order, a child that dies
takes the rest down, and Linux ends them itself should this process be killed.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from marketplace import heartbeat
from marketplace.embedded.cluster import joined
from marketplace.embedded.environment import development_variables
from marketplace.embedded.paths import CHECKOUT, LOCAL, EmbeddedError
from marketplace.embedded.server import die_with_parent

HOST = "127.0.0.1"
READY_SECONDS = 90
BEATING = ("worker", "beat", "follow_changes", "send_webhooks")
STOP_SECONDS = 15
POLL_SECONDS = 0.2
LAST_LINES = 20
HANDOUT = LOCAL / "demo.json"  # for scripts: addresses, sign-ins, keys and a feed


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


class Stopped(BaseException):
    """Somebody asked the demo to stop."""


@dataclass
class Children:
    """The processes of the demo, each in a group of its own, with a log of its own."""

    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        with (LOCAL / "log" / f"{name}.log").open("w") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *command],
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has one thread
            )

    def check(self) -> None:
        """Raise DemoError, with the last lines of its log, when a child has died."""
        for name, child in self.running.items():
            if child.poll() is not None:
                log = LOCAL / "log" / f"{name}.log"
                lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
                message = f"{name} ended with {child.returncode}. The end of {log}:\n"
                raise DemoError(message + "\n".join(lines))

    def stop(self) -> None:
        """End every child, in the reverse order of starting; at worst by SIGKILL to its group."""
        for child in reversed(self.running.values()):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.running.values():
            try:
                child.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{child.args!r} does not end: killing it.")
            _end_group(child.pid)
            child.wait()


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with _only_demo_here(), _free_port() as port, _environment(port) as environment:
            _prepare(environment)
            _serve(environment, port)
    except (DemoError, EmbeddedError, PermissionError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Stopped:
        say("Stopped.")
    return 0


def say(line: str) -> None:
    """Print a line; a terminal that has gone must not keep the demo from stopping."""
    with suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """Leave once; further signals (Ctrl-C pressed twice) must not interrupt the stopping."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


@contextmanager
def _only_demo_here() -> Iterator[None]:
    (LOCAL / "lock").mkdir(parents=True, exist_ok=True)
    with (LOCAL / "lock" / "demo").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = "The demo of this checkout is running already."
            raise DemoError(message) from None
        yield


@contextmanager
def _free_port() -> Iterator[int]:
    """Yield PORT, having found it free before anything is started."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        message = f"PORT must be a number from 1 to 65535, not {given!r}."
        raise DemoError(message)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(given)))
        except OSError as error:
            message = f"Port {given} cannot be used ({error.strerror}): try `make demo PORT=8001`."
            raise DemoError(message) from None
    yield int(given)


@contextmanager
def _environment(port: int) -> Iterator[dict[str, str]]:
    """Yield the children's environment, with a database that lives at least as long as they."""
    if "DATABASE_URL" in os.environ and not os.environ.get("DEMO_PASSWORD"):
        message = (
            "DATABASE_URL is set: the demo would put people with a public password into that "
            "database. Unset it, or set DEMO_PASSWORD."
        )
        raise DemoError(message)
    environment = {
        **development_variables(),
        "PUBLIC_URL": f"http://{HOST}:{port}",
        # Its password is public as it is; who brings a database and a password keeps the default.
        **({} if "DATABASE_URL" in os.environ else {"STAFF_SECOND_FACTOR_REQUIRED": "false"}),
        **os.environ,
        "PYTHONUNBUFFERED": "1",
    }
    os.environ["HEARTBEAT_FOLDER"] = environment["HEARTBEAT_FOLDER"]
    if "DATABASE_URL" in environment:
        yield environment
        return
    say("Starting PostgreSQL")
    with joined("demo") as use:
        yield {**environment, "DATABASE_URL": use.database_url}


def _prepare(environment: dict[str, str]) -> None:
    listings = os.environ.get("DEMO_LISTINGS") or "2000"
    _manage(environment, "Migrating", "migrate", "--verbosity", "1")
    loading = ("load_demo", "--listings", listings, "--handout", str(HANDOUT))
    _manage(environment, "Loading the demo", *loading)


def _manage(environment: dict[str, str], what: str, *arguments: str) -> None:
    say(what)
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has one thread
    )
    try:
        if child.wait() != 0:
            message = f"{what} failed."
            raise DemoError(message)
    finally:
        child.terminate()
        child.wait()


def _serve(environment: dict[str, str], port: int) -> None:
    for name in heartbeat.NAMES:
        heartbeat.clear(name)
    celery = ("celery", "-A", "marketplace.celery")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    children = Children(environment)
    try:
        say("Starting web, worker, beat, follow_changes and send_webhooks")
        web = ("granian", "--interface", "wsgi", "--host", HOST, "--port", str(port))
        stopping = ("--workers-kill-timeout", "5")  # a worker still starting hears no signal
        lasting = ("--respawn-failed-workers", "--respawn-interval", "10")
        options = ("--workers", "2", *stopping, *lasting)
        children.start("web", *web, *options, "marketplace.wsgi:application")
        children.start("worker", *celery, "worker", "--concurrency", "2", *quiet)
        children.start("follow_changes", "manage", "follow_changes")
        children.start("send_webhooks", "manage", "send_webhooks", "--threads", "8")
        children.start("beat", *celery, "beat", "--pidfile=")
        _wait_until_ready(children, port)
        _announce(port)
        while True:
            children.check()
            time.sleep(POLL_SECONDS)
    finally:
        say("Stopping")
        children.stop()


def _wait_until_ready(children: Children, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not (_answers(port) and all(map(heartbeat.is_fresh, BEATING))):
        children.check()
        if time.monotonic() > deadline:
            message = f"Not ready after {READY_SECONDS} seconds: see {LOCAL / 'log'}."
            raise DemoError(message)
        time.sleep(POLL_SECONDS)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce(port: int) -> None:
    address = f"http://{HOST}:{port}"
    given = bool(os.environ.get("DEMO_PASSWORD"))
    password = "the DEMO_PASSWORD of the first run" if given else "demo"
    handout = json.loads(HANDOUT.read_text())
    key, sandbox_key = handout["api_key"], handout["sandbox"]["api_key"]
    say(f"""
The marketplace is up. Ctrl-C stops it.

  Cars   {address}/cars/
  Block  {address}/demo/article/
  API    {address}/api/v1/listings/?make=land-rover&ordering=price
  Docs   {address}/api/docs/
  Admin  {address}/admin/   admin@example.com / {password}
  Panel  {address}/dealer/  dealer@example.com / {password}
  Key    {key}
         curl -H 'Authorization: Bearer {key}' '{address}/api/v1/stock/?page_size=3'
  Sandbox, a dealer that no buyer sees, for the quick starts of docs/api.md:
         export MARKETPLACE_URL={address} MARKETPLACE_KEY={sandbox_key}
  Alerts buyer@example.com is told of Land Rovers: change a price in the panel, read worker.log
  Files  {HANDOUT} has all of this, for scripts
  Logs   {LOCAL / "log"}, mails in worker.log
""")


def _end_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.exit(main())

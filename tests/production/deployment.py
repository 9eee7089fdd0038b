"""The whole service, started as docker-compose.yml and docs/operations.md say."""

import os
import re
import secrets
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.dealers.mail_server import MailServer
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_health import free_port
from tests.production.composition import Composition
from tests.production.installation import Runtime
from tests.production.processes import Process, Supervisor
from tests.production.servers import (
    Postgres,
    start_pgbouncer,
    start_postgres,
    start_rabbitmq,
    start_valkey,
)
from tests.production.visitor import PUBLIC_HOST, PUBLIC_URL, Visitor

READY_SECONDS = 180
COMMAND_SECONDS = 420
BROKERS = {"redis": "valkey", "rabbitmq": "rabbitmq", "pgbouncer": "postgres"}


@dataclass
class Deployment:
    """The running service, and all that a test does to it."""

    runtime: Runtime
    supervisor: Supervisor
    composition: Composition
    postgres: Postgres
    mails: MailServer
    places: Mapping[str, str]
    broker: str
    port: int
    changes: Mapping[str, str] = field(default_factory=dict)
    proxy: int = 0  # the port of pgbouncer, where that is between
    mark: str = ""  # behind the names of a second version's containers

    @property
    def kept(self) -> list[str]:
        return self.composition.kept()

    def environment(self, name: str) -> dict[str, str]:
        """Return what compose gives a service, with this machine's addresses."""
        given = self.composition.container(name).environment
        here = {key: self._placed(value) for key, value in given.items()} | dict(self.changes)
        # Containers have host names of their own, by which RabbitMQ tells their workers apart.
        here["CELERY_WORKER_HOSTNAME"] = f"{name}{self.mark}@localhost"
        if self.proxy and name != "migrate":
            direct = here["DATABASE_URL"]
            pooled = direct.replace(f":{self.postgres.port}/", f":{self.proxy}/")
            here |= {"DATABASE_URL": pooled, "DATABASE_DIRECT_URL": direct}
            here["DATABASE_POOLED_BY_PROXY"] = "true"
        return here

    def command(self, name: str) -> tuple[str, ...]:
        given = self.composition.container(name).command
        own = {"8000": str(self.port), "0.0.0.0": "127.0.0.1"}  # noqa: S104
        return tuple(own.get(word) or self._placed(word) for word in given)

    def start(self, name: str) -> Process:
        words, environment = self.command(name), self.environment(name)
        marked = f"{name}{self.mark}"
        how = self.runtime.execution(marked, words, environment)
        return self.supervisor.start(Process(marked, how, self.runtime.volumes.log(marked)))

    def stop(self, name: str) -> None:
        self.supervisor.stop(f"{name}{self.mark}")

    def run(self, name: str, *words: str, **variables: str) -> str:
        """Run a command as `docker compose exec` does in a service; return what it prints."""
        given = {**self.environment(name), **variables}
        how = self.runtime.execution(f"{name}{self.mark}", words, given)
        with (
            self.runtime.volumes.log("commands").open("a") as log,
            subprocess.Popen(
                how.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                **how.options(),
            ) as process,
        ):
            try:
                printed, _ = process.communicate(timeout=COMMAND_SECONDS)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        assert process.returncode == 0, self.runtime.volumes.log("commands").read_text() + printed
        return str(printed)

    def is_ready(self) -> bool:
        return self.visitor().status("/readyz") == 200

    def is_alive(self, name: str) -> bool:
        """Ask as the container's own health check does."""
        words = self.composition.container(name).healthcheck
        how = self.runtime.execution(f"{name}{self.mark}", words, self.environment(name))
        check = subprocess.run(how.command, capture_output=True, check=False, **how.options())
        return bool(check.returncode == 0)

    def wait_for(self, name: str) -> None:
        alive = self.is_ready if name == "web" else lambda: self.is_alive(name)
        try:
            wait_until(alive, seconds=READY_SECONDS)
        except AssertionError:
            process = self.supervisor.processes[f"{name}{self.mark}"]
            raise AssertionError(process.last_words()) from None

    def visitor(self, key: str = "") -> Visitor:
        return Visitor(self.port, key=key)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def wait_for_mail(self, to: str, *, after: int = 0, seconds: float = 60) -> bytes:
        """Return the first mail to somebody of those that came after so many."""
        wanted = f"To: {to}".encode()
        wait_until(
            lambda: any(wanted in mail for mail in self.mails.mails[after:]), seconds=seconds
        )
        return next(mail for mail in self.mails.mails[after:] if wanted in mail)

    def logs(self) -> str:
        files = map(self.runtime.volumes.log, (*self.kept, "commands"))
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def _placed(self, value: str) -> str:
        for there, here in self.places.items():
            value = value.replace(there, here)
        return value


def first_steps() -> list[list[str]]:
    """Return the commands of the first steps in docs/operations.md, as the words of each."""
    text = (ROOT / "docs" / "operations.md").read_text()
    section = text.split("\n## First steps\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    lines = block.replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.startswith("docker compose")]


@contextmanager
def deployed(
    runtime: Runtime, mails: MailServer, broker: str, sources: Path = ROOT
) -> Iterator[Deployment]:
    """Start everything and yield it ready; whatever was started has ended afterwards."""
    composition = Composition(_dotenv(mails.port), sources)
    password = composition.dotenv["POSTGRES_PASSWORD"]
    with Supervisor() as supervisor:
        postgres = start_postgres(supervisor, runtime.volumes, password)
        valkey = composition.container("valkey")
        port = start_valkey(supervisor, valkey, runtime.volumes)
        changes = {"CELERY_BROKER_URL": ""} if broker == "pgbouncer" else {}
        if broker == "rabbitmq":
            rabbit = start_rabbitmq(supervisor, runtime.volumes)
            changes["CELERY_BROKER_URL"] = f"amqp://guest:guest@127.0.0.1:{rabbit}//"
        here = {"postgres:5432": f"127.0.0.1:{postgres.port}", "valkey:6379": f"127.0.0.1:{port}"}
        service = Deployment(
            runtime, supervisor, composition, postgres, mails, here, broker, free_port(), changes
        )
        service.run("migrate", *service.command("migrate"))
        if broker == "pgbouncer":
            roles = composition.roles()
            service.proxy = start_pgbouncer(supervisor, postgres, roles, runtime.volumes)
        for name in service.kept:
            service.start(name)
        for name in service.kept:
            service.wait_for(name)
        yield service


def _dotenv(mail_port: int) -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": PUBLIC_HOST,
        "PUBLIC_URL": PUBLIC_URL,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "DEFAULT_FROM_EMAIL": f"desk@{PUBLIC_HOST}",
        "API_REQUESTS_PER_MINUTE": "0",  # all visitors come from one address
        "API_KEY_REQUESTS_PER_MINUTE": "0",
        "CELERY_VISIBILITY_SECONDS": "20",  # so that a lost worker's tasks come back in a test
    }

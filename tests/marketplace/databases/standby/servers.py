"""A primary of its own and streaming standbys of it, which a test may pause, kill and promote."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, connections, router

from marketplace.databases.configuration import STANDBY_PREFIX
from marketplace.databases.read_routes import StandbyRouter
from marketplace.databases.standbys import standbys
from marketplace.embedded.paths import ClusterPaths, choose_paths
from tests.listings.changes.connections import conninfo
from tests.marketplace.checkouts import wait_until
from tests.marketplace.test_health import free_port

USER = "marketplace"
STANDBY = f"{STANDBY_PREFIX}1"
OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "wal_level=replica",
    "max_wal_senders=8",
    "hot_standby_feedback=on",
    "wal_keep_size=64MB",
    "shared_buffers=32MB",
    "log_min_messages=fatal",
)


@dataclass
class Cluster:
    """One server over TCP, and the database in it that is a copy of the test's."""

    paths: ClusterPaths
    data: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/marketplace"

    @property
    def server_url(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        command = [self.paths.program("postgres"), "-D", str(self.data), "-p", str(self.port)]
        for option in OPTIONS:
            command += ["-c", option]
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            command, **self.paths.account.arguments()
        )
        wait_until(self.answers)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.server_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """End it as a machine that loses its power does."""
        if self.process is not None:
            self.run("pg_ctl", "stop", "-D", str(self.data), "-m", "immediate", "-w")
            self.process.wait(30)
            self.process = None

    def run(self, program: str, *arguments: str, stdin: bytes | None = None) -> bytes:
        done = subprocess.run(  # type: ignore[call-overload]
            [self.paths.program(program), *arguments],
            check=True,
            input=stdin,
            capture_output=True,
            **self.paths.account.arguments(),
        )
        out: bytes = done.stdout
        return out

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.url, autocommit=True)

    def ask(self, statement: str) -> object:
        """Return the first column of the first row."""
        with self.connect() as session:
            cursor = session.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
        return row and row[0]


@contextmanager
def primary_server() -> Iterator[Cluster]:
    """Run a new server with a copy of what the test's database was migrated to."""
    with _folder() as (paths, data):
        cluster = Cluster(paths, data)
        cluster.run("initdb", "-D", str(data), "-U", USER, "--no-sync", "--auth=trust", *_LOCALE)
        cluster.start()
        try:
            with psycopg.connect(cluster.server_url, autocommit=True) as session:
                session.execute("CREATE DATABASE marketplace")
            dump = cluster.run("pg_dump", "--no-owner", conninfo())
            cluster.run("psql", "-q", "-v", "ON_ERROR_STOP=1", cluster.url, stdin=dump)
            yield cluster
        finally:
            cluster.kill()


@contextmanager
def standby_server(primary: Cluster) -> Iterator[Cluster]:
    """Run a standby that streams from a primary."""
    with _folder() as (paths, data):
        standby = Cluster(paths, data)
        source = f"host=127.0.0.1 port={primary.port} user={USER}"
        standby.run("pg_basebackup", "-D", str(data), "-d", source, *_BACKUP)
        standby.start()
        try:
            yield standby
        finally:
            standby.kill()


_BACKUP = ("-R", "-X", "stream", "-c", "fast", "--no-sync")
_LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")


@contextmanager
def connected_to(primary: Cluster, standby: Cluster) -> Iterator[None]:
    """Point this process at the two servers, as the settings do."""
    given = connection.settings_dict
    before = {name: given[name] for name in ("HOST", "PORT", "NAME", "USER")}
    place = {"HOST": "127.0.0.1", "PORT": str(primary.port), "NAME": "marketplace", "USER": USER}
    disconnect()
    given.update(place)
    databases = settings.DATABASES
    options = {**given["OPTIONS"], "pool": {**given["OPTIONS"]["pool"], "timeout": 1.0}}
    databases[STANDBY] = {**given, "PORT": str(standby.port), "OPTIONS": options}
    standbys.cache_clear()
    router.__dict__["routers"] = [StandbyRouter()]
    try:
        yield
    finally:
        standbys()[STANDBY].stop()
        disconnect()
        del databases[STANDBY], router.__dict__["routers"]
        given.update(before)
        standbys.cache_clear()


def disconnect() -> None:
    for each in connections.all(initialized_only=True):
        each.close()
        each.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has it


@contextmanager
def _folder() -> Iterator[tuple[ClusterPaths, Path]]:
    paths = choose_paths("test")
    data = Path(tempfile.mkdtemp(prefix="streaming-"))
    os.chown(data, paths.account.uid, paths.account.gid)
    try:
        yield paths, data
    finally:
        shutil.rmtree(data)

"""A PostgreSQL of a test's own at one address, which the test may stop and start as it likes."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from marketplace.embedded.paths import choose_paths
from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_health import free_port


class OwnPostgres:
    """`mode` is pg_ctl's: fast ends every session, immediate is a crash."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port = free_port()
        self.paths = choose_paths("test")
        self.url = f"postgresql://marketplace@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        os.chown(self.data.parent, self.paths.account.uid, self.paths.account.gid)
        self._run("initdb", "-U", "marketplace", "--auth=trust", "--no-sync", "--encoding=UTF8")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "start", "-w", "-s", "-l", f"{self.data}.log", "-o", options)

    def stop(self, mode: str) -> None:
        self._run("pg_ctl", "stop", "-w", "-s", "-m", mode)

    def is_up(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    def execute(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.paths.program(program), *arguments, "-D", self.data],
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
            check=True,
            **self.paths.account.arguments(),  # type: ignore[call-overload]
        )


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """Yield a running server whose database has been migrated."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    folder.chmod(0o755)
    server = OwnPostgres(folder)
    server.create()
    server.start()
    try:
        python(server.url, "manage.py", "migrate", "--verbosity", "0")
        yield server
    finally:
        if server.is_up():
            server.stop("immediate")
        wait_until(lambda: not server.is_up())
        shutil.rmtree(folder)


def python(url: str, *arguments: str) -> None:
    """Run Python in the checkout, with the database at `url`."""
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)

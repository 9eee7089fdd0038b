"""A real pgbouncer in front of the test's PostgreSQL, in its transaction mode."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from psycopg import OperationalError, connect
from psycopg.conninfo import conninfo_to_dict

from marketplace.embedded.paths import server_account
from tests.marketplace.checkouts import wait_until
from tests.marketplace.test_health import free_port

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
needs_pgbouncer = pytest.mark.skipif(
    not PROGRAM, reason="pgbouncer is not installed: make services"
)
# Fewer connections than there are clients, so that each transaction gets another's.
CONFIGURATION = """
[databases]
* = host={host} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
query_wait_timeout = 30
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


@contextmanager
def pgbouncer(*users: str, server: str = "") -> Iterator[str]:
    """Run the proxy for these users, and yield the address of the test's database behind it.

    It is that of a server of the test's own where one is named by its address.
    """
    account, port = server_account(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer-"))
    given = conninfo_to_dict(server) if server else connection.get_connection_params()
    user = users[0] if users else str(given["user"])
    place = {"host": given["host"], "server_port": given["port"]}
    (folder / "pgbouncer.ini").write_text(CONFIGURATION.format(folder=folder, port=port, **place))
    names = users or (user,)
    (folder / "users.txt").write_text("".join(f'"{name}" ""\n' for name in names))
    for path in (folder, *folder.iterdir()):
        os.chown(path, account.uid, account.gid)
    url = f"postgresql://{user}@127.0.0.1:{port}/{given['dbname']}"
    with subprocess.Popen(
        [str(PROGRAM), "-q", folder / "pgbouncer.ini"],
        stdin=subprocess.DEVNULL,
        **account.arguments(),  # type: ignore[call-overload]
    ) as process:
        try:
            wait_until(lambda: _answers(url))
            yield url
        finally:
            process.terminate()
    shutil.rmtree(folder)


def _answers(url: str) -> bool:
    try:
        with connect(url, connect_timeout=2) as client:
            return client.execute("SELECT 1").fetchone() == (1,)
    except OperationalError:
        return False

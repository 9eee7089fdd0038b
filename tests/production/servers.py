"""The servers beside the application, each on a port of this machine alone."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from marketplace.embedded.paths import choose_paths
from tests.marketplace.checkouts import wait_until
from tests.marketplace.test_health import free_port
from tests.production.composition import Container
from tests.production.installation import Execution, Volumes
from tests.production.processes import Process, Supervisor

SUPERUSER = "marketplace"
DATABASE = "marketplace"
# Fewer connections than the processes have: each transaction gets another's.
PGBOUNCER = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = 5
max_client_conn = 200
query_wait_timeout = 30
"""


@dataclass(frozen=True)
class Postgres:
    """PostgreSQL over TCP, with passwords, as a server has it."""

    process: Process
    programs: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def restart(self) -> None:
        """Stop it as an administrator does, ending every connection; it is started again."""
        starts = self.process.starts
        os.kill(self.process.pid, signal.SIGINT)
        wait_until(lambda: self.process.starts > starts)
        wait_until(self.answers)


def start_postgres(supervisor: Supervisor, volumes: Volumes, password: str) -> Postgres:
    paths = choose_paths("test")  # its programs, and the account that may run them
    data = volumes.folder / "postgres"
    data.mkdir(mode=0o700)
    os.chown(data, paths.account.uid, paths.account.gid)
    secret = volumes.folder / "postgres-password"
    secret.write_text(password)
    os.chown(secret, paths.account.uid, paths.account.gid)
    initdb = [paths.program("initdb"), "-D", str(data), "-U", SUPERUSER, "--no-sync"]
    initdb += [
        "--auth=scram-sha-256",
        f"--pwfile={secret}",
        "--encoding=UTF8",
        "--locale-provider=builtin",
    ]
    initdb += ["--locale=C.UTF-8"]
    subprocess.run(  # type: ignore[call-overload]
        initdb, check=True, capture_output=True, **paths.account.arguments()
    )
    port = free_port()
    command = [paths.program("postgres"), "-D", str(data), "-p", str(port)]
    for option in ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"):
        command += ["-c", option]
    log = volumes.log("postgres")
    process = Process("postgres", Execution(tuple(command), plain(), data, paths.account), log)
    server = Postgres(supervisor.start(process), paths.programs, port, password)
    wait_until(lambda: _has_database(server))
    return server


def start_valkey(supervisor: Supervisor, container: Container, volumes: Volumes) -> int:
    """Run the compose file's own command, with Debian's redis-server in Valkey's place."""
    port, data = free_port(), volumes.volume("valkey")
    redis = f"{program('redis-server')} --bind 127.0.0.1 --port {port} --dir {data}"
    own = tuple(word.replace("valkey-server", redis) for word in container.command)
    how = Execution(own, plain(container.environment), data, volumes.account)
    supervisor.start(Process("valkey", how, volumes.log("valkey")))
    wait_until(lambda: _listens(port))
    return port


def start_rabbitmq(supervisor: Supervisor, volumes: Volumes) -> int:
    """Run RabbitMQ with a name server of its own, so that nothing of it stays behind."""
    data = volumes.volume("rabbitmq")
    port, names, links = free_port(), free_port(), free_port()
    variables = plain(
        {
            "HOME": str(data),
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"production{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(links),
            "RABBITMQ_MNESIA_BASE": str(data / "mnesia"),
            "RABBITMQ_LOG_BASE": str(data),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(data / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(data / "none"),
            "RABBITMQ_CONFIG_FILE": str(data / "none.conf"),
            "RABBITMQ_SERVER_START_ARGS": "-start_epmd false",
        }
    )
    epmd = (program("epmd"), "-port", str(names))
    (server,) = Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server")
    for name, command in (("epmd", epmd), ("rabbitmq", (str(server),))):
        how = Execution(command, variables, data, volumes.account)
        supervisor.start(Process(name, how, volumes.log(name)))
        wait_until(lambda: _listens(names))
    wait_until(lambda: _listens(port), seconds=90)
    return port


def start_pgbouncer(
    supervisor: Supervisor, server: Postgres, passwords: Mapping[str, str], volumes: Volumes
) -> int:
    """Run the proxy as docs/operations.md says, for roles by their passwords."""
    port, folder = free_port(), volumes.volume("pgbouncer")
    users, configuration = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text("".join(f'"{name}" "{word}"\n' for name, word in passwords.items()))
    configuration.write_text(PGBOUNCER.format(server=server.port, port=port, users=users))
    command = (program("pgbouncer"), str(configuration))
    how = Execution(command, plain(), folder, volumes.account)
    supervisor.start(Process("pgbouncer", how, volumes.log("pgbouncer")))
    wait_until(lambda: _listens(port))
    return port


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert found, f"{name} is not installed: run `make services`."
    return found


def plain(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment with nothing of the developer's own."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"} | dict(
        variables or {}
    )


def _has_database(server: Postgres) -> bool:
    url = server.url.removesuffix(DATABASE) + "postgres"
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=2) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""The database's settings, read from the environment: addresses, pool and timeouts."""

import sys
from enum import StrEnum
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env
from psycopg.conninfo import conninfo_to_dict

from marketplace.databases.standby_connection import connection_class

# libpq's own: a server that does not answer is given up rather than waited for.
CONNECTING = {
    "connect_timeout": "5",  # seconds
    "keepalives": "1",
    "keepalives_idle": "30",  # seconds
    "keepalives_interval": "10",  # seconds
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",  # milliseconds
}
STANDBY_PREFIX = "standby_"
STANDBY_CONNECT_SECONDS = "2"  # the least that libpq takes
STANDBY_POOL_SECONDS = 1.0
_SCHEMES = ("postgres://", "postgresql://")
_WORKERS = (["follow_changes"], ["send_webhooks"])


class Process(StrEnum):
    """What kind of process this is, which decides how long it may wait for the database."""

    WEB = "web"
    WORKER = "worker"
    MIGRATE = "migrate"
    COMMAND = "command"


def this_process() -> Process:
    """Tell by what was started: the WSGI application, Celery's command line or `manage.py`."""
    if "marketplace.wsgi" in sys.modules:
        return Process.WEB
    if "celery.bin.celery" in sys.modules or sys.argv[1:2] in _WORKERS:
        return Process.WORKER
    return Process.MIGRATE if sys.argv[1:2] == ["migrate"] else Process.COMMAND


def session_parameters(env: Env) -> dict[Process, dict[str, int]]:
    """Return PostgreSQL's parameters of each kind of process, in milliseconds; 0 is no limit.

    A command that somebody starts by hand waits as long as it has to.
    """

    def milliseconds(seconds: float) -> int:
        return round(seconds * 1_000)

    web, worker = {}, {}
    web["lock_timeout"] = milliseconds(env.float("DATABASE_WEB_LOCK_SECONDS", default=3.0))
    web["statement_timeout"] = milliseconds(
        env.float("DATABASE_WEB_STATEMENT_SECONDS", default=10.0)
    )
    web["idle_in_transaction_session_timeout"] = milliseconds(30)
    worker["lock_timeout"] = milliseconds(env.float("DATABASE_WORKER_LOCK_SECONDS", default=30.0))
    worker["statement_timeout"] = milliseconds(
        env.float("DATABASE_WORKER_STATEMENT_SECONDS", default=240.0)
    )
    worker["idle_in_transaction_session_timeout"] = milliseconds(600)  # longer than any task
    lock = milliseconds(env.float("DATABASE_MIGRATE_LOCK_SECONDS", default=5.0))
    migrate = {"lock_timeout": lock, "statement_timeout": 0}
    return {
        Process.WEB: web,
        Process.WORKER: worker,
        Process.MIGRATE: migrate,
        Process.COMMAND: dict.fromkeys(web, 0),
    }


def price_parameters(env: Env) -> dict[str, int]:
    """Return what the triggers on prices ask a session for; where it says nothing, the default."""
    hours: int = env.int("WAS_PRICE_HOURS", default=24)
    if hours < 0:
        raise ImproperlyConfigured("WAS_PRICE_HOURS is a number of hours, 0 or more.")
    return {"marketplace.was_price_hours": hours}


def database_settings(env: Env, parameters: dict[str, int]) -> dict[str, dict[str, Any]]:
    """Return Django's `DATABASES`: the primary, and the standbys that are named.

    Sessions start with these parameters. Any address libpq reads will do, a socket's path
    (postgresql://user@%2Frun%2Fpostgresql/name) included, and what it says goes before what is said
    here.
    """
    primary = _database(env, env.str("DATABASE_URL"), parameters)
    addresses = _addresses(env.str("DATABASE_REPLICA_URL", default=""))
    named = {f"{STANDBY_PREFIX}{number}": each for number, each in enumerate(addresses, start=1)}
    standbys = {
        alias: _standby(alias, _database(env, address, parameters))
        for alias, address in named.items()
    }
    return {"default": primary, **standbys}


def _addresses(text: str) -> list[str]:
    """Return the addresses that commas part; an address names several hosts by commas too."""
    addresses: list[str] = []
    for part in text.split(","):
        if addresses and not part.lstrip().startswith(_SCHEMES):
            addresses[-1] += f",{part}"
        else:
            addresses.append(part)
    return list(filter(None, map(str.strip, addresses)))


def standby_lag_max(env: Env) -> float:
    """Return how many seconds a standby may be behind and still answer."""
    seconds: float = env.float("DATABASE_REPLICA_LAG_MAX_SECONDS", default=3.0)
    if seconds <= 0:
        raise ImproperlyConfigured("DATABASE_REPLICA_LAG_MAX_SECONDS is a time above 0.")
    return seconds


def _database(env: Env, address: str, parameters: dict[str, int]) -> dict[str, Any]:
    given = conninfo_to_dict(address)
    # A migration goes past the proxy, which would refuse what its session starts with.
    is_pooled = is_pooled_by_proxy(env) and this_process() is not Process.MIGRATE
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    named["PORT"] = "port"
    place = {key: str(given.pop(name, "")) for key, name in named.items()}
    if not is_pooled:
        parameters = {**parameters, **price_parameters(env)}
        given["options"] = startup_options(parameters, before=str(given.get("options", "")))
    pool = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", default=8),
        "timeout": env.float("DATABASE_POOL_TIMEOUT", default=5.0),
        "reconnect_timeout": 5.0,  # its retries slow down: give up, start afresh on demand
    }
    name = {"fallback_application_name": f"marketplace {this_process()}"}
    return {
        "ENGINE": "marketplace.databases",
        **place,
        "CONN_HEALTH_CHECKS": False,  # our backend looks at what the pool gives
        # A proxy gives each transaction another session: what lives longer than a transaction
        # (cursors that stay open, prepared statements) would be another's, or gone.
        "DISABLE_SERVER_SIDE_CURSORS": is_pooled,
        "OPTIONS": {**CONNECTING, **name, **given, "prepare_threshold": None, "pool": pool},
    }


def _standby(alias: str, database: dict[str, Any]) -> dict[str, Any]:
    """Wait less for a standby: the primary answers in its place."""
    options = database["OPTIONS"]
    own = {"timeout": STANDBY_POOL_SECONDS, "connection_class": connection_class(alias)}
    pool = {**options["pool"], **own}
    database["OPTIONS"] = {**options, "connect_timeout": STANDBY_CONNECT_SECONDS, "pool": pool}
    return {**database, "TEST": {"MIRROR": "default"}}


def is_pooled_by_proxy(env: Env) -> bool:
    return bool(env.bool("DATABASE_POOLED_BY_PROXY", default=False))


def startup_options(parameters: dict[str, int], *, before: str) -> str:
    """Return what a session starts with; the address's own `before` come last, and so win."""
    ours = [f"-c {name}={value}" for name, value in parameters.items()]  # 0 undoes the role's
    return " ".join([*ours, before]).strip()

"""Web and worker with roles of their own: they do their work, and cannot do more."""

import os
import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from dealers.models import AuditEvent, FeedRun
from listings.models import Listing
from tests import make
from tests.dealers.feeds.stock import as_csv, car
from tests.dealers.stock_api.caller import new
from tests.marketplace.checkouts import wait_until
from tests.marketplace.databases.grants import grant_roles
from tests.marketplace.databases.web import serving
from tests.marketplace.test_worker import celery, database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
OLD = "UPDATE dealers_auditevent SET happened_at = now() - interval '2 years'"
REFUSED = (
    "CREATE TABLE mine (id int)",
    "CREATE TABLE pgmq.mine (id int)",
    "DROP TABLE listings_listing",
    "ALTER TABLE listings_listing ADD mine int",
    "ALTER TABLE dealers_auditevent DISABLE TRIGGER ALL",
    "CREATE INDEX mine ON listings_listing (price)",
    "TRUNCATE listings_photo",
    "TRUNCATE dealers_auditevent",
    "DELETE FROM dealers_auditevent",
    "UPDATE dealers_auditevent SET subject = 'x'",
    "DELETE FROM django_migrations",
    "SELECT pgmq.drop_queue('marketplace')",
    "ALTER FUNCTION audit_refuse_changes() RENAME TO mine",
    "CREATE ROLE mine",
    "ALTER DATABASE {database} SET lock_timeout = 0",
)
SETTINGS = (
    "SET marketplace.prunes_audit = 'yes'",
    "SET session_replication_role = replica",
    "SET ROLE {owner}",
    "SET SESSION AUTHORIZATION {owner}",
    "SET search_path = pg_temp, public, pg_catalog",
    "SET row_security = off",
)
OPENINGS = (
    "DELETE FROM public.dealers_auditevent",
    "UPDATE public.dealers_auditevent SET subject = 'x'",
    "ALTER FUNCTION public.audit_kept_days() RENAME TO mine",
    "ALTER TABLE public.dealers_auditevent DISABLE TRIGGER audit_refuse_changes",
)


@pytest.mark.slow
def test_the_real_processes_publish_import_sweep_and_forget(
    roles: dict[str, str], tmp_path: Path
) -> None:
    feed = make.feed()
    key = make.key(feed.dealer)
    overdue = make.live(branch=feed.branch)
    Listing.objects.filter(pk=overdue.pk).update(expires_at="2026-01-01T00:00Z")
    age_the_log()
    files = {"FEED_FILES_ROOT": str(tmp_path / "feed-files")}
    worker = {**files, "DATABASE_URL": address(roles["worker"])}

    with (
        serving(**files, DATABASE_URL=address(roles["web"]), SEARCH_ENGINE="memory") as web,
        celery(*WORKER, heartbeats=tmp_path, **worker) as working,
        celery(*BEAT, heartbeats=tmp_path, **worker) as beating,
    ):
        run = web.send(f"/api/v1/feeds/{feed.pk}/runs/", as_csv([car(1), car(2)]), key)
        made = web.ask("/api/v1/stock/", post=new(vrm="AB15CDE", branch=feed.branch.pk), key=key)
        assert (run.status, made.status) == (202, 201), (run.body, made.body)
        published = web.ask(f"/api/v1/stock/{made.json()['id']}/publish/", post={}, key=key)
        assert published.json()["status"] == "live", published.body
        wait_until(FeedRun.objects.filter(state="done").exists, seconds=120)
        wait_until(Listing.objects.filter(pk=overdue.pk, status="expired").exists, seconds=60)
        wait_until(lambda: not AuditEvent.objects.filter(happened_at__year__lt=2026).exists())
        wait_until(lambda: web.ask("/api/v1/listings/?count=exact").json()["count"] == 3)
        assert web.ask("/api/v1/changes/").status == 200
        for process in (working, beating):
            os.killpg(process.pid, signal.SIGTERM)

    log = (tmp_path / "celery.log").read_text()
    assert "permission denied" not in log
    assert "Traceback" not in log


@pytest.mark.parametrize("kind", ["web", "worker"])
def test_a_role_changes_rows_and_nothing_else(roles: dict[str, str], kind: str) -> None:
    make.member(make.dealer())
    AuditEvent.objects.create(kind="invited")
    with psycopg.connect(address(roles[kind]), autocommit=True) as session:
        for statement in REFUSED:
            named = statement.format(database=connection.settings_dict["NAME"])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(named)
        limits = session.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        ).fetchone()

    assert limits == {"web": ("3s", "10s"), "worker": ("30s", "4min")}[kind]
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("kind", ["web", "worker"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_no_setting_opens_the_audit_log(roles: dict[str, str], kind: str, setting: str) -> None:
    AuditEvent.objects.create(kind="invited")
    age_the_log()
    owner = connection.settings_dict["USER"]
    with psycopg.connect(address(roles[kind]), autocommit=True) as session:
        with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue):
            session.execute(setting.format(owner=owner))
        for statement in OPENINGS:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)

    event = AuditEvent.objects.get()
    assert (event.kind, event.subject) == ("invited", "")


@pytest.mark.parametrize("setting", ["marketplace.prunes_audit", "session_replication_role"])
def test_nor_do_they_for_the_owner_within_its_time(setting: str) -> None:
    """The trigger alone refuses here: the owner, a superuser, may do everything else."""
    event = AuditEvent.objects.create(kind="invited")
    value = {"session_replication_role": "replica"}.get(setting, "yes")
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute("SELECT set_config(%s, %s, false)", [setting, value])
        for statement in OPENINGS[:2]:
            with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
                session.execute(statement)

    assert AuditEvent.objects.get() == event


def test_whoever_may_delete_rows_is_still_refused_the_old_ones(roles: dict[str, str]) -> None:
    """As if a grant by hand had given the web more than `grant_roles` does."""
    AuditEvent.objects.create(kind="invited")
    age_the_log()
    web = sql.Identifier(roles["web"])
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("GRANT UPDATE, DELETE ON dealers_auditevent TO {}").format(web))
    try:
        with psycopg.connect(address(roles["web"]), autocommit=True) as session:
            session.execute("SET marketplace.prunes_audit = 'yes'")
            session.execute("CREATE TEMPORARY TABLE pg_class AS SELECT * FROM pg_catalog.pg_class")
            session.execute("SET search_path = pg_temp, public, pg_catalog")
            session.execute(
                "UPDATE pg_temp.pg_class SET relowner = (SELECT oid FROM pg_catalog.pg_roles"
                " WHERE rolname = current_user)"
            )
            for statement in OPENINGS[:2]:
                with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
                    session.execute(statement)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE ON dealers_auditevent FROM {}").format(web)
            )

    assert AuditEvent.objects.count() == 1


def test_a_restore_without_privileges_is_granted_anew(roles: dict[str, str]) -> None:
    functions = ("audit_log_prune(integer)", "webhook_log_roll(integer)")
    with connection.cursor() as cursor:
        for function in functions:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO PUBLIC")
        assert grant_roles(roles).returncode == 0
        for function in functions:
            may = "SELECT has_function_privilege(%s, %s, 'EXECUTE')"
            for kind, expected in (("web", False), ("worker", True)):
                cursor.execute(may, [roles[kind], function])
                assert cursor.fetchone() == (expected,), (kind, function)


def test_the_web_cannot_have_the_log_forget(roles: dict[str, str]) -> None:
    with (
        psycopg.connect(address(roles["web"])) as session,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        session.execute("SELECT audit_log_prune(1)")


def test_the_worker_alone_keeps_the_days_of_the_webhook_log(roles: dict[str, str]) -> None:
    day = datetime.now(UTC).date() + timedelta(days=7)
    parts = [f"dealers_webhook{log}_{day:%Y%m%d}" for log in ("message", "delivery")]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(parts)}")
    with (
        psycopg.connect(address(roles["web"])) as session,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        session.execute("SELECT webhook_log_roll(30)")
    with psycopg.connect(address(roles["worker"]), autocommit=True) as session:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("DROP TABLE dealers_webhookmessage_default")
        while session.execute("SELECT webhook_log_roll(30)").fetchone() != (None,):
            pass
        for part in parts:
            assert session.execute("SELECT to_regclass(%s)::text", [part]).fetchone() == (part,)


def test_the_log_forgets_only_what_is_old(roles: dict[str, str]) -> None:
    AuditEvent.objects.create(kind="invited")
    age_the_log()
    kept = AuditEvent.objects.create(kind="joined")

    with psycopg.connect(address(roles["worker"]), autocommit=True) as session:
        assert session.execute("SELECT audit_log_prune(100)").fetchone() == (1,)

    assert AuditEvent.objects.get() == kept


def test_granting_again_and_tables_to_come(roles: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE to_come (id int)")
    try:
        again = grant_roles(roles)
        with psycopg.connect(address(roles["web"])) as session:
            session.execute("INSERT INTO to_come VALUES (1)")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE to_come")

    assert (again.returncode, again.stderr) == (0, "")


def test_who_does_not_own_the_schema_grants_nothing(roles: dict[str, str]) -> None:
    done = grant_roles(roles, DATABASE_URL=address(roles["worker"]))

    assert done.returncode == 1
    assert "Nothing was granted. Run this as a role that owns the schema" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_password_a_role_has_to_be_there() -> None:
    done = grant_roles({"web": "nobody_made_this", "worker": "nor_this"}, POSTGRES_WEB_PASSWORD="")

    assert done.returncode == 1
    assert "create it, or set POSTGRES_WEB_PASSWORD" in done.stderr


WORKER = ("-A", "marketplace.celery", "worker", "--concurrency", "1", "--without-gossip")
BEAT = ("-A", "marketplace.celery", "beat", "--pidfile=")


def age_the_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE dealers_auditevent DISABLE TRIGGER audit_refuse_changes")
        cursor.execute(OLD)
        cursor.execute("ALTER TABLE dealers_auditevent ENABLE ALWAYS TRIGGER audit_refuse_changes")


def address(role: str) -> str:
    return make_conninfo(database_url(), user=role)

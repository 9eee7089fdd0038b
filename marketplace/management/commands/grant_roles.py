"""Grants the roles of the running processes what they need; for the owner, after `migrate`."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import InsufficientPrivilege

from marketplace.celery import app
from marketplace.databases.audit_retention import keep_audit_log
from marketplace.databases.configuration import Process
from marketplace.databases.roles import DatabaseRole, grant, limit, make_role
from marketplace.job_queue import SCHEME


class Command(BaseCommand):
    """Safe to run again, and after every migration."""

    help = (
        "Let web and worker processes sign in with roles of their own, which read and write rows "
        "and cannot change tables or the audit log. Run it as the owner, after migrate. "
        "POSTGRES_WEB_PASSWORD and POSTGRES_WORKER_PASSWORD make the roles or renew their "
        "passwords; without them the roles have to be there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--web", default="marketplace_web", help="The role of web processes.")
        parser.add_argument(
            "--worker", default="marketplace_worker", help="The role of worker and beat."
        )

    def handle(self, *, web: str, worker: str, **options: Any) -> None:
        roles = [
            DatabaseRole(web, Process.WEB, os.environ.get("POSTGRES_WEB_PASSWORD", "")),
            DatabaseRole(worker, Process.WORKER, os.environ.get("POSTGRES_WORKER_PASSWORD", "")),
        ]
        make_queues()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                keep_audit_log(cursor, days=settings.AUDIT_KEPT_DAYS)
                for role in roles:
                    set_up(cursor, role)
        except ProgrammingError as error:
            if not isinstance(error.__cause__, InsufficientPrivilege):
                raise
            message = (
                f"{str(error).strip()} Nothing was granted. Run this as a role that owns the "
                "schema and may make roles (CREATEROLE), or as a superuser."
            )
            raise CommandError(message) from error
        self.stdout.write(f"Granted: {web} and {worker} read and write rows.")


def set_up(cursor: CursorWrapper, role: DatabaseRole) -> None:
    if not make_role(cursor, role):
        variable = f"POSTGRES_{role.process.name}_PASSWORD"
        raise CommandError(f"There is no role {role.name}: create it, or set {variable}.")
    grant(cursor, role)
    limit(cursor, role, settings.DATABASE_TIMEOUTS[role.process])


def make_queues() -> None:
    """Make the queues in PostgreSQL now: those who use them may not."""
    with app.connection_for_write() as broker:
        if broker.transport_cls == SCHEME:
            for queue in app.amqp.queues.values():
                queue(broker.default_channel).declare()

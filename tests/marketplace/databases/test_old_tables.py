"""Tables of libraries that are gone go too, with what Django noted of them and nothing else."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from dealers.models import User
from marketplace.database_checks import look_at_old_tables
from marketplace.verdicts import Verdict
from tests import make

pytestmark = pytest.mark.django_db


def dropped() -> str:
    out = StringIO()
    call_command("drop_old_tables", stdout=out)
    return out.getvalue().strip()


@pytest.mark.parametrize("app", ["axes", "otp_totp"])
def test_what_a_library_left_goes_and_everything_else_stays(app: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {app}_try AS SELECT 1 AS id, 'clerk@example.com' AS username")
        cursor.execute(f"ALTER TABLE {app}_try ADD PRIMARY KEY (id)")
        cursor.execute(f"CREATE TABLE {app}_end (id int REFERENCES {app}_try)")
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, '0001', now())", [app]
        )
    kind = ContentType.objects.create(app_label=app, model="try")
    gone = Permission.objects.create(content_type=kind, codename="view", name="Can view")
    kept = Permission.objects.get(codename="view_user")
    group, person = Group.objects.create(name="Staff"), make.user(email="ann@example.com")
    group.permissions.set([gone, kept])
    person.user_permissions.set([gone, kept])
    assert [verdict for verdict, _ in look_at_old_tables()] == [Verdict.DOUBTFUL]

    assert dropped() == f"Dropped: {app}_end, {app}_try."

    assert dropped() == "There are none."
    assert list(look_at_old_tables()) == []
    assert not ContentType.objects.filter(app_label=app).exists()
    assert list(group.permissions.all()) == [kept]
    assert list(User.objects.get(pk=person.pk).user_permissions.all()) == [kept]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations WHERE app = %s", [app])
        assert cursor.fetchone() == (0,)

"""The tables of django-axes go, with what Django noted of them and nothing else."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dealers.models import User
from tests import make

pytestmark = pytest.mark.django_db


def drop_axes() -> None:
    loader = MigrationLoader(connection)
    (found,) = [
        migration
        for (app, name), migration in loader.disk_migrations.items()
        if app == "dealers" and name.endswith("_drop_axes")
    ]
    with connection.schema_editor() as editor:
        for operation in found.operations:
            state = loader.project_state((found.app_label, found.name))
            operation.database_forwards("dealers", editor, state, state)


def test_what_axes_left_goes_and_everything_else_stays() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE axes_accessattempt (id bigint PRIMARY KEY, username text)")
        cursor.execute(
            "CREATE TABLE axes_accessattemptexpiration (id bigint REFERENCES axes_accessattempt)"
        )
        cursor.execute("INSERT INTO axes_accessattempt VALUES (1, 'clerk@example.com')")
    kind = ContentType.objects.create(app_label="axes", model="accessattempt")
    gone = Permission.objects.create(content_type=kind, codename="view", name="Can view")
    kept = Permission.objects.get(codename="view_user")
    group, person = Group.objects.create(name="Staff"), make.user(email="ann@example.com")
    group.permissions.set([gone, kept])
    person.user_permissions.set([gone, kept])
    drop_axes()
    drop_axes()
    assert not [name for name in connection.introspection.table_names() if "axes_" in name]
    assert not ContentType.objects.filter(app_label="axes").exists()
    assert list(group.permissions.all()) == [kept]
    assert list(User.objects.get(pk=person.pk).user_permissions.all()) == [kept]

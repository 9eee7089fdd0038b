"""Tables of libraries that are no longer used: the version before still needs them.

They go by hand, once no process of that version runs, and not by `migrate`, which runs before.
"""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from psycopg import sql

OLD_APPS = ("axes", "otp_totp")


def old_tables() -> list[str]:
    """Return their names, as far as they are there."""
    names = connection.introspection.table_names()
    return sorted(name for name in names if name.startswith(tuple(f"{app}_" for app in OLD_APPS)))


@transaction.atomic
def drop_old_tables() -> list[str]:
    """Drop them, with what Django noted of them; return their names. The owner's role may."""
    found = old_tables()
    with connection.cursor() as cursor:
        if found:
            names = sql.SQL(", ").join(map(sql.Identifier, found))
            cursor.execute(sql.SQL("DROP TABLE {}").format(names))
        cursor.execute("DELETE FROM django_migrations WHERE app = ANY(%s)", [list(OLD_APPS)])
    Permission.objects.filter(content_type__app_label__in=OLD_APPS).delete()
    ContentType.objects.filter(app_label__in=OLD_APPS).delete()
    return found

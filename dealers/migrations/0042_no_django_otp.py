"""The table of django-otp goes: it holds secrets in the clear.

A version that still reads it signs nobody in; one that found it empty would ask for no factor.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def forget_names(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Delete the permissions and the type of content that nothing stands behind any more."""
    apps.get_model("auth", "Permission").objects.filter(content_type__app_label="otp_totp").delete()
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label="otp_totp").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("dealers", "0041_authenticators"),
    ]

    operations = [
        # Back again, django-otp's own migrations make it anew: none of them counts as done.
        migrations.RunSQL("DROP TABLE IF EXISTS otp_totp_totpdevice", migrations.RunSQL.noop),
        migrations.RunSQL(
            "DELETE FROM django_migrations WHERE app = 'otp_totp'", migrations.RunSQL.noop
        ),
        migrations.RunPython(forget_names, migrations.RunPython.noop),
    ]

"""django-axes is no longer used: its tables go, with what Django noted of them.

Sign-ins that are refused at that moment are not, from then on. Where a version with django-axes is
to run again, its `migrate axes` makes the tables anew.
"""

from django.conf import settings
from django.db import migrations

DROP = """
DROP TABLE IF EXISTS axes_accessattemptexpiration, axes_accessattempt, axes_accessfailurelog,
    axes_accesslog;
DELETE FROM django_migrations WHERE app = 'axes';
DELETE FROM auth_group_permissions WHERE permission_id IN (
    SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
    WHERE c.app_label = 'axes');
DELETE FROM dealers_user_user_permissions WHERE permission_id IN (
    SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
    WHERE c.app_label = 'axes');
DELETE FROM auth_permission WHERE content_type_id IN (
    SELECT id FROM django_content_type WHERE app_label = 'axes');
UPDATE django_admin_log SET content_type_id = NULL WHERE content_type_id IN (
    SELECT id FROM django_content_type WHERE app_label = 'axes');
DELETE FROM django_content_type WHERE app_label = 'axes';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0045_sign_in_throttle"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunSQL(DROP, migrations.RunSQL.noop)]

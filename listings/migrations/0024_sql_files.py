"""Install the functions and triggers from their files, whose text is what they are already."""

from django.db import migrations

from marketplace.databases.stored_sql import InstallSql

NAMES = (
    "discarded_photos",
    "title_words",
    "titles",
    "tombstones",
)


class Migration(migrations.Migration):
    dependencies = [("listings", "0023_index_of_change_set")]

    operations = [InstallSql("listings", name, before=migrations.RunSQL.noop) for name in NAMES]

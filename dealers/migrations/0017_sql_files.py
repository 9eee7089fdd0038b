"""The file of the audit log's triggers was installed here; its last change is (0034)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dealers", "0016_feed_stage_holds_staged_cars")]

    operations = []

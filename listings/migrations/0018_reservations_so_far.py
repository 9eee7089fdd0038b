"""Until now only people, and their systems, could reserve a car."""

from django.db import migrations

FILL = """
    UPDATE listings_listing SET reserved_by = 'person'
    WHERE reserved_until IS NOT NULL AND reserved_by IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0017_reserved_by")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]

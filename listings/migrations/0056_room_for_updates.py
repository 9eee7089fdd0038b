"""Leave room for updates in pages, and vacuum large tables before a fifth of them is dead.

docs/operations.md has the reasons. The lock lets everybody read and write; no page is rewritten, so
what there is gets its room as it changes.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("listings", "0055_physical_cars")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE listings_listing SET (fillfactor = 85, "
            "autovacuum_vacuum_scale_factor = 0.05, "
            "autovacuum_vacuum_insert_scale_factor = 0.05, "
            "autovacuum_analyze_scale_factor = 0.05)",
            "ALTER TABLE listings_listing RESET (fillfactor, autovacuum_vacuum_scale_factor, "
            "autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor)",
        ),
        migrations.RunSQL(
            "ALTER TABLE listings_listingvalue SET (fillfactor = 50)",
            "ALTER TABLE listings_listingvalue RESET (fillfactor)",
        ),
        migrations.RunSQL(
            "ALTER TABLE listings_advertday SET (fillfactor = 90, "
            "autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE listings_advertday RESET (fillfactor, autovacuum_vacuum_scale_factor)",
        ),
        migrations.RunSQL(
            "ALTER TABLE listings_listingevent SET (autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE listings_listingevent RESET (autovacuum_vacuum_scale_factor)",
        ),
        migrations.RunSQL(
            "ALTER TABLE listings_pricechange SET (autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE listings_pricechange RESET (autovacuum_vacuum_scale_factor)",
        ),
    ]

"""Adverts of a sandbox: buyers see no price of theirs, and the change feed tells when they do."""

from importlib import import_module

from django.db import migrations

from marketplace.databases.stored_sql import InstallSql

_feed = import_module("listings.migrations.0006_change_feed")
_prices = import_module("listings.migrations.0026_public_prices")
TOUCHES_BEFORE = f"{_feed.NO_TOUCHES} {_feed.TOUCHES}"

# Triggers are replaced while everybody reads. A write goes from its dealer to the adverts, and
# from an advert to its photos: so does this, or they wait in a ring.
LOCK = """LOCK TABLE dealers_dealer, dealers_branch, listings_make, listings_model,
    listings_listing, listings_photo IN SHARE ROW EXCLUSIVE MODE"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0059_vehicle_records"), ("dealers", "0043_sandbox")]

    operations = [
        migrations.RunSQL(LOCK, migrations.RunSQL.noop),
        InstallSql("listings", "revisions", before=TOUCHES_BEFORE),
        InstallSql("listings", "public_prices", before=_prices.PUBLIC_PRICES),
    ]

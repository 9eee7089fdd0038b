"""The change feed: what was deleted, and a new revision for whatever buyers see differently."""

import django.db.models.functions.datetime
from django.db import migrations, models

import listings.models.fields

TOMBSTONES = """
CREATE FUNCTION listing_leave_tombstones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listings_listingtombstone (listing_id, revision)
    SELECT id, pg_current_xact_id() FROM old_rows WHERE published_at IS NOT NULL ORDER BY id;
    RETURN NULL;
END $$;

CREATE TRIGGER listing_leave_tombstones AFTER DELETE ON listings_listing
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_leave_tombstones();
"""

# The rows of other tables that an advert shows. Adverts this transaction has stamped already are
# left alone, so that writing a car with thirty photos writes the advert once.
TOUCHES = """
CREATE FUNCTION listing_touch_for_photos() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listings_listing SET status = status WHERE id IN (
        SELECT id FROM listings_listing
        WHERE id IN (SELECT listing_id FROM changed_rows) AND status = 'live'
            AND revision IS DISTINCT FROM pg_current_xact_id()
        ORDER BY id FOR NO KEY UPDATE
    );
    RETURN NULL;
END $$;

CREATE TRIGGER photo_touch_on_insert AFTER INSERT ON listings_photo
    REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_touch_for_photos();
CREATE TRIGGER photo_touch_on_update AFTER UPDATE ON listings_photo
    REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_touch_for_photos();
CREATE TRIGGER photo_touch_on_delete AFTER DELETE ON listings_photo
    REFERENCING OLD TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_touch_for_photos();

CREATE FUNCTION listing_touch_for_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'UPDATE listings_listing SET status = status WHERE id IN ('
        ' SELECT id FROM listings_listing WHERE %I = $1 AND status = ''live'''
        ' AND revision IS DISTINCT FROM pg_current_xact_id()'
        ' ORDER BY id FOR NO KEY UPDATE)', TG_ARGV[0]
    ) USING NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER dealer_touch_listings AFTER UPDATE ON dealers_dealer FOR EACH ROW
    WHEN ((OLD.name, OLD.slug, OLD.phone, OLD.website, OLD.is_active)
        IS DISTINCT FROM (NEW.name, NEW.slug, NEW.phone, NEW.website, NEW.is_active))
    EXECUTE FUNCTION listing_touch_for_owner('dealer_id');
CREATE TRIGGER branch_touch_listings AFTER UPDATE ON dealers_branch FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION listing_touch_for_owner('branch_id');
CREATE TRIGGER make_touch_listings AFTER UPDATE ON listings_make FOR EACH ROW
    WHEN (OLD.slug IS DISTINCT FROM NEW.slug)
    EXECUTE FUNCTION listing_touch_for_owner('make_id');
CREATE TRIGGER model_touch_listings AFTER UPDATE ON listings_model FOR EACH ROW
    WHEN (OLD.slug IS DISTINCT FROM NEW.slug)
    EXECUTE FUNCTION listing_touch_for_owner('model_id');
"""

NO_TOUCHES = """
DROP TRIGGER photo_touch_on_insert ON listings_photo;
DROP TRIGGER photo_touch_on_update ON listings_photo;
DROP TRIGGER photo_touch_on_delete ON listings_photo;
DROP TRIGGER dealer_touch_listings ON dealers_dealer;
DROP TRIGGER branch_touch_listings ON dealers_branch;
DROP TRIGGER make_touch_listings ON listings_make;
DROP TRIGGER model_touch_listings ON listings_model;
DROP FUNCTION listing_touch_for_photos;
DROP FUNCTION listing_touch_for_owner;
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0005_schedule_may_pause"), ("dealers", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ChangeFeed",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("epoch", models.UUIDField(null=True)),
                (
                    "pruned_to",
                    listings.models.fields.TransactionIdField(editable=False, null=True),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="there_is_one_change_feed"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListingTombstone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("listing_id", models.BigIntegerField()),
                ("revision", listings.models.fields.TransactionIdField(editable=False, null=True)),
                (
                    "deleted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["revision", "listing_id"], name="tombstone_changed_since"),
                    models.Index(fields=["deleted_at"], name="tombstone_oldest"),
                ],
            },
        ),
        migrations.RunSQL(
            TOMBSTONES,
            "DROP TRIGGER listing_leave_tombstones ON listings_listing;"
            "DROP FUNCTION listing_leave_tombstones",
        ),
        migrations.RunSQL(TOUCHES, NO_TOUCHES),
    ]

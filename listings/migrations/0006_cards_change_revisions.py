"""What a card shows from another table changes its advert's revision too."""

from django.db import migrations

PHOTOS = """
CREATE FUNCTION photo_touch_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listings_listing SET revision = NULL
    WHERE id IN (SELECT listing_id FROM touched);
    RETURN NULL;
END $$;

CREATE TRIGGER photo_added AFTER INSERT ON listings_photo REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION photo_touch_listings();
CREATE TRIGGER photo_changed AFTER UPDATE ON listings_photo REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION photo_touch_listings();
CREATE TRIGGER photo_removed AFTER DELETE ON listings_photo REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION photo_touch_listings();
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0005_schedule_may_pause")]

    operations = [
        migrations.RunSQL(
            PHOTOS,
            "DROP TRIGGER photo_added ON listings_photo;"
            "DROP TRIGGER photo_changed ON listings_photo;"
            "DROP TRIGGER photo_removed ON listings_photo;"
            "DROP FUNCTION photo_touch_listings",
        )
    ]

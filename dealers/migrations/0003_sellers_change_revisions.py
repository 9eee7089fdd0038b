"""A dealer or branch that changes changes the revisions of its adverts: they show it."""

from django.db import migrations

SELLERS = """
CREATE FUNCTION dealer_touch_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listings_listing SET revision = NULL WHERE dealer_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER dealer_changed AFTER UPDATE ON dealers_dealer
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION dealer_touch_listings();

CREATE FUNCTION branch_touch_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listings_listing SET revision = NULL WHERE branch_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER branch_changed AFTER UPDATE ON dealers_branch
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION branch_touch_listings();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0002_expiry_notice"),
        ("listings", "0003_listing_triggers"),
    ]

    operations = [
        migrations.RunSQL(
            SELLERS,
            "DROP TRIGGER dealer_changed ON dealers_dealer;"
            "DROP TRIGGER branch_changed ON dealers_branch;"
            "DROP FUNCTION dealer_touch_listings;"
            "DROP FUNCTION branch_touch_listings",
        )
    ]

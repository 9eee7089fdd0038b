"""What no path may skip: an advert's revision, title, previous price and price history."""

from django.db import migrations

DERIVED_COLUMNS = """
CREATE FUNCTION listing_derive_columns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := pg_current_xact_id();
    IF TG_OP = 'INSERT' OR
        (NEW.make_id, NEW.model_id, NEW.derivative, NEW.title)
        IS DISTINCT FROM (OLD.make_id, OLD.model_id, OLD.derivative, OLD.title)
    THEN
        SELECT concat_ws(' ', make.name, model.name, nullif(NEW.derivative, ''))
        INTO NEW.title
        FROM listings_make make, listings_model model
        WHERE make.id = NEW.make_id AND model.id = NEW.model_id;
        NEW.title := coalesce(NEW.title, '');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.price IS DISTINCT FROM OLD.price THEN
        NEW.previous_price := OLD.price;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER listing_derive_columns BEFORE INSERT OR UPDATE ON listings_listing
    FOR EACH ROW EXECUTE FUNCTION listing_derive_columns();
"""

# Statement triggers, so that a bulk change costs one more statement and not one for each row.
PRICE_HISTORY = """
CREATE FUNCTION listing_record_price() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text := coalesce(nullif(current_setting('marketplace.price_reason', true), ''), 'edit');
    who bigint := nullif(current_setting('marketplace.price_actor', true), '')::bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO listings_pricechange (listing_id, new_price, reason, actor_id)
        SELECT id, price, why, who FROM new_rows WHERE price IS NOT NULL ORDER BY id;
    ELSE
        INSERT INTO listings_pricechange (listing_id, old_price, new_price, reason, actor_id)
        SELECT id, old_rows.price, new_rows.price, why, who
        FROM new_rows JOIN old_rows USING (id)
        WHERE new_rows.price IS DISTINCT FROM old_rows.price ORDER BY id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER listing_record_first_price AFTER INSERT ON listings_listing
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_record_price();

CREATE TRIGGER listing_record_price_change AFTER UPDATE ON listings_listing
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_record_price();
"""

# A renamed make or model renames its adverts: the row trigger above writes the new title.
TITLES = """
CREATE FUNCTION catalogue_retitle_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'listings_make' THEN
        UPDATE listings_listing SET title = '' WHERE make_id = NEW.id;
    ELSE
        UPDATE listings_listing SET title = '' WHERE model_id = NEW.id AND make_id = NEW.make_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER make_retitle_listings AFTER UPDATE OF name ON listings_make
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION catalogue_retitle_listings();

CREATE TRIGGER model_retitle_listings AFTER UPDATE OF name ON listings_model
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION catalogue_retitle_listings();
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0002_agreeing_keys")]

    operations = [
        migrations.RunSQL(
            DERIVED_COLUMNS,
            "DROP TRIGGER listing_derive_columns ON listings_listing;"
            "DROP FUNCTION listing_derive_columns",
        ),
        migrations.RunSQL(
            PRICE_HISTORY,
            "DROP TRIGGER listing_record_first_price ON listings_listing;"
            "DROP TRIGGER listing_record_price_change ON listings_listing;"
            "DROP FUNCTION listing_record_price",
        ),
        migrations.RunSQL(
            TITLES,
            "DROP TRIGGER make_retitle_listings ON listings_make;"
            "DROP TRIGGER model_retitle_listings ON listings_model;"
            "DROP FUNCTION catalogue_retitle_listings",
        ),
    ]

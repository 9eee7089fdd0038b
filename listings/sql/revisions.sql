-- The rows of other tables that an advert shows give it a new revision. Adverts that this
-- transaction has stamped already are left alone, so that writing a car with thirty photos writes
-- the advert once.
CREATE OR REPLACE FUNCTION listing_touch_for_photos() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listings_listing SET status = status WHERE id IN (
        SELECT id FROM listings_listing
        WHERE id IN (SELECT listing_id FROM changed_rows) AND status = 'live'
            AND revision IS DISTINCT FROM pg_current_xact_id()
        ORDER BY id FOR NO KEY UPDATE
    );
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER photo_touch_on_insert AFTER INSERT ON listings_photo
    REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_touch_for_photos();
CREATE OR REPLACE TRIGGER photo_touch_on_update AFTER UPDATE ON listings_photo
    REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_touch_for_photos();
CREATE OR REPLACE TRIGGER photo_touch_on_delete AFTER DELETE ON listings_photo
    REFERENCING OLD TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_touch_for_photos();

CREATE OR REPLACE FUNCTION listing_touch_for_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'UPDATE listings_listing SET status = status WHERE id IN ('
        ' SELECT id FROM listings_listing WHERE %I = $1 AND status = ''live'''
        ' AND revision IS DISTINCT FROM pg_current_xact_id()'
        ' ORDER BY id FOR NO KEY UPDATE)', TG_ARGV[0]
    ) USING NEW.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER dealer_touch_listings AFTER UPDATE ON dealers_dealer FOR EACH ROW
    WHEN ((OLD.name, OLD.slug, OLD.phone, OLD.website, OLD.is_active, OLD.is_sandbox)
        IS DISTINCT FROM
        (NEW.name, NEW.slug, NEW.phone, NEW.website, NEW.is_active, NEW.is_sandbox))
    EXECUTE FUNCTION listing_touch_for_owner('dealer_id');
CREATE OR REPLACE TRIGGER branch_touch_listings AFTER UPDATE ON dealers_branch FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION listing_touch_for_owner('branch_id');
CREATE OR REPLACE TRIGGER make_touch_listings AFTER UPDATE ON listings_make FOR EACH ROW
    WHEN (OLD.slug IS DISTINCT FROM NEW.slug)
    EXECUTE FUNCTION listing_touch_for_owner('make_id');
CREATE OR REPLACE TRIGGER model_touch_listings AFTER UPDATE ON listings_model FOR EACH ROW
    WHEN (OLD.slug IS DISTINCT FROM NEW.slug)
    EXECUTE FUNCTION listing_touch_for_owner('model_id');

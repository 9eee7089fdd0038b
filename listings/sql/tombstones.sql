-- A deleted advert that buyers may have seen is told to those who follow the changes.
CREATE OR REPLACE FUNCTION listing_leave_tombstones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listings_listingtombstone (listing_id, revision)
    SELECT id, pg_current_xact_id() FROM old_rows WHERE published_at IS NOT NULL ORDER BY id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER listing_leave_tombstones AFTER DELETE ON listings_listing
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_leave_tombstones();

-- Files of photographs that are shown no more are noted, whichever way their row went. Pictures
-- outside photos/ are nobody's own (the demo's are shown by many adverts) and stay. The files of a
-- picture that was replaced stay a while, for pages that were just sent.
CREATE OR REPLACE FUNCTION photo_leave_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listings_discardedphoto (image, widths)
    SELECT image, widths FROM old_rows WHERE image LIKE 'photos/%' ORDER BY id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER photo_leave_files AFTER DELETE ON listings_photo
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION photo_leave_files();

CREATE OR REPLACE FUNCTION photo_leave_replaced_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listings_discardedphoto (image, widths, due_at)
    VALUES (OLD.image, OLD.widths, now() + interval '10 minutes');
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER photo_leave_replaced_files AFTER UPDATE OF image ON listings_photo
    FOR EACH ROW WHEN (OLD.image IS DISTINCT FROM NEW.image AND OLD.image LIKE 'photos/%')
    EXECUTE FUNCTION photo_leave_replaced_files();

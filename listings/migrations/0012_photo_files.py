"""Files of photographs that are shown no more are noted, whichever way their row went."""

from django.db import migrations

# An upload may be 20 MB of what is packed already: to try to pack it again costs time for nothing.
STORAGE = "ALTER TABLE listings_photooriginal ALTER COLUMN content SET STORAGE EXTERNAL"

# Pictures outside photos/ are nobody's own (the demo's are shown by many adverts) and stay.
# The files of a picture that was replaced stay a while, for pages that were just sent.
DISCARD = """
CREATE FUNCTION photo_leave_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listings_discardedphoto (image, widths)
    SELECT image, widths FROM old_rows WHERE image LIKE 'photos/%' ORDER BY id;
    RETURN NULL;
END $$;

CREATE TRIGGER photo_leave_files AFTER DELETE ON listings_photo
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION photo_leave_files();

CREATE FUNCTION photo_leave_replaced_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listings_discardedphoto (image, widths, due_at)
    VALUES (OLD.image, OLD.widths, now() + interval '10 minutes');
    RETURN NULL;
END $$;

CREATE TRIGGER photo_leave_replaced_files AFTER UPDATE OF image ON listings_photo FOR EACH ROW
    WHEN (OLD.image IS DISTINCT FROM NEW.image AND OLD.image LIKE 'photos/%')
    EXECUTE FUNCTION photo_leave_replaced_files();
"""

KEEP = """
DROP TRIGGER photo_leave_files ON listings_photo;
DROP TRIGGER photo_leave_replaced_files ON listings_photo;
DROP FUNCTION photo_leave_files;
DROP FUNCTION photo_leave_replaced_files;
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0011_photo_sizes")]

    operations = [
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(DISCARD, KEEP),
    ]

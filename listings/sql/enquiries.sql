-- The revision of an enquiry, whichever way it is written, and where a row that it shows changes:
-- the feed of enquiries stands on it as that of adverts does on theirs.
CREATE OR REPLACE FUNCTION enquiry_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER enquiry_stamp BEFORE INSERT OR UPDATE ON listings_enquiry
    FOR EACH ROW EXECUTE FUNCTION enquiry_stamp();

CREATE OR REPLACE FUNCTION enquiry_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'UPDATE listings_enquiry SET stage = stage WHERE record_id = ($1).%I'
        ' AND revision IS DISTINCT FROM pg_current_xact_id()', TG_ARGV[0]
    ) USING NEW;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER record_touch_enquiry AFTER UPDATE ON listings_buyerrecord
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION enquiry_touch('id');
CREATE OR REPLACE TRIGGER message_touch_enquiry AFTER INSERT OR UPDATE ON listings_enquirymessage
    FOR EACH ROW EXECUTE FUNCTION enquiry_touch('record_id');

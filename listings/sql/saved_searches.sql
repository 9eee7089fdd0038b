-- The revision of a saved search, by which the matcher learns of it, whichever way it is written.
-- That a mail was sent changes nothing of whom it is told of.
CREATE OR REPLACE FUNCTION saved_search_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER saved_search_stamp BEFORE INSERT OR UPDATE OF state, criteria, active_since
    ON listings_savedsearch
    FOR EACH ROW EXECUTE FUNCTION saved_search_stamp();

-- Whichever path withdraws or erases the record ends the search.
CREATE OR REPLACE FUNCTION record_end_saved_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listings_savedsearch SET state = 'ended' WHERE record_id = NEW.id AND state <> 'ended';
    DELETE FROM listings_alertqueue WHERE record_id = NEW.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER record_end_saved_search AFTER UPDATE ON listings_buyerrecord
    FOR EACH ROW WHEN (
        NEW.kind = 'saved_search' AND num_nulls(NEW.withdrawn_at, NEW.erased_at) < 2
    )
    EXECUTE FUNCTION record_end_saved_search();

-- What a search knows of an advert's rating gives its value's row a new revision, and only that: a
-- refit that leaves labels as they were is no news to any replica.
CREATE OR REPLACE FUNCTION listing_value_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision = pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER listing_value_stamp_new BEFORE INSERT ON listings_listingvalue
    FOR EACH ROW WHEN (NEW.label IS NOT NULL)
    EXECUTE FUNCTION listing_value_stamp();
CREATE OR REPLACE TRIGGER listing_value_stamp_changed BEFORE UPDATE ON listings_listingvalue
    FOR EACH ROW WHEN ((OLD.label, OLD.ratio, OLD.inputs)
        IS DISTINCT FROM (NEW.label, NEW.ratio, NEW.inputs)
        AND (OLD.label IS NOT NULL OR NEW.label IS NOT NULL))
    EXECUTE FUNCTION listing_value_stamp();

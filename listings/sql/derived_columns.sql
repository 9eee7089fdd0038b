-- What follows from the other columns of an advert, whichever way it is written: revision, title,
-- and whose a reservation is where nobody says: processes of an older version do not.
CREATE OR REPLACE FUNCTION listing_derive_columns() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.reserved_until IS NULL THEN
        NEW.reserved_by := NULL;
    ELSIF NEW.reserved_by IS NULL THEN
        NEW.reserved_by := 'person';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER listing_derive_columns BEFORE INSERT OR UPDATE ON listings_listing
    FOR EACH ROW EXECUTE FUNCTION listing_derive_columns();

-- What follows from the other columns of an advert: its revision, its title, its previous price.
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
    IF TG_OP = 'UPDATE' AND NEW.price IS DISTINCT FROM OLD.price THEN
        NEW.previous_price := OLD.price;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER listing_derive_columns BEFORE INSERT OR UPDATE ON listings_listing
    FOR EACH ROW EXECUTE FUNCTION listing_derive_columns();

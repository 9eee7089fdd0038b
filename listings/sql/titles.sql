-- A renamed make or model renames its adverts: the trigger on the advert writes the new title.
CREATE OR REPLACE FUNCTION catalogue_retitle_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'listings_make' THEN
        UPDATE listings_listing SET title = '' WHERE make_id = NEW.id;
    ELSE
        UPDATE listings_listing SET title = '' WHERE model_id = NEW.id AND make_id = NEW.make_id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER make_retitle_listings AFTER UPDATE OF name ON listings_make
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION catalogue_retitle_listings();

CREATE OR REPLACE TRIGGER model_retitle_listings AFTER UPDATE OF name ON listings_model
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION catalogue_retitle_listings();

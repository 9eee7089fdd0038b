-- Every price an advert has had. Statement triggers, so that a bulk change costs one more statement
-- and not one for each row.
CREATE OR REPLACE FUNCTION listing_record_price() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text := coalesce(nullif(current_setting('marketplace.price_reason', true), ''), 'edit');
    who bigint := nullif(current_setting('marketplace.price_actor', true), '')::bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO listings_pricechange (listing_id, new_price, reason, actor_id)
        SELECT id, price, why, who FROM new_rows WHERE price IS NOT NULL ORDER BY id;
    ELSE
        INSERT INTO listings_pricechange
            (listing_id, old_price, old_seen_until, new_price, reason, actor_id)
        SELECT id, old_rows.price,
            price_seen_until(
                old_rows.price_shown_at, old_rows.price_hidden_at, old_rows.expires_at
            ),
            new_rows.price, why, who
        FROM new_rows JOIN old_rows USING (id)
        WHERE new_rows.price IS DISTINCT FROM old_rows.price ORDER BY id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER listing_record_first_price AFTER INSERT ON listings_listing
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_record_price();

CREATE OR REPLACE TRIGGER listing_record_price_change AFTER UPDATE ON listings_listing
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION listing_record_price();

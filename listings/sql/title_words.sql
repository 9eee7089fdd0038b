-- `title_words` of Python in SQL. The C collation makes lower() and the class of characters mean
-- ASCII alone, whatever the database's locale is.
CREATE OR REPLACE FUNCTION listing_title_words(title text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_remove(
        regexp_split_to_array(
            lower(
                regexp_replace(normalize(title, NFKD), '[\u0300-\u036f]', '', 'g') COLLATE "C"
            ),
            '[^a-z0-9]+'
        ),
        ''
    )
$$;

"""The words of a title, for an index that finds adverts by them."""

from django.db import migrations

# `listings.language.tokens.title_words` in SQL. The C collation makes lower() and the class of
# characters mean ASCII alone, whatever the database's locale is.
TITLE_WORDS = r"""
CREATE FUNCTION listing_title_words(title text) RETURNS text[]
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
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0007_index_of_changes")]

    operations = [
        migrations.RunSQL(TITLE_WORDS, "DROP FUNCTION listing_title_words(text)"),
    ]

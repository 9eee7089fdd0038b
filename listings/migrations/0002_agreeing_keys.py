"""Foreign keys over two columns: a listing's dealer is its branch's, its make its model's."""

from django.db import migrations

BRANCH = """
ALTER TABLE listings_listing ADD CONSTRAINT listing_dealer_is_its_branchs
    FOREIGN KEY (branch_id, dealer_id) REFERENCES dealers_branch (id, dealer_id)
    DEFERRABLE INITIALLY DEFERRED
"""
MODEL = """
ALTER TABLE listings_listing ADD CONSTRAINT listing_make_is_its_models
    FOREIGN KEY (model_id, make_id) REFERENCES listings_model (id, make_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0001_initial"), ("dealers", "0002_expiry_notice")]

    operations = [
        migrations.RunSQL(
            BRANCH, "ALTER TABLE listings_listing DROP CONSTRAINT listing_dealer_is_its_branchs"
        ),
        migrations.RunSQL(
            MODEL, "ALTER TABLE listings_listing DROP CONSTRAINT listing_make_is_its_models"
        ),
    ]

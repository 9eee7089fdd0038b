"""Tables that change much leave room in their pages and are vacuumed early, as documented."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

NO_LATER = "autovacuum_vacuum_scale_factor"
SET = {
    "listings_listing": {
        "fillfactor=85",
        f"{NO_LATER}=0.05",
        "autovacuum_vacuum_insert_scale_factor=0.05",
        "autovacuum_analyze_scale_factor=0.05",
    },
    "listings_listingvalue": {"fillfactor=50"},
    "listings_advertday": {"fillfactor=90", f"{NO_LATER}=0.02"},
    "listings_listingwords": {"toast_tuple_target=128"},
    "listings_listingevent": {f"{NO_LATER}=0.02"},
    "listings_pricechange": {f"{NO_LATER}=0.02"},
    "dealers_feedrow": {f"{NO_LATER}=0.02"},
    "marketplace_outboxtask": {f"{NO_LATER}=0", "autovacuum_vacuum_threshold=1000"},
}
PARAMETERS = """
    SELECT relname, reloptions FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND reloptions IS NOT NULL
"""


@pytest.mark.django_db
def test_tables_have_the_storage_parameters_that_were_measured() -> None:
    with connection.cursor() as cursor:
        cursor.execute(PARAMETERS)
        found = {name: set(parameters) for name, parameters in cursor.fetchall()}
    assert found == SET


def test_the_document_names_each_table_and_figure() -> None:
    lines = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text().splitlines()
    for table, parameters in SET.items():
        (row,) = [line for line in lines if line.startswith("|") and f"`{table}`" in line]
        for parameter in parameters:
            name, figure = parameter.split("=")
            assert f"`{name}`" in row
            assert f" {figure}" in row

"""What PostgreSQL takes to COPY the same adverts into a table, and nothing else.

The table is `listings_listing` again with its checks, indexes, unique and foreign keys, but without
triggers, events, price history or any of what a feed remembers: the least that a table of adverts
as they are could take. The one without indexes is what reading and writing the rows takes.
"""

import tempfile
import time
from typing import IO

from django.db import connection

from benchmarks.database import run, value

_PIECE = 1024**2
_COPIES = {
    "raw_advert": "INCLUDING ALL",
    "bare_advert": "INCLUDING DEFAULTS INCLUDING GENERATED",
}
_COLUMNS = """
    SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = 'listings_listing'::regclass AND attnum > 0
        AND NOT attisdropped AND attgenerated = ''
"""
_FOREIGN_KEYS = """
    SELECT string_agg(format('ADD %s', pg_get_constraintdef(oid)), ', ') FROM pg_constraint
    WHERE conrelid = 'listings_listing'::regclass AND contype = 'f'
"""


def seconds_to_copy(feed: int) -> dict[str, float]:
    """Copy the adverts of a feed's dealer; return the seconds with indexes and without."""
    columns = value(_COLUMNS)
    taken = {}
    with tempfile.TemporaryFile() as file:
        _write_out(file, columns, feed)
        for table, including in _COPIES.items():
            run(f"CREATE TABLE {table} (LIKE listings_listing {including})")
            if table == "raw_advert":
                run(f"ALTER TABLE {table} {value(_FOREIGN_KEYS)}")
            run("CHECKPOINT")
            file.seek(0)
            started = time.perf_counter()
            _read_in(file, f"COPY {table} ({columns}) FROM STDIN")
            taken[table] = time.perf_counter() - started
            run(f"DROP TABLE {table}")
    return {"with": taken["raw_advert"], "without": taken["bare_advert"]}


def _write_out(file: IO[bytes], columns: str, feed: int) -> None:
    dealer = int(value("SELECT dealer_id FROM dealers_stockfeed WHERE id = %s", feed))
    statement = (
        f"COPY (SELECT {columns} FROM listings_listing WHERE dealer_id = {dealer} ORDER BY id)"
        " TO STDOUT"
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in copy:
            file.write(piece)


def _read_in(file: IO[bytes], statement: str) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while piece := file.read(_PIECE):
            copy.write(piece)

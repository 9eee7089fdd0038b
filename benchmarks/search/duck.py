"""DuckDB, in memory: a column store, one scan for each set of conditions."""

from collections.abc import Collection

import duckdb

from benchmarks.search.questions import QUESTIONS, SIZE, Answer, Ask, counted, counted_columns
from listings.search.memory.columns import Columns


class Duck:
    name = "DuckDB"
    asked = QUESTIONS

    def __init__(self, columns: Columns) -> None:
        kept = counted_columns(columns)
        self._connection = duckdb.connect(":memory:")
        self._connection.register("kept", kept)
        self._connection.execute("CREATE TABLE advert AS SELECT * FROM kept")
        self._connection.unregister("kept")

    def answer(self, ask: Ask) -> Answer:
        ids = self._rows(f"SELECT id FROM advert{_where(ask)} ORDER BY price, id LIMIT {SIZE}")
        count = self._rows(f"SELECT count(*) FROM advert{_where(ask)}")[0][0]
        found: dict[str, dict[int, int]] = {}
        for ignored, names in ask.facet_groups().items():
            columns = [counted(name) for name in names]
            sets = ", ".join(f"({column})" for column in columns)
            rows = self._rows(
                f"SELECT {', '.join(columns)}, count(*) FROM advert{_where(ask, ignored)}"
                f" GROUP BY GROUPING SETS ({sets})"
            )
            found |= {name: {} for name in names}
            for *values, number in rows:
                place = next(place for place, value in enumerate(values) if value is not None)
                found[names[place]][values[place]] = number
        return Answer(count, tuple(row[0] for row in ids), found)

    def read(self, raw: Answer) -> Answer:
        return raw

    def _rows(self, query: str) -> list[tuple[int, ...]]:
        rows: list[tuple[int, ...]] = self._connection.execute(query).fetchall()
        return rows


def _where(ask: Ask, ignored: Collection[str] = ()) -> str:
    parts = [
        f"{name} IN ({', '.join(map(str, codes))})"
        for name, codes in ask.equal.items()
        if name not in ignored
    ]
    for name, (low, high) in ask.between.items():
        if name not in ignored:
            parts += [f"{name} >= {low}"] if low is not None else []
            parts += [f"{name} <= {high}"] if high is not None else []
    return f" WHERE {' AND '.join(parts)}" if parts else ""

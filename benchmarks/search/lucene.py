"""tantivy, the library of Lucene's kind: inverted lists, fast fields and aggregations.

One segment, built once, without a single change since: as fast as it can be.
"""

from collections.abc import Collection
from typing import Any

import tantivy

from benchmarks.search.questions import QUESTIONS, SIZE, Answer, Ask, counted, counted_columns
from listings.search.memory.columns import Columns

VALUES_MAX = 1_000
BATCH = 100_000
WRITER_BYTES = 4_000_000_000


class Lucene:
    name = "tantivy"
    asked = QUESTIONS

    def __init__(self, columns: Columns) -> None:
        kept = counted_columns(columns)
        builder = tantivy.SchemaBuilder()
        for name in kept:
            builder.add_integer_field(name, fast=True, indexed=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(heap_size=WRITER_BYTES, num_threads=1)
        for first in range(0, len(kept["id"]), BATCH):
            parts = [column[first : first + BATCH].tolist() for column in kept.values()]
            for row in zip(*parts, strict=True):
                writer.add_document(tantivy.Document(**dict(zip(kept, row, strict=True))))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def answer(self, ask: Ask) -> Answer:
        searcher = self._searcher
        page: Any = searcher.search(
            self._query(ask), SIZE, order_by_field="price", order=tantivy.Order.Asc
        )
        ids: list[Any] = searcher.fast_field_values("id", [address for _, address in page.hits])
        found: dict[str, dict[int, int]] = {}
        for ignored, names in ask.facet_groups().items():
            buckets = searcher.aggregate(self._query(ask, ignored), _aggregations(names))
            for name in names:
                found[name] = {
                    int(each["key"]): each["doc_count"] for each in buckets[name]["buckets"]
                }
        return Answer(page.count, tuple(ids), found)

    def read(self, raw: Answer) -> Answer:
        return raw

    def _query(self, ask: Ask, ignored: Collection[str] = ()) -> Any:
        query = tantivy.Query
        parts = [
            query.term_set_query(self._schema, name, list(codes))
            for name, codes in ask.equal.items()
            if name not in ignored
        ]
        parts += [
            query.range_query(self._schema, name, tantivy.FieldType.Integer, *bounds)
            for name, bounds in ask.between.items()
            if name not in ignored
        ]
        return query.boolean_query([(tantivy.Occur.Must, part) for part in parts])


def _aggregations(names: list[str]) -> dict[str, Any]:
    return {name: {"terms": {"field": counted(name), "size": VALUES_MAX}} for name in names}

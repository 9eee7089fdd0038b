"""Search in the process's own memory: bitmaps for values, sorted columns for ranges and orders."""

import dataclasses

from listings.search.engine import SearchRequest, SearchResult
from listings.search.memory.engine import Search
from listings.search.memory.replica import Replica
from listings.search.memory.wishes import WordsInTexts
from listings.search.postgres import PostgresEngine


class MemoryEngine:
    """Answers from a replica; from PostgreSQL while the replica warms up or has fallen behind."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self._words = WordsInTexts()

    def search(self, request: SearchRequest) -> SearchResult:
        current, names = self.replica.snapshot(), self.replica.names
        if current is None or names is None:
            return PostgresEngine().search(request)
        snapshot, now = current
        references = names.resolve(request.criteria)
        wishes = self._words.wishes(request.wishes, snapshot)
        result = Search(snapshot, now, request, references, wishes).answer()
        return dataclasses.replace(result, names=names.known)

    def catch_up(self, *, seconds: float) -> bool:
        return self.replica.catch_up(seconds=seconds)

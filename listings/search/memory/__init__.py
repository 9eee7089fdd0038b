"""Search in the process's own memory: bitmaps for values, sorted columns for ranges and orders."""

import dataclasses

from listings.search.engine import Hits, Question
from listings.search.memory.engine import Search
from listings.search.memory.replica import Replica
from listings.search.postgres import PostgresEngine


class MemoryEngine:
    """Answers from a replica; from PostgreSQL while the replica warms up or has fallen behind."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica

    def search(self, question: Question) -> Hits:
        current, names = self.replica.view(), self.replica.names
        if current is None or names is None:
            return PostgresEngine().search(question)
        view, now = current
        hits = Search(view, now, question, names.resolve(question.criteria)).answer()
        return dataclasses.replace(hits, named=names.named)

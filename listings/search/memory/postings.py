"""The words of the titles, and the doc ids of the adverts that have each."""

import json
from collections.abc import Iterable
from functools import reduce
from operator import and_
from typing import Self

import numpy as np
from pyroaring import BitMap

from listings.language.tokens import title_words
from listings.search.memory.bitmaps import bitmap, doc_ids_of, grouped
from listings.search.memory.block_file import BlockFile, BlockWriter
from listings.search.memory.columns import Column

BATCH = 50_000  # adverts entered at a time: their words, in 8 bytes each, are held at once


class Titles:
    """The words of some titles, which are known by their hashes.

    A title's words are `words[starts[i]:starts[i + 1]]`, places in `vocabulary`, where `i` is the
    place of its hash.
    """

    def __init__(self, hashed: Iterable[tuple[int, str]]) -> None:
        """Take the titles with their hashes, each once."""
        self.vocabulary: dict[str, int] = {}
        hashes, ends, words = [], [0], []
        for hash_, title in sorted(hashed):
            hashes.append(hash_)
            words += [
                self.vocabulary.setdefault(word, len(self.vocabulary))
                for word in set(title_words(title))
            ]
            ends.append(len(words))
        self.hashes = np.array(hashes, dtype=np.int64)
        self.starts = np.array(ends, dtype=np.int64)
        self.words = np.array(words, dtype=np.int32)

    def words_of(self, hashes: Column) -> tuple[Column, Column]:
        """Return the words of adverts whose titles have these hashes, and how many each has."""
        places = np.searchsorted(self.hashes, hashes)
        starts = self.starts[places]
        counts = self.starts[places + 1] - starts
        before = np.cumsum(counts) - counts
        return self.words[np.arange(counts.sum()) + np.repeat(starts - before, counts)], counts

    def word_sets(self, hashes: Column) -> list[frozenset[str]]:
        """Return the different words of each advert whose title has such a hash."""
        vocabulary = list(self.vocabulary)
        words, counts = self.words_of(hashes)
        ends = np.cumsum(counts)
        parts = np.split(words, ends[:-1]) if len(ends) else []
        return [frozenset(vocabulary[word] for word in part.tolist()) for part in parts]


class Postings:
    """The doc ids of each word."""

    def __init__(self) -> None:
        self.doc_ids: dict[str, BitMap] = {}

    @classmethod
    def load(cls, blocks: BlockFile) -> Self:
        loaded = cls()
        words = json.loads(blocks.read("words").tobytes())
        loaded.doc_ids = dict(zip(words, blocks.bitmaps("words doc ids"), strict=True))
        return loaded

    def save(self, blocks: BlockWriter) -> None:
        words = json.dumps(list(self.doc_ids)).encode()
        blocks.add("words", np.frombuffer(words, dtype=np.uint8))
        blocks.add_bitmaps("words doc ids", self.doc_ids.values())

    def add(self, doc_ids: Column, hashes: Column, titles: Titles) -> None:
        """Enter doc ids with the hashes of their titles."""
        vocabulary = list(titles.vocabulary)
        for start in range(0, len(doc_ids), BATCH):
            words, counts = titles.words_of(hashes[start : start + BATCH])
            for word, found in grouped(words, np.repeat(doc_ids[start : start + BATCH], counts)):
                self._enter(vocabulary[word], found)

    def move(self, before: "Postings", old: Column, new: Column) -> None:
        """Enter new doc ids with the words that old ones have in other postings."""
        places = np.full(int(old[-1]) + 1 if len(old) else 0, -1, dtype=np.int64)
        places[old] = new
        for word, doc_ids in before.doc_ids.items():
            known = doc_ids_of(doc_ids)
            moved = places[known[known < len(places)]]
            self._enter(word, bitmap(moved[moved >= 0]))

    def having(self, words: Iterable[str]) -> BitMap:
        """Return the doc ids of the adverts whose titles have every word."""
        nothing = BitMap()
        return reduce(and_, (self.doc_ids.get(word, nothing) for word in words))

    def compress(self) -> None:
        for doc_ids in self.doc_ids.values():
            doc_ids.run_optimize()

    def _enter(self, word: str, doc_ids: BitMap) -> None:
        if doc_ids:
            self.doc_ids.setdefault(word, BitMap()).update(doc_ids)

"""A buyer's words, read into the parameters of a search by a grammar and the catalogue.

Pure: no database, no settings, no clock; the names and the day are arguments.
"""

from listings.search.words.merging import merge
from listings.search.words.reading import understand
from listings.search.words.titles import title_words
from listings.search.words.understood import Phrase, Understood
from listings.search.words.vocabulary import Vocabulary

__all__ = ["Phrase", "Understood", "Vocabulary", "merge", "title_words", "understand"]

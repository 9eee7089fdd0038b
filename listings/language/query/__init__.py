"""A buyer's words, read into the parameters of a search by a grammar and the catalogue.

Pure: no database, no settings, no clock; the names and the day are arguments.
"""

from listings.language.query.overrides import merge
from listings.language.query.parsed_query import ParsedQuery, Phrase
from listings.language.query.parser import parse_query
from listings.language.query.vocabulary import Vocabulary

__all__ = ["ParsedQuery", "Phrase", "Vocabulary", "merge", "parse_query"]

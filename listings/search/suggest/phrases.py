"""What the adverts of one model say, looked up by its beginning."""

from collections.abc import Sequence

from listings.search.suggest.keys import Keys, keys_of, words
from listings.search.suggest.suggestions import Found, SearchSuggestion, exactness_of


class ModelPhrases:
    """What the adverts of one model say of themselves."""

    def __init__(self, suggestions: Sequence[SearchSuggestion]) -> None:
        self._suggestions = suggestions
        self._keys = Keys(
            key
            for place, each in enumerate(suggestions)
            for key in keys_of(words(each.phrase or ""), place)
        )

    def starting(self, text: str) -> Found:
        for key in self._keys.starting(text):
            yield exactness_of(key, text), self._suggestions[key.target]

    def slipped(self, text: str) -> Found:
        for beginning in self._keys.slips(text):
            yield from self.starting(beginning)

"""How common words are in English, from the list that symspellpy ships."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from math import log10


@cache
def word_frequencies() -> Mapping[str, float]:
    """Return the words of an English dictionary, each with the logarithm of its frequency."""
    file = resources.files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")
    rows = (line.split() for line in file.read_text(encoding="utf-8-sig").splitlines())
    return {word: log10(int(count)) for word, count in rows}

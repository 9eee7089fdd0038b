"""The words of an advert's title, as both engines compare them."""

import re
import unicodedata

_MARK = re.compile("[\u0300-\u036f]")
_WORD = re.compile("[a-z0-9]+")


def title_words(text: str) -> list[str]:
    """Return the words of a text: lower case, without accents, cut at all but letters and digits.

    The database's `listing_title_words` does the same; each word has only a-z and 0-9.
    """
    if text.isascii():
        return _WORD.findall(text.lower())
    plain = _MARK.sub("", unicodedata.normalize("NFKD", text)).translate(_LOWER)
    return _WORD.findall(plain)


# Only A to Z, as the C collation of PostgreSQL has it: the Kelvin sign is no k.
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}

"""The words of a text, in the form in which names are compared."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*[+#]?|[^\w\s'\u2019\-\u2013\u2011/]+|[\u2013/]|\n")
_WITHIN = re.compile(r"[,;()&\u2013/\u00a3\u20ac$%+]+")
_POSSESSIVE = re.compile(r"['\u2019]s$")
_INNER_STOP = re.compile(r"(?<=[^\W_])\.(?=[^\W_])")


@dataclass(frozen=True, slots=True)
class ArticleToken:
    """A word: `text` as it stands, `normal` to compare, and the marks before it.

    It follows a stop after a mark that parts words; it opens a sentence after one that ends it.
    """

    text: str
    normal: str
    follows_stop: bool
    opens: bool

    @property
    def is_capital(self) -> bool:
        return self.text != self.text.lower()

    @property
    def is_name(self) -> bool:
        """Whether it is written as a name, not as a trim or a code: `Wood`, not `SEL` or `6R`."""
        return self.is_capital and self.text.isalpha() and not self.text.isupper()


def tokens(text: str) -> Iterator[ArticleToken]:
    """Yield the words; a hyphen joins no more than a space does, other marks part."""
    follows_stop = opens = True
    for match in _WORD.finditer(_INNER_STOP.sub(" ", text)):
        found = match[0]
        if found[0].isalnum():
            yield ArticleToken(found, _normal_word(found), follows_stop, opens)
            follows_stop = opens = False
        else:
            follows_stop = True
            opens = opens or not _WITHIN.fullmatch(found)


def normal(name: str) -> str:
    """Return a name as its words, each without case, accents and the s of possession."""
    return " ".join(token.normal for token in tokens(name))


def _normal_word(word: str) -> str:
    bare = _POSSESSIVE.sub("", word)
    if bare.isascii():
        return bare.replace("'", "").lower()
    decomposed = unicodedata.normalize("NFKD", bare).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum() or letter in "+#")

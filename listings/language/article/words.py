"""The words of an article, in the form in which names are compared."""

from listings.language.tokens import Token, tokens

SHORT_LETTERS = 2
_POSSESSIVE = ("'s", "\u2019s")
_JOINING = frozenset("&+#\u00b0")
"""Signs inside names: Lynk & Co, #1, N°8; a plus is written to its word: Ka+."""


def words_of(text: str) -> list[Token]:
    """Return the words, their keys without the s of possession; a sign inside a name parts none."""
    words: list[Token] = []
    is_joined = False
    for token in tokens(text):
        if token.text[0].isalnum():
            words.append(_joined(token) if is_joined else token)
            is_joined = False
            if token.text.endswith(_POSSESSIVE):
                words[-1] = words[-1]._replace(key=token.key[:-1])
        elif token.key == "+" and token.is_glued and words:
            words[-1] = words[-1]._replace(key=f"{words[-1].key}+")
            is_joined = True
        else:
            is_stop_of_name = token.key == "." and bool(words) and _is_short(words[-1])
            is_joined = bool(words) and (token.key in _JOINING or is_stop_of_name)
    return words


def _joined(word: Token) -> Token:
    return word._replace(follows_stop=False, opens=False)


def normal(name: str) -> str:
    """Return a name as its words, as `words_of` has them."""
    return " ".join(word.key for word in words_of(name))


def is_capital(word: Token) -> bool:
    return word.text != word.text.lower()


def is_name(word: Token) -> bool:
    """Return whether it is written as a name, not as a trim or a code: `Wood`, not `SEL`, `6R`."""
    return word.text.isalpha() and is_capital(word) and not word.text.isupper()


def _is_short(word: Token) -> bool:
    """Return whether a stop behind it is more likely one of the name: `ID. Buzz`, `T. 33`."""
    return len(word.text) <= SHORT_LETTERS and word.text.isupper()

"""Names as they compare: without case, accents, spaces, hyphens, dots."""

import unicodedata


def key(name: object) -> str:
    """Return what the spellings of one name share; a plus and a hash tell cars apart."""
    decomposed = unicodedata.normalize("NFKD", str(name)).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum() or letter in "+#")


def keys(names: object) -> frozenset[str]:
    """Return the keys of one name or several."""
    several = names if isinstance(names, list | tuple | set | frozenset) else [names]
    return frozenset(map(key, several))

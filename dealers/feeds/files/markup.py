"""A document that is nearly XML, mended as it is read where a person would read on.

Lines are kept, so that what is still refused has its place.
"""

import re
from collections.abc import Iterator

PREFIXES_MAX = 40
_TAIL_MAX = 8_192
"""Characters of a tag that the next piece of the document may end."""
_REFERENCE_LENGTH_MAX = 12

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#(?:[xX][0-9A-Fa-f]{1,6}|[0-9]{1,7});)")
_NUMERIC = re.compile(r"&#([xX][0-9A-Fa-f]{1,6}|[0-9]{1,7});")
_NO_TAG = re.compile(r"<(?![^\W\d]|[/!?])")
_SECTION = re.compile(r"<!--|<!\[CDATA\[|<\?|<!DOCTYPE", re.IGNORECASE)
_ENDS = {"<!--": "-->", "<![cdata[": "]]>", "<?": "?>"}
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\]\s*+)?+>", re.IGNORECASE)

_PREFIX = re.compile(
    r"(?:(?<=<)|(?<=</))([^\W\d][\w.-]{0,30}):(?=[^\W\d])"
    r"|(?<=\s)([^\W\d][\w.-]{0,30}):(?=[^\W\d][\w.-]*+\s*+=)"
)
_DECLARED_PREFIX = re.compile(r"xmlns:([^\W\d][\w.-]{0,30})")
_TAG = re.compile(r"<[^<>]++>")
_ALWAYS_THERE = frozenset({"xml", "xmlns"})

# HTML that feeds write into their texts without escaping it. A name that feeds use too is theirs
# unless text stands around it; and so is each that holds their elements, or an address alone.
_HTML_NAMES = "br|hr|ul|ol|li|strong|em|span|div|h[1-6]|font|table|tbody|tr|td|th|img|p|b|i|u|a"
_ALWAYS_HTML = frozenset(
    ["br", "hr", "ul", "ol", "li", "strong", "em", "span", "div", "font"]
    + [f"h{level}" for level in range(1, 7)]
)
_OF_HTML_ALONE = frozenset(["a", "img", "table", "tbody", "tr", "td", "th"])
_HTML = re.compile(rf"<(/?({_HTML_NAMES})(?:[\s/][^<>]*+)?)>", re.IGNORECASE)
_HTML_IN_TEXT = re.compile(
    rf"(?:[^>\s]\s*+|<[\w:.-]{{0,30}}(?:descri|comment|text|detail|note|content)[\w.-]{{0,30}}+>\s*+)"
    rf"<({_HTML_NAMES})(?:\s[^<>]*+)?>|</({_HTML_NAMES})>\s*+[^<\s]",
    re.IGNORECASE,
)
_OWN_NAME = re.compile(
    rf"<({_HTML_NAMES})(?:\s[^<>]*+)?>\s*+"
    rf"(?:https?:|<(?!/|!|(?:{_HTML_NAMES}|small|sub|sup)\b)[^\W\d])",
    re.IGNORECASE,
)


def is_xml(character: str) -> bool:
    return not _NOT_XML.match(character)


class Mender:
    """Mends one document piece by piece; `opening` and `closing` go before and behind it.

    Comments, instructions and the document's type are dropped, CDATA becomes text, and so do HTML,
    a bare "<" and a bare "&". A prefix that its beginning uses is declared; one that comes later
    is dropped. Inside an element of our own, text and elements after the end are no mistake.
    """

    ROOT = "feed-file"

    def __init__(self, sample: str) -> None:
        declared = _ALWAYS_THERE | set(_DECLARED_PREFIX.findall(sample))
        added = [name for name in _used(sample) if name not in declared][:PREFIXES_MAX]
        self._known = declared | set(added)
        self._html = _html_of(sample)
        self._held = ""
        self._end = ""
        self._is_text = False
        names = "".join(f' xmlns:{name}="prefix:{name}"' for name in added)
        self.opening = f"<{self.ROOT}{names}>"
        self.closing = f"</{self.ROOT}>"

    @property
    def is_inside(self) -> bool:
        """Whether the document so far ends within a comment, CDATA or a tag."""
        return bool(self._end or self._held)

    def mended(self, text: str, *, is_last: bool = False) -> str:
        """Return the next piece; its very end may be kept back for the piece after it."""
        whole, self._held = self._held + text, ""
        return "".join(self._parts(whole, is_last=is_last))

    def _parts(self, text: str, *, is_last: bool) -> Iterator[str]:
        place = 0
        while place < len(text):
            if self._end:
                end = text.find(self._end, place)
                until = end if end >= 0 else max(place, len(text) - len(self._end) + 1)
                yield self._section(text[place:until])
                if end < 0:
                    self._held = text[until:]
                    return
                place, self._end = end + len(self._end), ""
                continue
            found = _SECTION.search(text, place)
            if found is None:
                yield self._open_end(text[place:], is_last=is_last)
                return
            yield self._tags(text[place : found.start()])
            place = self._opened(text, found)
            if place < 0:
                self._held = text[found.start() :]
                return

    def _opened(self, text: str, found: re.Match[str]) -> int:
        """Return where a section's content begins, behind a document's type; -1 if it goes on."""
        self._end = _ENDS.get(found[0].lower(), "")
        if self._end:
            self._is_text = self._end == "]]>"
            return found.end()
        whole = _DOCTYPE.match(text, found.start())
        return whole.end() if whole else -1

    def _section(self, text: str) -> str:
        if not self._is_text:
            return "\n" * text.count("\n")
        return _characters(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))

    def _open_end(self, text: str, *, is_last: bool) -> str:
        """Mend a piece without what may be the beginning of a tag or a reference."""
        if is_last:
            return self._tags(text)
        cut = len(text)
        tag, reference = (
            text.rfind("<", max(0, cut - _TAIL_MAX)),
            text.rfind("&", max(0, cut - _REFERENCE_LENGTH_MAX)),
        )
        if tag >= 0 and ">" not in text[tag:]:
            cut = tag
        elif reference >= 0 and ";" not in text[reference:]:
            cut = reference
        self._held = text[cut:]
        return self._tags(text[:cut])

    def _tags(self, text: str) -> str:
        text = _HTML.sub(self._escaped, _NO_TAG.sub("&lt;", text))
        self._known |= set(_DECLARED_PREFIX.findall(text)) if "xmlns:" in text else set()
        if ":" in text and not self._known.issuperset(_used(text)):
            text = _TAG.sub(self._without_prefixes, text)
        return _characters(text)

    def _escaped(self, tag: re.Match[str]) -> str:
        return f"&lt;{tag[1]}&gt;" if tag[2].lower() in self._html else tag[0]

    def _without_prefixes(self, tag: re.Match[str]) -> str:
        return _PREFIX.sub(
            lambda name: name[0] if (name[1] or name[2]) in self._known else "", tag[0]
        )


def _used(text: str) -> dict[str, None]:
    """Return the prefixes that names of elements and attributes have, in order."""
    return dict.fromkeys(first or second for first, second in _PREFIX.findall(text))


def _html_of(sample: str) -> frozenset[str]:
    """Return the names that are HTML in this document."""
    in_text = {(name[1] or name[2]).lower() for name in _HTML_IN_TEXT.finditer(sample)}
    own = {name[1].lower() for name in _OWN_NAME.finditer(sample)}
    return (_ALWAYS_HTML | in_text | (_OF_HTML_ALONE if in_text else frozenset())) - own


def _characters(text: str) -> str:
    """Return a text without what XML forbids; a bare ampersand is one, no entity is."""
    text = _NOT_XML.sub(" ", text)
    if "&" not in text:
        return text
    return _NUMERIC.sub(_allowed, _BARE_AMPERSAND.sub("&amp;", text))


def _allowed(reference: re.Match[str]) -> str:
    digits = reference[1]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return reference[0] if code <= 0x10FFFF and is_xml(chr(code)) else " "

"""XML: RSS with the `g:` namespace, Atom, and rows under any name."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

from dealers.feeds.files.limits import (
    COLUMNS_MAX,
    DEPTH_MAX,
    HEADER_CHARACTERS_MAX,
    VALUE_BYTES_MAX,
)
from dealers.feeds.files.rows import SourceRow, UnreadableFeed
from dealers.feeds.files.shapes import Path, Shape

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#(?:[xX][0-9A-Fa-f]{1,6}|[0-9]{1,7});)")
_NUMERIC = re.compile(r"&#([xX][0-9A-Fa-f]{1,6}|[0-9]{1,7});")
_REFERENCE_LENGTH_MAX = 12
_ELEMENTS_OF_ROW_MAX = 20_000
_FEW_ATTRIBUTES = 32

# Prefixes that XML uses and does not declare: `<g:id>` without `xmlns:g` is common in feeds.
_PREFIXES_MAX = 40
_ROOT = re.compile(
    r"(?:[\s\ufeff\x00]++|<\?(?>.*?\?>)|<!--(?>.*?-->)|<![A-Z][^>\[]*+(?:\[[^\]]*+\]\s*+)?+>)*+"
    r"<[^\W\d][\w.:-]*+",
    re.DOTALL | re.IGNORECASE,
)
_USED_PREFIX = re.compile(r"[</\s]([^\W\d][\w.-]{0,30}):[^\W\d]")
_DECLARED_PREFIX = re.compile(r"xmlns:([^\W\d][\w.-]{0,30})")
_PREFIXES_ALWAYS_THERE = frozenset({"xml", "xmlns"})


def element_rows(text: io.TextIOWrapper, sample: str) -> Iterator[SourceRow]:
    """Yield the elements that are rows. Raises `UnreadableFeed`, for entities in any case."""
    if "<!ENTITY" in sample:
        raise UnreadableFeed("xml_entities", "XML that declares entities is not read.")
    declarations = _undeclared(sample)
    path = _shape(declarations.added_to(sample)).rows()
    if path is None:
        raise UnreadableFeed("malformed", "There are no elements in this XML.")
    source = _Cleaned(text, declarations)
    try:
        yield from _rows(source, path)
    except etree.LxmlError as error:
        reason = "truncated" if source.is_at_end else "malformed"
        line = error.position[0] if isinstance(error, etree.XMLSyntaxError) else None
        raise UnreadableFeed(reason, "This is not valid XML to its end.", line=line) from error


class _Declarations(NamedTuple):
    """What a root element lacks, and the place of the text where it belongs."""

    place: int = 0
    text: str = ""

    def added_to(self, text: str, start: int = 0) -> str:
        """Return a part of the document, which begins at `start`, with them where they belong."""
        place = self.place - start
        if not self.text or not 0 <= place < len(text):
            return text
        return f"{text[:place]}{self.text}{text[place:]}"


class _Cleaned:
    """The file as UTF-8 without what XML forbids; a bare ampersand is one, no entity is."""

    def __init__(self, text: io.TextIOBase, declarations: _Declarations) -> None:
        self._text = text
        self._declarations = declarations
        self._place = 0
        self._held = ""
        self.since_row = 0
        self.is_at_end = False

    def read(self, size: int) -> bytes:
        chunk = self._text.read(max(size, 1))
        self.is_at_end = not chunk
        self.since_row += len(chunk)
        if self.since_row > VALUE_BYTES_MAX:
            raise UnreadableFeed("too_large", "An element is too large for a car.")
        added = self._declarations.added_to(chunk, self._place)
        self._place += len(chunk)
        whole, self._held = self._held + added, ""
        at = whole.rfind("&", max(0, len(whole) - _REFERENCE_LENGTH_MAX))
        if chunk and at >= 0 and ";" not in whole[at:]:
            whole, self._held = whole[:at], whole[at:]
            if not whole:
                return self.read(size)
        return cleaned(whole).encode("utf-8")


def cleaned(text: str) -> str:
    text = _NOT_XML.sub(" ", text)
    if "&" not in text:
        return text
    return _NUMERIC.sub(_allowed, _BARE_AMPERSAND.sub("&amp;", text))


def _allowed(reference: re.Match[str]) -> str:
    digits = reference[1]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    is_allowed = code <= 0x10FFFF and not _NOT_XML.match(chr(code))
    return reference[0] if is_allowed else " "


def _shape(sample: str) -> Shape:
    shape = Shape(of_arrays=False)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
    )
    try:
        parser.feed(cleaned(sample).encode("utf-8"))
    except etree.LxmlError:
        return shape
    _measure(shape, parser)
    for path in [path for path in shape.counts if not shape.leaves_of(path)]:
        del shape.counts[path]
    return shape


def _measure(shape: Shape, parser: etree.XMLPullParser) -> None:
    paths: list[Path] = []
    events: Iterator[tuple[str, Any]] = parser.read_events()
    for event, element in events:
        if not isinstance(element.tag, str):
            continue
        if event == "end":
            paths.pop()
            if len(element) == 0 and not element.attrib:
                shape.add_leaf(paths, element.tag)
            continue
        paths.append((*(paths[-1] if paths else ()), element.tag))
        shape.counts[paths[-1]] += 1
        for name in element.attrib:
            shape.add_leaf(paths, f"{element.tag}@{name!s}")
        if len(paths) > DEPTH_MAX:
            break


def _rows(source: _Cleaned, path: Path) -> Iterator[SourceRow]:
    parsed = etree.iterparse(
        source,
        events=("end",),
        tag=path[-1],
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in parsed:
        ancestors = list(element.iterancestors())
        if len(ancestors) + 1 != len(path):
            continue
        cells = _cells(element)
        source.since_row = 0
        line = element.sourceline or 0
        element.clear()
        for node in (element, *ancestors):
            parent = node.getparent()
            while parent is not None and node.getprevious() is not None:
                del parent[0]
        if any(map(str.strip, cells.values())):
            yield SourceRow(line, cells)


def _cells(row: etree._Element) -> dict[str, str]:
    cells: dict[str, str] = {}
    budget = iter(range(_ELEMENTS_OF_ROW_MAX))
    for name, value in _leaves("", row, 0, budget):
        if len(cells) == COLUMNS_MAX:
            break
        cells[name] = value
    return cells


def _leaves(
    prefix: str, element: etree._Element, depth: int, budget: Iterator[int]
) -> Iterator[tuple[str, str]]:
    if depth > DEPTH_MAX or next(budget, None) is None:
        raise UnreadableFeed("too_deep", "An element holds too many others.")
    start = f"{prefix}." if prefix else ""
    for name, value in _attributes(element):
        yield _path(start, f"@{_local(name).rpartition(':')[2]}"), value
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        text = element.text or ""
        if text.strip() or not element.attrib:
            yield prefix or "#text", text
        return
    names = [_name(child) for child in children]
    repeated = {name for name, count in Counter(names).items() if count > 1}
    index: Counter[str] = Counter()
    for name, child in zip(names, children, strict=True):
        path = _path(start, name)
        if name in repeated:
            path, index[name] = f"{path}[{index[name]}]", index[name] + 1
        if len(child) == 0 and not child.attrib:
            yield path, child.text or ""
        else:
            yield from _leaves(path, child, depth + 1, budget)


def _attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield names and values. lxml looks each value up among all before it: many come by XPath."""
    if len(element.attrib) <= _FEW_ATTRIBUTES:
        for name, value in element.attrib.items():
            yield str(name), str(value)
        return
    found: Any = element.xpath("@*")
    for each in found:
        yield str(each.attrname), str(each)


def _name(element: etree._Element) -> str:
    local = _local(str(element.tag))
    return f"{element.prefix}:{local}" if element.prefix else local


def _local(name: str) -> str:
    """Return a name without its namespace; a prefix that nobody declared is a part of it."""
    return name.rpartition("}")[2]


def _path(start: str, name: str) -> str:
    return f"{start}{name}"[:HEADER_CHARACTERS_MAX]


def _undeclared(sample: str) -> _Declarations:
    """Return declarations of the prefixes that a document's beginning uses without them."""
    root = _ROOT.match(sample)
    if root is None:
        return _Declarations()
    known = _PREFIXES_ALWAYS_THERE | set(_DECLARED_PREFIX.findall(sample))
    used = [name for name in dict.fromkeys(_USED_PREFIX.findall(sample)) if name not in known]
    text = "".join(f' xmlns:{name}="prefix:{name}"' for name in used[:_PREFIXES_MAX])
    return _Declarations(root.end(), text)

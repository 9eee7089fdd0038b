"""XML: RSS with the `g:` namespace, Atom, and rows under any name."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from dealers.feeds.files.limits import (
    COLUMNS_MAX,
    DEPTH_MAX,
    HEADER_CHARACTERS_MAX,
    VALUE_BYTES_MAX,
)
from dealers.feeds.files.markup import Mender
from dealers.feeds.files.rows import SourceRow, UnreadableFeed
from dealers.feeds.files.shapes import Path, Shape

_ELEMENTS_OF_ROW_MAX = 20_000
_FEW_ATTRIBUTES = 32

_AT_PLACE = re.compile(r",? line \d+(?:, column \d+)?")


def element_rows(text: io.TextIOWrapper, sample: str) -> Iterator[SourceRow]:
    """Yield the elements that are rows. Raises `UnreadableFeed`, for entities in any case."""
    if "<!ENTITY" in sample:
        raise UnreadableFeed("xml_entities", "XML that declares entities is not read.")
    path = _shape(sample).rows()
    if path is None:
        raise UnreadableFeed("malformed", "There are no elements in this XML.")
    source = _Mended(text, Mender(sample))
    try:
        yield from _rows(source, path)
    except etree.LxmlError as error:
        raise _refusal(source, error) from error


def _refusal(source: "_Mended", error: etree.LxmlError) -> UnreadableFeed:
    line, reason = None, str(error)
    if isinstance(error, etree.XMLSyntaxError):
        line, reason = error.position[0], _AT_PLACE.sub("", str(error.msg))
    if source.is_at_end:
        return UnreadableFeed("truncated", "The file breaks off before its end.", line=line)
    if Mender.ROOT in reason:
        reason = "a tag is closed that is not open"
    return UnreadableFeed("malformed", f"This is not valid XML: {reason}."[:300], line=line)


class _Mended:
    """The file as UTF-8 that a parser takes, inside an element of our own."""

    def __init__(self, text: io.TextIOBase, mender: Mender) -> None:
        self._text = text
        self._mender = mender
        self._is_begun = False
        self.since_row = 0
        self.is_at_end = False

    def read(self, size: int) -> bytes:
        if self.is_at_end:
            return b""
        piece = "" if self._is_begun else self._mender.opening
        self._is_begun = True
        while not piece:
            chunk = self._text.read(max(size, 1))
            self.since_row += len(chunk)
            if self.since_row > VALUE_BYTES_MAX:
                raise UnreadableFeed("too_large", "An element is too large for a car.")
            self.is_at_end = not chunk
            piece = self._mender.mended(chunk, is_last=self.is_at_end)
            if self.is_at_end:
                piece += self._end()
        return piece.encode("utf-8")

    def _end(self) -> str:
        if self._mender.is_inside:
            raise UnreadableFeed("truncated", "The file breaks off before its end.")
        return self._mender.closing


def _shape(sample: str) -> Shape:
    shape = Shape(of_arrays=False)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
    )
    mender = Mender(sample)
    try:
        parser.feed(f"{mender.opening}{mender.mended(sample)}".encode())
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
        if not isinstance(element.tag, str) or element.tag == Mender.ROOT:
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


def _rows(source: _Mended, path: Path) -> Iterator[SourceRow]:
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
        if len(ancestors) != len(path):
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
    if prefix and (said := _mixed(element, children)):
        yield prefix, said
        if any(child.tail and child.tail.strip() for child in children):
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


def _mixed(element: etree._Element, children: list[etree._Element]) -> str:
    """Return an element's text beside the elements in it, and theirs where they stand inside it."""
    if any(child.tail and child.tail.strip() for child in children):
        return "".join(map(str, element.itertext()))
    return (element.text or "").strip()


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

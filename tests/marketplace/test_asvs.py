"""The table of the security standard is whole, and what it names is there.

Which requirements there are and of which level is from OWASP ASVS 5.0.0: one digit for each.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.utils.text import slugify

from tests.marketplace.checkouts import ROOT

DOCS = ROOT / "docs"
PAGES = (DOCS / "asvs.md", DOCS / "accounts.md")
LEVELS = {
    1: ("22", "1111122223", "112222222223", "222", "123"),
    2: ("122", "112", "12223", "23"),
    3: ("3", "113", "12223", "11222233", "11122333", "3", "22333"),
    4: ("12233", "23333", "22", "1222"),
    5: ("2", "112333", "113", "222"),
    6: ("122", "111111112222", "11223333", "112233", "22222333", "2223", "33", "2222"),
    7: ("222", "1111", "22", "11222", "223", "22"),
    8: ("1233", "1123", "133", "23"),
    9: ("111", "1222"),
    10: ("22", "223", "22223", "1111122222233333", "22222", "22", "222"),
    11: ("2233", "22233", "11233", "1222", "23", "23", "33"),
    12: ("12233", "11", "22223"),
    13: ("2333", "222223", "2233", "1222233"),
    14: ("22", "12223333", "122"),
    15: ("12233", "12233", "1222222", "3333"),
    16: ("2", "22222", "2222", "222", "2223"),
    17: ("23", "22223333", "22"),
}
STATES = ("met", "in part", "no", "not here")
TITLES = re.compile(r"^#{2,3} V(\d+) (.+)$", re.MULTILINE)
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+) \|$", re.MULTILINE)
FILE = re.compile(r"`([\w./-]+\.(?:py|txt|js|md))`")
LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")


class Requirement(NamedTuple):
    """A row of the table; `page` is where it stands."""

    id: str
    level: str
    said: str
    state: str
    reason: str
    page: Path


def rows() -> Iterator[Requirement]:
    for page in PAGES:
        for number, cells in ROW.findall(page.read_text()):
            level, said, state, reason = cells.split(" | ", 3)
            shown = re.sub(r"<!--.*?-->", "", reason)
            yield Requirement(number, level, said, state, shown.strip(), page)


def standard() -> dict[str, str]:
    """Return the requirements up to level 2 with their level."""
    return {
        f"{chapter}.{section}.{place}": level
        for chapter, sections in LEVELS.items()
        for section, levels in enumerate(sections, 1)
        for place, level in enumerate(levels, 1)
        if level != "3"
    }


def sums() -> str:
    """Return the table of how many requirements of each chapter are in which state."""
    titles = {
        int(number): (page.name, f"V{number} {title}")
        for page in PAGES
        for number, title in TITLES.findall(page.read_text())
    }
    counts = Counter((int(row.id.partition(".")[0]), row.state) for row in rows())
    lines = ["| chapter | met | in part | no | not here |", "|---|---|---|---|---|"]
    for chapter in LEVELS:
        page, title = titles[chapter]
        place = f"#{slugify(title)}" if page == "accounts.md" else f"{page}#{slugify(title)}"
        cells = [str(counts[chapter, state]) for state in STATES]
        lines.append(f"| [{title}]({place}) | {' | '.join(cells)} |")
    every = [str(sum(counts[chapter, state] for chapter in LEVELS)) for state in STATES]
    return "\n".join([*lines, f"| all | {' | '.join(every)} |"])


def test_the_standard_has_as_many_requirements_as_it_says() -> None:
    every = Counter("".join(levels for sections in LEVELS.values() for levels in sections))
    assert every == {"1": 70, "2": 183, "3": 92}


def test_each_requirement_stands_once_with_its_level() -> None:
    found = [(row.id, row.level) for row in rows()]
    assert len(found) == len(set(found))
    assert dict(found) == standard()


def test_each_says_how_it_stands_and_why() -> None:
    for row in rows():
        assert row.state in STATES, row.id
        assert len(row.said) > 3, row.id
        assert len(row.reason) > 3, row.id
        assert "|" not in row.reason, row.id


def test_what_is_met_names_a_test_a_page_or_the_reason_in_words() -> None:
    for row in rows():
        shown = FILE.findall(row.reason) + LINK.findall(row.reason)
        assert row.state != "met" or shown or len(row.reason.split()) >= 4, row.id


def test_each_file_that_a_row_names_is_there() -> None:
    for row in rows():
        for name in FILE.findall(row.reason):
            places = [ROOT / name]
            if row.page.name == "accounts.md" and "/" not in name:
                places.append(ROOT / "tests" / "dealers" / "accounts" / name)
            assert any(place.is_file() for place in places), (row.id, name)


def test_each_page_that_a_row_names_has_that_place() -> None:
    for row in rows():
        for name, anchor in LINK.findall(row.reason):
            page = (row.page.parent / name) if name else row.page
            assert page.is_file(), (row.id, name)
            headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
            assert not anchor or anchor in {slugify(each) for each in headings}, (row.id, anchor)


def test_the_sums_are_those_of_the_rows() -> None:
    assert sums() in (DOCS / "accounts.md").read_text(), f"copy this:\n{sums()}"


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/security.md", "docs/accounts.md"])
def test_the_table_is_found_from(page: str) -> None:
    assert "asvs.md)" in (ROOT / page).read_text()

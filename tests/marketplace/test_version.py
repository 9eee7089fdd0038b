"""One version, wherever it is told."""

import re
import tomllib

from tests.marketplace.checkouts import ROOT


def test_the_newest_version_of_the_changelog_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text()

    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    if headings[0] == "Unreleased":
        headings.pop(0)

    assert headings[0] == project["version"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", heading) for heading in headings)


def test_no_line_of_the_changelog_stands_twice() -> None:
    lines = [
        line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("- ")
    ]

    assert len(lines) == len(set(lines))

"""The scripts of a page: its own, each by its address, and none that somebody wrote into it."""

import re

EVERYWHERE = '<script src="/static/pages/kept_cars.js" defer>'
LIGHTBOX = '<script src="/static/pages/lightbox.js" defer>'
CALLS = '<script src="/static/pages/calls.js" defer>'
LINKED_DATA = '<script type="application/ld+json">'


def script_tags(page: str) -> list[str]:
    """Return the tags in their order, where each has its end."""
    found = re.findall(r"<script[^>]*>", page)
    assert page.count("</script") == len(found)
    return found

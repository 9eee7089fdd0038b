"""How the parts of a sitemap are written. Source: sitemaps.org, version 0.9."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from django.views.decorators.cache import cache_control

from listings.site.addresses import canonical

HOUR = 3_600
ADDRESSES_MAX = 50_000
"""So many a part may have."""
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

cached = cache_control(public=True, max_age=HOUR)


def urlset(paths: Iterable[str]) -> Iterator[str]:
    """Yield a part that holds these pages of ours."""
    yield f"{HEAD}<urlset {NAMESPACE}>\n"
    for path in paths:
        yield f"<url><loc>{escape(canonical(path))}</loc></url>\n"
    yield "</urlset>\n"

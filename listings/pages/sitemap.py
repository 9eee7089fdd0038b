"""What search engines may find: a map of the adverts that are live, in parts by id."""

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from listings.models import Listing
from listings.models.listing import ListingQuerySet
from listings.pages.landing_sitemap import landing_parts
from listings.pages.sitemap_format import ADDRESSES_MAX, HEAD, HOUR, NAMESPACE, cached, urlset
from listings.search.references import dealers
from listings.site.addresses import advert_path, canonical, dealer_path
from marketplace.downloads import whole_file
from marketplace.london_time import in_london

CHUNK = 25_000  # ids in a part, which holds at most 50,000 addresses
BATCH = 2_000


@require_safe
@cached
def sitemap_index(request: HttpRequest) -> HttpResponseBase:
    """The parts that have a live advert; another front end maps its own pages."""
    if settings.PUBLIC_LISTING_URL:
        raise Http404
    adverts = [reverse("sitemap-chunk", args=(chunk,)) for chunk in _chunks()]
    others = (*landing_parts(), reverse("sitemap-dealers")) if adverts else ()
    paths = [*adverts, *others]
    parts = "".join(f"<sitemap><loc>{canonical(path)}</loc></sitemap>\n" for path in paths)
    text = f"{HEAD}<sitemapindex {NAMESPACE}>\n{parts}</sitemapindex>\n"
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@require_safe
@cached
def sitemap(request: HttpRequest, chunk: int) -> HttpResponseBase:
    if settings.PUBLIC_LISTING_URL or not _rows(chunk, chunk * CHUNK - 1).exists():
        raise Http404
    return whole_file(_written(chunk), content_type="application/xml; charset=utf-8")


@require_safe
@cached
def dealer_sitemap(request: HttpRequest) -> HttpResponseBase:
    """The pages of dealers that have a car for sale."""
    if settings.PUBLIC_LISTING_URL:
        raise Http404
    cars = Listing.objects.public().for_dealer(OuterRef("pk")).order_by()
    slugs = dealers().filter(Exists(cars)).order_by("pk").values_list("slug", flat=True)
    paths = (dealer_path(slug) for slug in slugs[:ADDRESSES_MAX])
    return whole_file(urlset(paths), content_type="application/xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /renew/", "Disallow: /oembed"]
    if not settings.PUBLIC_LISTING_URL:
        lines += ["", f"Sitemap: {canonical(reverse('sitemap'))}"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _chunks() -> list[int]:
    """Return the parts that have an advert: one look into the index by id for each."""
    chunks: list[int] = []
    ids = Listing.objects.public().order_by("pk").values_list("pk", flat=True)
    after = -1
    while (found := ids.filter(pk__gt=after).first()) is not None:
        chunks.append(found // CHUNK)
        after = (chunks[-1] + 1) * CHUNK - 1
    return chunks


def _rows(chunk: int, after: int) -> ListingQuerySet:
    return Listing.objects.public().filter(pk__gt=after, pk__lt=(chunk + 1) * CHUNK)


def _written(chunk: int) -> Iterator[str]:
    """Yield the part batch by batch."""
    yield f"{HEAD}<urlset {NAMESPACE}>\n"
    after = chunk * CHUNK - 1
    while batch := list(
        _rows(chunk, after).order_by("pk").values_list("pk", "title", "published_at")[:BATCH]
    ):
        yield "".join(_entry(*row) for row in batch)
        after = batch[-1][0]
    yield "</urlset>\n"


def _entry(pk: int, title: str, published_at: datetime | None) -> str:
    address = escape(canonical(advert_path(pk, title)))
    changed = f"<lastmod>{in_london(published_at):%Y-%m-%d}</lastmod>" if published_at else ""
    return f"<url><loc>{address}</loc>{changed}</url>\n"

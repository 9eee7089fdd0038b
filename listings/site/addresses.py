"""Where an advert and a list of results can be read, by people and by search engines."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import slugify

SLUG_MAX = 80


def advert_slug(title: str) -> str:
    """Return the readable end of an advert's address; `car` where a title has no letters."""
    return slugify(title)[:SLUG_MAX].strip("-") or "car"


def advert_path(listing_id: int, title: str) -> str:
    return reverse("advert", args=(listing_id, advert_slug(title)))


def advert_address(request: HttpRequest, listing_id: int, title: str) -> str:
    """Return where "View details" leads: our own page unless `PUBLIC_LISTING_URL` names another."""
    if settings.PUBLIC_LISTING_URL:
        return elsewhere(listing_id, title)
    return request.build_absolute_uri(advert_path(listing_id, title))


def elsewhere(listing_id: int, title: str) -> str:
    """Return the advert's address at the front end that `PUBLIC_LISTING_URL` names."""
    address = str(settings.PUBLIC_LISTING_URL)
    return address.replace("{id}", str(listing_id)).replace("{slug}", advert_slug(title))


def dealer_path(slug: str, query: str = "") -> str:
    """Return the page of a dealer."""
    path = reverse("dealer", args=(slug,))
    return f"{path}?{query}" if query else path


def compare_path(ids: Iterable[int]) -> str:
    """Return the page that has these adverts side by side."""
    query = "&".join(f"id={pk}" for pk in ids)
    return f"{reverse('compare')}?{query}" if query else reverse("compare")


def results_path(query: str) -> str:
    path = reverse("results")
    return f"{path}?{query}" if query else path


def landing_path(*names: str) -> str:
    """Return the address of a landing page: of a make, a model of it, a place, or all of them."""
    return reverse("landing-all") + "".join(f"{name}/" for name in names)


def canonical(path: str) -> str:
    """Return the one address that a page has, whichever of our host names it was asked at."""
    return f"{settings.PUBLIC_URL}{path}"

"""oEmbed: a site that is given one of our addresses asks here what to show for it.

Source: oembed.com, sections 2.2 to 2.4.
"""

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.views.decorators.http import conditional_page, require_safe

from listings.models import Listing
from listings.site.answers import refusals_shown
from listings.site.http_cache import FRESH_SECONDS, briefly, everywhere
from listings.site.query_string import CURSOR, read_search
from listings.site.tracking_parameters import without_tracking
from listings.widget.answer import HEADING
from marketplace.api.parameters import (
    IntegerParameter,
    Parameter,
    Schema,
    read_table,
    refuse,
    refuse_unknown,
)

WIDTH, HEIGHT, ADVERT_HEIGHT = 720, 900, 560  # pixels
PROVIDER = "Used-car marketplace"


class Address(Parameter):
    """A web address."""

    def read(self, text: str) -> str:
        try:
            is_address = len(text) <= 2_000 and urlsplit(text).scheme in ("http", "https")
        except ValueError:  # such as a bracket that opens and does not close
            is_address = False
        if not is_address:
            raise ValidationError("Must be a web address.")
        return text

    def schema(self) -> Schema:
        return {"type": "string", "format": "uri"}


class Word(Parameter):
    """Any short text."""

    def read(self, text: str) -> str:
        return text[:20]

    def schema(self) -> Schema:
        return {"type": "string"}


PARAMETERS: dict[str, forms.Field] = {
    "url": Address(required=True),
    "format": Word(default="json"),
    "maxwidth": IntegerParameter(low=1, high=100_000),
    "maxheight": IntegerParameter(low=1, high=100_000),
}


@conditional_page
@require_safe
@refusals_shown
def oembed(request: HttpRequest) -> HttpResponseBase:
    """Describe the frame of an advert's page or of a list of results; 501 for unknown formats."""
    asked = without_tracking(request.GET)
    refuse_unknown(asked, PARAMETERS)
    values, errors = read_table(asked, PARAMETERS)
    refuse(errors)
    if values["format"] not in ("json", "xml"):
        return HttpResponse("json or xml", status=501, content_type="text/plain; charset=utf-8")
    path, title, height = _frame_of(request, values["url"])
    width = min(WIDTH, values["maxwidth"] or WIDTH)
    height = min(height, values["maxheight"] or height)
    body = {
        "type": "rich",
        "version": "1.0",
        "title": title,
        "provider_name": PROVIDER,
        "provider_url": request.build_absolute_uri("/"),
        "cache_age": FRESH_SECONDS,
        "width": width,
        "height": height,
        "html": _iframe(request.build_absolute_uri(path), title, width, height),
    }
    return everywhere(briefly(_xml(body) if values["format"] == "xml" else JsonResponse(body)))


def _frame_of(request: HttpRequest, url: str) -> tuple[str, str, int]:
    """Return the frame, the title and the height for one of our own pages."""
    parts = urlsplit(url)
    if parts.netloc != request.get_host():
        raise Http404
    try:
        match = resolve(parts.path)
    except Resolver404:
        raise Http404 from None
    if match.url_name == "advert":
        row = Listing.objects.public().filter(pk=match.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return reverse("widget-advert-frame", args=(row.pk,)), row.title, ADVERT_HEIGHT
    if match.url_name != "results":
        raise Http404
    query = read_search(without_tracking(QueryDict(parts.query)), CURSOR).search()
    path = reverse("widget-frame")
    return f"{path}?{query}" if query else path, HEADING, HEIGHT


def _iframe(address: str, title: str, width: int, height: int) -> str:
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy"></iframe>',
        *(address, title, width, height),
    )


def _xml(body: dict[str, Any]) -> HttpResponse:
    root = ET.Element("oembed")
    for name, value in body.items():
        ET.SubElement(root, name).text = str(value)
    text = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, content_type="text/xml; charset=utf-8")

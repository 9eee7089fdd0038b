"""The page that explains the API: the guide, and the reference of the running version."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from marketplace.api.guide import guide
from marketplace.api.reference import reference_of


@cache
def api_document() -> dict[str, Any]:
    """Return the OpenAPI document of the running version, made once in a process."""
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]  # untyped library
    document: dict[str, Any] = generator.get_schema(request=None, public=True)
    return document


@cache
def _page() -> str:
    context = {"guide": guide(), "reference": reference_of(api_document())}
    return render_to_string("marketplace/docs.html", context)


@require_safe
@gzip_page
def docs(request: HttpRequest) -> HttpResponse:
    """Show the guide and the reference; nothing of it depends on who asks."""
    answer = HttpResponse(_page())
    patch_cache_control(answer, public=True, max_age=300)
    return answer

"""A page of the demo's own with the block on it, which finds out by itself what it is about."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def article(request: HttpRequest) -> HttpResponse:
    """Only in a demo: elsewhere there is no such page."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "pages/article.html")

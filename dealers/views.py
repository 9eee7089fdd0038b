"""Pages that a mailed link opens; whoever holds the link needs no account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dealers.renewal import find_renewable, renew_by_link
from marketplace.errors import DomainError


@csrf_exempt  # the link itself is the secret; a mail program's browser may refuse cookies
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, as mail programs open links by themselves; renew on POST."""
    try:
        if request.method == "POST":
            page = _page(request, "renewed", {"listing": renew_by_link(token=token)})
        else:
            days = settings.LISTING_LIFETIME_DAYS
            page = _page(request, "ask", {"listing": find_renewable(token=token), "days": days})
    except DomainError as refusal:
        page = _page(request, "refused", {"refusal": refusal}, status=refusal.status)
    page["Referrer-Policy"] = "no-referrer"
    page["X-Robots-Tag"] = "noindex"
    return page


def _page(
    request: HttpRequest, name: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    return render(request, f"dealers/renewal/{name}.html", context, status=status)

"""Pages that a mailed link opens; whoever holds the link needs no account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dealers.renewal import find_renewable, renew_by_link
from dealers.weekly_mail import end_weekly_mail, find_weekly_mail
from marketplace.errors import DomainError


@csrf_exempt  # the link itself is the secret; a mail program's browser may refuse cookies
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, as mail programs open links by themselves; renew on POST."""
    try:
        if request.method == "POST":
            page = _page(request, "renewal/renewed", {"listing": renew_by_link(token=token)})
        else:
            days = settings.LISTING_LIFETIME_DAYS
            page = _page(
                request, "renewal/ask", {"listing": find_renewable(token=token), "days": days}
            )
    except DomainError as refusal:
        page = _page(request, "renewal/refused", {"refusal": refusal}, status=refusal.status)
    return page


@csrf_exempt  # likewise; and mail programs end it by a POST of their own (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_weekly_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET; end somebody's weekly mails on POST."""
    try:
        if request.method == "POST":
            return _page(request, "weekly/ended", {"member": end_weekly_mail(token=token)})
        return _page(request, "weekly/ask", {"member": find_weekly_mail(token=token)})
    except DomainError as refusal:
        return _page(request, "weekly/refused", {"refusal": refusal}, status=refusal.status)


def _page(
    request: HttpRequest, name: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    page = render(request, f"dealers/{name}.html", context, status=status)
    page["Referrer-Policy"] = "no-referrer"
    page["X-Robots-Tag"] = "noindex"
    return page

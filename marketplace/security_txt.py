"""`/.well-known/security.txt`: whom to tell of a weakness. Source: RFC 9116."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

PATH = ".well-known/security.txt"
_SCHEMES = ("mailto:", "https://", "tel:")


def security_settings(env: Any) -> dict[str, Any]:
    """Return the contacts, the best first, and the day on which they may no longer be right."""
    contacts: list[str] = env.list("SECURITY_CONTACT", default=[])
    expires_on: str = env.str("SECURITY_EXPIRES_ON", default="")
    if not all(contact.startswith(_SCHEMES) for contact in contacts):
        raise ImproperlyConfigured("SECURITY_CONTACT is addresses: mailto:, https: or tel:.")
    try:
        day = date.fromisoformat(expires_on) if contacts else None
    except ValueError:
        message = "SECURITY_EXPIRES_ON is a day, such as 2027-06-30, where SECURITY_CONTACT is set."
        raise ImproperlyConfigured(message) from None
    return {"SECURITY_CONTACT": contacts, "SECURITY_EXPIRES_ON": day}


@require_safe
@cache_control(public=True, max_age=3_600)
def security_txt(request: HttpRequest) -> HttpResponse:
    contacts: list[str] = getattr(settings, "SECURITY_CONTACT")  # noqa: B009 - made by a function
    expires_on: date | None = getattr(settings, "SECURITY_EXPIRES_ON")  # noqa: B009
    if not contacts or expires_on is None:
        raise Http404
    expires = datetime.combine(expires_on, time(23, 59, 59), UTC)
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: en"]
    lines += [f"Canonical: {settings.PUBLIC_URL}/{PATH}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")

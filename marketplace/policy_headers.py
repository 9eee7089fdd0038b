"""What each page may load and use: a content security policy by address, and what none may."""

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

HEADER = "Content-Security-Policy"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
        *("geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment"),
        *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
    )
)
_NONCE = "{nonce}"
_OWN = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"


class PolicyHeadersMiddleware:
    """Send the policy of the longest prefix in `CONTENT_SECURITY_POLICIES` that fits the address.

    Where a policy says `{nonce}`, it has a new one for each page: `request.csp_nonce`. A view that
    sets a header itself is left alone. It stands before whatever answers by itself, so that no
    answer goes without. An answer that takes the session's cookie away, as signing out does, has
    the browser forget the pages that it kept; what else the browser stores are a reader's own
    favourites.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        policies: dict[str, str] = settings.CONTENT_SECURITY_POLICIES
        self.policies = sorted(policies.items(), key=lambda item: len(item[0]), reverse=True)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        policy = next(text for prefix, text in self.policies if request.path.startswith(prefix))
        if _NONCE in policy:
            nonce = vars(request)["csp_nonce"] = secrets.token_urlsafe(16)
            policy = policy.replace(_NONCE, nonce)
        response = self.get_response(request)
        response.headers.setdefault(HEADER, policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if _ends_a_session(response):
            response.headers["Clear-Site-Data"] = '"cache"'
        return response


def _ends_a_session(response: HttpResponseBase) -> bool:
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie is not None and cookie["max-age"] == 0


def content_security_policies(media_url: str) -> dict[str, str]:
    """Return the policies by prefix of the address; photos come from the origin of `media_url`."""
    media = urlsplit(media_url)
    photos = f"'self' {media.scheme}://{media.netloc}" if media.netloc else "'self'"
    return {
        "/": f"default-src 'self'; {_OWN}",
        # Our pages for buyers: favourites ask the API for their cars.
        **dict.fromkeys(
            ("/cars/", "/dealers/", "/used-cars/", "/value/"),
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
            f"img-src {photos}; {_OWN}",
        ),
        # The block in a frame of any page, and the form in it; it counts what is seen and clicked,
        # without a cookie.
        "/widget/frame/": "default-src 'none'; script-src 'self'; connect-src 'self'; "
        f"style-src 'self'; img-src {photos}; base-uri 'none'; form-action 'self'; "
        "frame-ancestors *",
        # A page without a script.
        "/api/docs/": f"default-src 'none'; style-src 'self'; img-src 'self'; {_OWN}",
        # Unfold's Alpine evaluates its attributes, and its widgets set styles; no script is inline
        # unless it carries the nonce of its page.
        **dict.fromkeys(
            ("/admin/", "/dealer/"),
            f"default-src 'self'; script-src 'self' 'nonce-{_NONCE}' 'unsafe-eval'; "
            f"style-src 'self' 'unsafe-inline'; img-src {photos} data: blob:; {_OWN}",
        ),
    }

"""What each page may load: a content security policy by address."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

HEADER = "Content-Security-Policy"
_NONCE = "{nonce}"


class ContentSecurityPolicyMiddleware:
    """Send the policy of the longest prefix in `CONTENT_SECURITY_POLICIES` that fits the address.

    Where a policy says `{nonce}`, it has a new one for each page: `request.csp_nonce`. A view that
    sets the header itself is left alone.
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
        return response

"""What each page may load: a content security policy by address."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

HEADER = "Content-Security-Policy"


class ContentSecurityPolicyMiddleware:
    """Send the policy of the longest prefix in `CONTENT_SECURITY_POLICIES` that fits the address.

    A view that sets the header itself is left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        policies: dict[str, str] = settings.CONTENT_SECURITY_POLICIES
        self.policies = sorted(policies.items(), key=lambda item: len(item[0]), reverse=True)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if HEADER not in response.headers:
            response.headers[HEADER] = next(
                policy for prefix, policy in self.policies if request.path.startswith(prefix)
            )
        return response

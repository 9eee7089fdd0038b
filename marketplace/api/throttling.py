"""How often one caller of the API may ask."""

import time

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from marketplace.client_address import client_network
from marketplace.rate_limits import RATE_LIMITS, RateLimitUse, count_request


class RequestsPerMinute(BaseThrottle):
    """Counts requests by network; `policy` is their row in `RATE_LIMITS`.

    A view finds the `quota` it has left on the request.
    """

    policy = "address"

    def allow_request(self, request: Request, view: object) -> bool:
        counted = count_request(self.policy, self.caller(request))
        if counted is None:
            return True
        vars(request)["quota"] = counted
        return not counted.is_exceeded

    def caller(self, request: Request) -> str:
        return client_network(request)

    def wait(self) -> float:
        """Seconds until the next window begins."""
        seconds = RATE_LIMITS[self.policy].seconds
        return seconds - time.time() % seconds


def quota(request: Request) -> RateLimitUse | None:
    """Return what the caller has left, where its requests are counted."""
    found: RateLimitUse | None = vars(request).get("quota")
    return found

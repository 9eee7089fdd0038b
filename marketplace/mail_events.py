"""The webhook by which a mail provider tells of mail that comes back or is unwanted."""

import hmac
import json
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.api.problem import problem, problem_response
from marketplace.mail import SuppressionReason, suppress

EVENTS_MAX = 1_000
_REASONS = {"bounce": SuppressionReason.BOUNCE, "complaint": SuppressionReason.COMPLAINT}


@csrf_exempt
@require_POST
def mail_events(request: HttpRequest) -> HttpResponse:
    """Take `{"events": [{"kind": "bounce" or "complaint", "email": ...}]}`, and answer 204.

    Only permanent failures are to be sent here. Without `MAIL_WEBHOOK_SECRET` there is no such
    address.
    """
    if not settings.MAIL_WEBHOOK_SECRET:
        raise Http404
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {settings.MAIL_WEBHOOK_SECRET}".encode()):
        return problem_response(problem(403, "wrong_secret", "The secret is missing or wrong."))
    try:
        events = _events(request.body)
    except (ValueError, RecursionError, ValidationError):
        return problem_response(problem(400, "bad_events", "These are no events: see the docs."))
    for kind, reason in _REASONS.items():
        suppress((email for each, email in events if each == kind), reason=reason)
    return HttpResponse(status=204)


def _events(body: bytes) -> list[tuple[str, str]]:
    """Return kinds and addresses; raises `ValueError` and `ValidationError`."""
    given = json.loads(body)
    events: Any = given.get("events") if isinstance(given, dict) else None
    if not isinstance(events, list) or len(events) > EVENTS_MAX:
        raise ValueError
    return [_event(event) for event in events]


def _event(event: Any) -> tuple[str, str]:
    kind, email = (event.get("kind"), event.get("email")) if isinstance(event, dict) else (0, 0)
    if not isinstance(kind, str) or kind not in _REASONS:
        raise ValueError
    if not isinstance(email, str) or len(email) > 254:
        raise ValueError
    validate_email(email.strip())
    return kind, email

"""What is logged as an error, told to a service that collects errors; to none without its address.

Nothing leaves that the logs would not show: see `marketplace.redaction`.
"""

from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from marketplace.redaction import redacted, redacted_text

KEPT = ("event_id", "timestamp", "level", "logger", "platform", "environment", "release")
"""What is told as it is; of the rest only the message, the tags and the traceback, redacted."""


def start() -> None:
    """Begin to report, where settings name a service."""
    if not settings.SENTRY_DSN:
        return
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None), ExcepthookIntegration()],
        include_local_variables=False,
        max_breadcrumbs=0,
        send_default_pii=False,
        server_name="",
        before_send=_without_secrets,
    )


def _without_secrets(event: Event, hint: Hint) -> Event:
    """Return what may be told of an event, written anew rather than cut out."""
    record = hint.get("log_record")
    said = getattr(record, "msg", None)
    fields: dict[str, Any] = said if isinstance(said, dict) else {}
    safe: dict[str, Any] = {name: event[name] for name in KEPT if name in event}  # type: ignore[literal-required]
    message = fields.get("event") or (record.getMessage() if record else "")
    safe["message"] = redacted_text(str(message))
    safe["tags"] = {
        name: redacted_text(str(fields[name]))
        for name in ("request_id", "task", "route", "status")
        if name in fields
    }
    exceptions = event.get("exception", {}).get("values", [])
    safe["exception"] = {"values": [_exception(each) for each in exceptions]}
    return safe  # type: ignore[return-value]


def _exception(raised: dict[str, Any]) -> dict[str, Any]:
    """Return an exception's kind, its text redacted, and where it came from."""
    frames = (raised.get("stacktrace") or {}).get("frames", [])
    places = ("filename", "function", "lineno", "module", "in_app", "context_line")
    return {
        "type": raised.get("type"),
        "value": redacted(raised.get("value")),
        "module": raised.get("module"),
        "stacktrace": {"frames": [{key: frame.get(key) for key in places} for frame in frames]},
    }

"""Logs of every process: one JSON object a line in production, readable lines on a laptop.

Django applies `LOGGING` by `configure` when it is set up, which web processes, workers, beat and
commands all do. Granian, whose main process never sets up Django, is given `granian_logs.json`.
"""

import json
import logging
import logging.config
import os
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson
import structlog
from django.conf import settings
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict

from marketplace.callers import caller_of
from marketplace.redaction import redacted_fields

log = structlog.get_logger(__name__)

_SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def logging_config(*, is_json: bool, level: str) -> dict[str, Any]:
    """Return a `logging.config.dictConfig` dictionary for the whole process."""
    factory = json_formatter if is_json else console_formatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": factory}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's defaults have handlers of their own, which would write everything once more.
        "loggers": {
            "django": {"handlers": []},
            "django.server": {"handlers": [], "propagate": True},
            "fido2": {"level": "WARNING"},  # below that it names credentials
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Set up logging for this process: `LOGGING_CONFIG` names this function."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_SHARED,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(True)
    if not settings.DEBUG:
        sys.excepthook, threading.excepthook = _log_unhandled, _log_of_thread


def json_formatter() -> logging.Formatter:
    return LineFormatter(structlog.processors.JSONRenderer(serializer=json.dumps), is_json=True)


def console_formatter() -> logging.Formatter:
    plain = structlog.dev.plain_traceback
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)
    return LineFormatter(renderer, is_json=False)


class LineFormatter(ProcessorFormatter):
    """Writes redacted lines; a record's `safe_fields`, which need no redaction, cost little."""

    def __init__(self, renderer: Any, *, is_json: bool) -> None:
        super().__init__(
            foreign_pre_chain=[*_SHARED, _add_request],
            processors=[
                structlog.processors.format_exc_info,
                ProcessorFormatter.remove_processors_meta,
                _redact,
                renderer,
            ],
        )
        self._is_json = is_json

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "safe_fields", None)
        if fields is None or not self._is_json:
            return super().format(record)
        line = {
            "event": record.msg,
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC),
            **fields,
        }
        return orjson.dumps(line).decode()


def say(message: str, _stream: object = None) -> None:
    """Write a line from inside a handler of signals, where loggers must not be used."""
    if settings.DEBUG:
        line = message
    else:
        now = datetime.now(UTC).isoformat()
        line = json.dumps({"event": message, "level": "info", "timestamp": now})
    with suppress(OSError):
        os.write(2, f"{line}\n".encode())


def _add_request(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Say of which request and whose a line of Django's is; some come after the middleware."""
    record = event["_record"]
    request = getattr(record, "request", None)
    if request is not None and hasattr(request, "method"):
        event["method"], event["path"] = request.method, request.path
        event.update(caller_of(request))
        if request_id := vars(request).get("request_id"):
            event["request_id"] = request_id
    if isinstance(status := getattr(record, "status_code", None), int):
        event["status"] = status
    event.update(getattr(record, "safe_fields", {}))
    return event


def _redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return redacted_fields(event)


def _log_unhandled(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    log.critical("unhandled_exception", exc_info=(kind, error, traceback))


def _log_of_thread(raised: threading.ExceptHookArgs) -> None:
    if raised.exc_value is not None and not isinstance(raised.exc_value, SystemExit):
        name = raised.thread.name if raised.thread else ""
        log.critical("unhandled_exception", thread=name, exc_info=raised.exc_value)

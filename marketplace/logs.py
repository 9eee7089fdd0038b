"""Logs: one JSON object a line in production, readable lines on a laptop."""

import re
from typing import Any

import structlog

_TOKEN_PATHS = re.compile(r"(/(?:renew|join|password/reset)/)[^\s\"']+")


def logging_config(*, json: bool, level: str) -> dict[str, Any]:
    """Return a `logging.config.dictConfig` dictionary for the whole process.

    Query strings are never logged: an access log would otherwise repeat what people search for.
    Nor are the tokens of mailed links, which Django names with the path of a refused request.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _hide_tokens,
                    renderer,
                ],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
    }


def _hide_tokens(_logger: Any, _method: str, event: Any) -> Any:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _TOKEN_PATHS.sub(r"\1…", value)
    return event

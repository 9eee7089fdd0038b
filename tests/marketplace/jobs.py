"""Tasks that only the tests of the worker know: `celery -A tests.marketplace.jobs worker`."""

import logging
import time

import structlog
from django.apps import apps

from marketplace.celery import app
from marketplace.errors import ServiceAway

log = structlog.get_logger(__name__)


class Refused(Exception):
    """The task cannot be done."""


@app.task
def add_make(name: str) -> None:
    apps.get_model("listings.Make").objects.create(slug=name, name=name)


@app.task
def add_make_of_the_request() -> None:
    add_make(str(structlog.contextvars.get_contextvars().get("request_id", "of-nobody")))


@app.task
def add_make_slowly_at_first(name: str) -> None:
    """Write a row and stay, unless an earlier run has: the second run ends at once."""
    if apps.get_model("listings.Make").objects.filter(slug=name).exists():
        add_make(f"{name}-again")
        return
    add_make(name)
    time.sleep(60)


@app.task
def refuse() -> None:
    raise Refused


@app.task
def miss_service() -> None:
    raise ServiceAway


@app.task
def fail_with(text: str) -> None:
    """Log a text as libraries do and as we do, and fail with it."""
    logging.getLogger("a.library").warning("Trying %s", text, extra={"vrm": text})
    log.info("trying", vrm="A1 ABC", nested=[{"text": text}])
    raise ValueError(text)

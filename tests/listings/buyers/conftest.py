"""A mail server of the test's own, to which the project's mails go."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests.dealers import mail_server


@pytest.fixture
def mails(settings: Any) -> Iterator[mail_server.MailServer]:
    cache.clear()  # what other tests asked for counts against limits
    with mail_server.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server

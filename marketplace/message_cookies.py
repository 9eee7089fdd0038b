"""Django's messages in a cookie that is named as the other cookies are."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookieStorage(CookieStorage):
    """Keeps messages in the cookie `MESSAGES_COOKIE_NAME`, which Django has no setting for."""

    @property
    def cookie_name(self) -> str:  # type: ignore[override]  # Django's is a plain attribute
        return str(settings.MESSAGES_COOKIE_NAME)


class NamedFallbackStorage(FallbackStorage):
    """Django's default: a cookie, and the session for what does not fit into it."""

    storage_classes = (NamedCookieStorage, SessionStorage)

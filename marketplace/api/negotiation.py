"""Which form an answer has: there is one, so most callers need no negotiation."""

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class PlainNegotiation(DefaultContentNegotiation):
    """Answers as DRF does, at once where the caller takes anything or asks for the one form."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        wanted = request.META.get("HTTP_ACCEPT", "*/*")
        if format_suffix is None and wanted in ("*/*", first.media_type):
            return first, str(first.media_type)
        renderer, media_type = super().select_renderer(request, renderers, format_suffix)
        return renderer, str(media_type)

"""The page that asks before something that cannot be taken back."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from dealers.models import ApiKey
from dealers.panel.site import panel


@dataclass(frozen=True)
class ConfirmPrompt:
    title: str
    sentences: tuple[str, ...]
    button: str
    cancel_url: str
    keys: tuple[ApiKey, ...] = ()
    """Those that may be revoked with it; ticked, until somebody takes the tick away."""


def confirmation_page(request: HttpRequest, prompt: ConfirmPrompt) -> HttpResponse:
    context = {**panel.each_context(request), **vars(prompt)}
    return TemplateResponse(request, "dealers/panel/team/confirm.html", context)

"""The page that asks before something that cannot be taken back."""

from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from dealers.panel.site import panel


@dataclass(frozen=True)
class ConfirmPrompt:
    title: str
    sentences: tuple[str, ...]
    button: str
    cancel_url: str


def confirmation_page(request: HttpRequest, prompt: ConfirmPrompt) -> HttpResponse:
    context = {**panel.each_context(request), **asdict(prompt)}
    return TemplateResponse(request, "dealers/panel/team/confirm.html", context)

"""What the page of the API's documents needs of templates."""

from django import template
from django.utils.safestring import SafeString

from marketplace.api.guide import render

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Return a description of ours as HTML."""
    return render(text)

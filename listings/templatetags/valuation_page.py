"""Whether pages lead to “What is my car worth?”, which the settings may switch off."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def is_valuation_offered() -> bool:
    """A tag and no context processor, as most pages are rendered without a request."""
    return bool(settings.PUBLIC_VALUATIONS)

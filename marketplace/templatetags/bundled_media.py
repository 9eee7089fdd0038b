"""The scripts and styles of a form, with bundles in place of the files that they are made of."""

from typing import Any

from django import template
from django.forms import Media, Script
from django.utils.safestring import SafeString

from marketplace.bundles import FORM_SCRIPTS, PAGE_STYLES, bundle_of, same

register = template.Library()

_OF_SLUGS = (
    "admin/js/urlify.js",
    "admin/js/prepopulate.js",
    "admin/js/vendor/xregexp/xregexp.min.js",
)
"""What Django gives every form, for those that write a slug after a name."""


@register.simple_tag(takes_context=True)
def bundled_media(context: template.Context, media: Media) -> SafeString:
    """Return the tags of a `Media`, without the styles of every page.

    Its scripts run in order once the page has been read, that of all forms before the others.
    """
    styles: dict[str, list[Any]] = media._css  # type: ignore[attr-defined]  # noqa: SLF001
    scripts: list[Any] = media._js  # type: ignore[attr-defined]  # noqa: SLF001
    form = context.get("adminform")
    unwanted = () if form and form.prepopulated_fields else _OF_SLUGS
    bundled = dict.fromkeys(bundle_of(path) or path for path in scripts if path not in unwanted)
    ordered = sorted(bundled, key=lambda path: path != FORM_SCRIPTS)
    others: dict[str, Any] = {
        medium: [path for path in paths if same(path) not in PAGE_STYLES]
        for medium, paths in styles.items()
    }
    shown = Media(css=others, js=[_deferred(path) for path in ordered])
    return SafeString(shown.render())


def _deferred(path: Any) -> Any:
    return Script(path, defer=True) if isinstance(path, str) else path

"""Scripts and styles of the admin sites, many files served as few.

A bundle is a static file like any other: `collectstatic` writes, names and compresses it, and the
finder keeps it below `.local/`. What stands in a bundle keeps its own file and its place in a
`Media`; the tag `bundled_media` names the bundle instead.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, find
from django.core.files.storage import FileSystemStorage, Storage
from django.http import HttpRequest
from django.utils.translation import override
from django.views.i18n import JavaScriptCatalog

FOLDER = Path(__file__).resolve().parent.parent / ".local" / "bundles"

_ALPINE = "unfold/js/alpine/alpine"
_SELECT2 = "admin/js/vendor/select2"
CATALOG = "catalog of translations"
"""Stands for what the admin's scripts call `gettext`: there is one language, so it is one file."""

PAGE_STYLES = (
    "unfold/css/styles.css",
    "unfold/css/simplebar/simplebar.css",
    "admin/css/vendor/select2/select2.css",
    "admin/css/autocomplete.css",
)
"""Of every page, after the site's own. A relative address in a file stays right in a bundle only
where both are in one folder."""

FORM_SCRIPTS = "marketplace/forms.bundle.js"
"""Of forms and filters. What changes a page that did not ask for it stays a file of its own, as
autocomplete.js does: it has the server asked for the choices of every list."""
BUNDLES: dict[str, tuple[str, ...]] = {
    "marketplace/staff.bundle.css": (
        *("marketplace/fonts.css", "marketplace/admin.css", "dealers/forms.css"),
        *PAGE_STYLES,
    ),
    "marketplace/panel.bundle.css": (
        *("marketplace/fonts.css", "dealers/panel/panel.css", "dealers/forms.css"),
        *PAGE_STYLES,
    ),
    "marketplace/pages.bundle.js": (
        "unfold/js/app.js",
        f"{_ALPINE}.anchor.js",
        f"{_ALPINE}.persist.js",
        f"{_ALPINE}.resize.js",
        f"{_ALPINE}.js",
        "unfold/js/simplebar/simplebar.js",
        "marketplace/thumbnails.js",
        "marketplace/controls.js",
        "dealers/copy.js",
    ),
    FORM_SCRIPTS: (
        CATALOG,
        "admin/js/vendor/jquery/jquery.min.js",
        f"{_SELECT2}/select2.full.min.js",
        f"{_SELECT2}/i18n/en.js",
        "admin/js/jquery.init.js",
        "admin/js/core.js",
        "unfold/js/select2.init.js",
        "admin/js/admin/RelatedObjectLookups.js",
        "admin/js/actions.js",
    ),
    "marketplace/dates.bundle.js": ("admin/js/calendar.js", "admin/js/admin/DateTimeShortcuts.js"),
    "marketplace/stock.bundle.js": (
        "dealers/panel/asking.js",
        "dealers/panel/stock.js",
        "dealers/panel/advert.js",
        "dealers/panel/photos.js",
        "dealers/panel/new_advert.js",
        "dealers/panel/completeness.js",
    ),
}
_BUNDLED = {file for files in BUNDLES.values() for file in files}
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


class BundleFinder(BaseFinder):
    """Finds the files of `BUNDLES`, which are made of what the other finders find."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        written = str(_written(path))
        return [written] if find_all else written

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        storage = FileSystemStorage(FOLDER)
        for name in BUNDLES:
            _written(name)
            yield name, storage


def content_of(bundle: str) -> bytes:
    """Return the files of a bundle one after another; raises `FileNotFoundError`."""
    between = "\n" if bundle.endswith(".css") else "\n;\n"
    return between.join(map(_source, BUNDLES[bundle])).encode()


def bundle_of(path: str) -> str | None:
    """Return the bundle that a script of a `Media` stands in, if it stands in one."""
    return next((bundle for bundle, files in BUNDLES.items() if same(path) in files), None)


def same(path: str) -> str:
    """Return the name by which bundles know a file: some ask for it minified, others as written."""
    stem, _, kind = path.rpartition(".")
    names = (path, f"{stem}.min.{kind}", f"{stem.removesuffix('.min')}.{kind}")
    return next((name for name in names if name in _BUNDLED), path)


def _source(path: str) -> str:
    if path == CATALOG:
        return _catalog()
    found = find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(path)
    return _SOURCE_MAP.sub("", Path(found).read_text())


def _catalog() -> str:
    request = HttpRequest()
    with override(settings.LANGUAGE_CODE):
        answer = JavaScriptCatalog().get(request, packages="django.contrib.admin")
    return answer.content.decode()


def _written(bundle: str) -> Path:
    """Return where a bundle is, written anew if any of its files has changed."""
    file = FOLDER / bundle
    content = content_of(bundle)
    if not file.exists() or file.read_bytes() != content:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(file)
    return file

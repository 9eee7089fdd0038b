"""What people read says "advert", and none of the code's own words."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Field

from dealers.panel import panel

SITES: dict[str, Any] = {"staff": admin.site, "panel": panel}
CODE_WORD = re.compile(
    r"\w_\w|\b(pk|uuid|boolean|json|null|max|min)\b|\bID\b|^(is|has) |\b(percent|id)$",
    re.IGNORECASE,
)
LISTING = re.compile(r"(?<![\w/:.{_`-])listings?(?![\w/:.}_`-])", re.IGNORECASE)
"""The word, where it is no address, no name in code and no variable of a template."""

KEPT = frozenset({"staff OutboxTask.request_id", "staff Listing.previous_price"})
"""What logs call it, and a help text that is the API's description too."""
NAMED = frozenset({"Google vehicle listings", "Google's vehicle listings"})
"""What others call theirs."""
QUOTES_CODE = frozenset({"listings/api/changes.py", "listings/models/value.py"})
"""Modules whose texts name a property or a table in backticks that break over lines."""
SQL = re.compile(r"\b(SELECT|UPDATE|FROM|JOIN|INSERT|WHERE|NULL|jsonb)\b|listing\.|:\{")


def shown_fields(pages: Any) -> Iterator[Field]:
    """Yield the fields of a model that its pages show, in forms or in the list."""
    app = pages.opts.app_label
    named: set[str] = set(pages.list_display) | set(pages.readonly_fields)
    lines = [
        *(pages.fields or ()),
        *(line for _, s in pages.fieldsets or () for line in s["fields"]),
    ]
    for line in lines:
        named |= set(line) if isinstance(line, list | tuple) else {line}
    is_whole = not lines and pages.admin_site is admin.site and app in ("dealers", "listings")
    for field in pages.model._meta.concrete_fields:
        if field.name in named or (is_whole and field.editable and not field.primary_key):
            yield field


def labels() -> Iterator[tuple[str, str]]:
    """Yield every name, label, help text and title of a filter, with where it stands."""
    for site, registry in SITES.items():
        for model, pages in registry._registry.items():
            where = f"{site} {model.__name__}"
            yield where, str(model._meta.verbose_name)
            yield where, str(model._meta.verbose_name_plural)
            for field in shown_fields(pages):
                yield f"{where}.{field.name}", str(pages_label(pages, field))
                yield f"{where}.{field.name}", str(field.help_text)
            for each in pages.list_filter:
                if title := getattr(each, "title", ""):
                    yield f"{where} filter", str(title)
            for name in pages.list_display:
                described = getattr(getattr(pages, str(name), None), "short_description", "")
                yield f"{where} column", str(described)


def pages_label(pages: Any, field: Field) -> str:
    written = getattr(getattr(pages.form, "_meta", None), "labels", None) or {}
    return str(written.get(field.name, field.verbose_name))


def test_no_label_is_a_word_of_the_code() -> None:
    found = list(labels())
    assert len(found) > 500
    odd = [each for each in found if CODE_WORD.search(each[1])]
    assert [each for each in odd if each[0] not in KEPT] == []


def test_no_label_calls_an_advert_a_listing() -> None:
    assert [each for each in labels() if LISTING.search(each[1])] == []


def is_said(text: str) -> bool:
    for name in NAMED:
        text = text.replace(name, "")
    return bool(LISTING.search(text))


def texts_of_modules() -> Iterator[tuple[str, str]]:
    """Yield the texts of several words in code, but for docstrings and SQL."""
    for package in ("dealers", "listings", "marketplace"):
        for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
            name = str(path.relative_to(settings.BASE_DIR))
            if "migrations" in path.parts or name in QUOTES_CODE:
                continue
            tree = ast.parse(path.read_text())
            yield from ((f"{name}:{line}", text) for line, text in _texts(tree))


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        is_sentence = id(node) not in statements and " " in node.value.strip()
        if is_sentence and not SQL.search(node.value):
            yield node.lineno, node.value


def texts_of_templates() -> Iterator[tuple[str, str]]:
    """Yield the lines of templates without tags, values and the markup's own words."""
    for folder in settings.BASE_DIR.glob("*/templates"):
        for path in sorted(folder.rglob("*.*")):
            bare = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", path.read_text(), flags=re.DOTALL)
            name = str(path.relative_to(settings.BASE_DIR))
            yield from ((name, line) for line in bare.splitlines())


def texts_of_documents() -> Iterator[tuple[str, str]]:
    """Yield the lines of documents without code; decisions are as they were written."""
    for path in [*settings.BASE_DIR.glob("*.md"), *settings.BASE_DIR.glob("docs/*.md")]:
        text = re.sub(r"```.*?```|`[^`\n]*`", " ", path.read_text(), flags=re.DOTALL)
        yield from ((path.name, line) for line in text.splitlines())


def texts_of_the_api() -> Iterator[tuple[str, str]]:
    """Yield what the API's document says in words."""
    text = (settings.BASE_DIR / "docs" / "openapi.yaml").read_text()
    for found in re.finditer(r"\b(description|summary|detail): (.+(?:\n {12,}[a-z].+)*)", text):
        yield "openapi.yaml", re.sub(r"`[^`]*`", " ", found[2], flags=re.DOTALL)


def test_no_text_calls_an_advert_a_listing() -> None:
    sources = (texts_of_modules, texts_of_templates, texts_of_documents, texts_of_the_api)
    for texts in sources:
        every = list(texts())
        assert len(every) > 500, texts.__name__
        assert [(where, text) for where, text in every if is_said(text)] == []

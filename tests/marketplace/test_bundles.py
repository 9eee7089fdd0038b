"""Bundles of scripts and styles: what is in them, in which order, and what pages name."""

import re
from pathlib import Path

from django.contrib.staticfiles.finders import find
from django.forms import Media
from django.template import Context, Template

from marketplace.bundles import BUNDLES, CATALOG, FORM_SCRIPTS, bundle_of, content_of


def tags(media: Media) -> str:
    page = Template("{% load bundled_media %}{% bundled_media media %}")
    return page.render(Context({"media": media}))


def test_a_bundle_has_every_file_in_its_order() -> None:
    for bundle, files in BUNDLES.items():
        content = content_of(bundle).decode()
        places = []
        for file in files:
            found = None if file == CATALOG else find(file)
            end = Path(found).read_text().strip()[:200] if found else "django.catalog"
            places.append(content.index(end))
        assert places == sorted(places), bundle


def test_a_bundle_is_found_as_a_file_and_written_anew_when_it_changes() -> None:
    path = Path(str(find(FORM_SCRIPTS)))
    path.write_bytes(b"old")
    assert find(FORM_SCRIPTS) == str(path)
    assert path.read_bytes() == content_of(FORM_SCRIPTS)


def test_the_catalog_of_translations_is_in_the_scripts_of_forms() -> None:
    content = content_of(FORM_SCRIPTS).decode()
    assert "django.gettext" in content
    assert '"FIRST_DAY_OF_WEEK": 1' in content


def test_a_script_is_known_minified_or_as_written() -> None:
    """Two of jQuery on one page would each see half of its events."""
    for name in ("jquery/jquery.js", "jquery/jquery.min.js", "select2/select2.full.js"):
        assert bundle_of(f"admin/js/vendor/{name}") == FORM_SCRIPTS


def test_lists_of_choices_are_asked_of_the_server_where_a_page_wants_it() -> None:
    assert bundle_of("admin/js/autocomplete.js") is None


def test_no_file_stands_in_two_bundles_of_scripts() -> None:
    scripts = [file for name, files in BUNDLES.items() if name.endswith(".js") for file in files]
    assert len(scripts) == len(set(scripts))


def test_a_form_names_a_bundle_once_and_before_its_own_scripts() -> None:
    media = Media(
        css={"all": ["admin/css/autocomplete.css", "dealers/renewal.css"]},
        js=[
            "dealers/panel/run.js",
            "admin/js/vendor/jquery/jquery.min.js",
            "admin/js/vendor/select2/select2.full.js",
            "admin/js/urlify.js",
            "admin/js/core.js",
        ],
    )
    shown = tags(media)
    assert re.findall(r'(?:src|href)="/static/([^"]+)"', shown) == [
        "dealers/renewal.css",
        FORM_SCRIPTS,
        "dealers/panel/run.js",
    ]
    assert shown.count(" defer") == 2

"""What a browser would post back from a page of the admin."""

from typing import Any

from django.test import Client


def posted(client: Client, url: str) -> dict[str, Any]:
    """Return the values of the form at an address, as they stand there."""
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                values[bound.html_name] = value
    return values


def pictures(values: dict[str, Any]) -> int:
    """Return the number of the first empty row for a photo."""
    return int(values["photos-INITIAL_FORMS"])

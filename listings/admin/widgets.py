"""Widgets of the admin that mend what Django's leave open."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect


class PickOne(AutocompleteSelect):
    """A row found by typing; what is no key is shown as nothing instead of failing."""

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        keys = [key for key in value if not key or (key.isdecimal() and len(key) < 19)]
        return super().optgroups(name, keys, attrs)

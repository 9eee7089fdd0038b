"""The widths of a photograph, as `srcset` lists them."""

from collections.abc import Mapping
from typing import Any

from django.core.files.storage import default_storage

from listings.models import Photo


def srcset_of_card(photo: Mapping[str, Any] | None) -> str:
    """Return the widths of a card's photograph; empty where there is but the one."""
    sizes = (photo or {}).get("sizes") or ()
    return ", ".join(f"{size['webp_url']} {size['width']}w" for size in sizes)


def srcset(photo: Photo) -> str:
    """Return the widths of a photograph; empty where there is but the one."""
    return ", ".join(f"{default_storage.url(size.webp)} {size.width}w" for size in photo.sizes())

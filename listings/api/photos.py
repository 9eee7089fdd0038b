"""Photographs as answers show them, with the addresses of their files."""

from collections.abc import Callable
from typing import Any

from django.core.files.storage import default_storage
from rest_framework import serializers

from listings.models import Photo


class StoredUrlField(serializers.URLField):
    """The address of a file in the default storage, from its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, **kwargs})

    def to_representation(self, value: Any) -> str:
        url = default_storage.url(str(value))
        request = self.context.get("request")
        return request.build_absolute_uri(url) if request else url


class PhotoSizeSerializer(serializers.Serializer):
    """A photograph in one width, for `srcset`."""

    width = serializers.IntegerField(help_text="Pixels.")
    height = serializers.IntegerField(help_text="Pixels.")
    url = StoredUrlField(source="jpeg", help_text="JPEG.")
    webp_url = StoredUrlField(source="webp", help_text="The same as WebP.")


class PhotoSerializer(serializers.ModelSerializer):
    """A photograph; `url`, `width` and `height` are those of the largest size."""

    url = StoredUrlField(source="image")
    sizes = PhotoSizeSerializer(
        many=True, read_only=True, help_text="Smallest first; empty where there is but the one."
    )

    class Meta:
        model = Photo
        fields = ("url", "width", "height", "sizes")
        read_only_fields = fields

    def writer(self, plainly: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return what writes a photograph as `plainly` does, with one address worked out for all.

        The sizes are files beside the largest, whose names differ in nothing that is quoted. A
        serializer of more than that is left as it is.
        """
        if tuple(self.fields) != PhotoSerializer.Meta.fields:
            return plainly
        url_of = self.fields["url"].to_representation

        def write(photo: Any) -> Any:
            name = str(photo.image)
            url = url_of(name)
            if not url.endswith(name):
                return plainly(photo)
            folder = url.removesuffix(name)
            sizes = [
                {
                    "width": size.width,
                    "height": size.height,
                    "url": f"{folder}{size.jpeg}",
                    "webp_url": f"{folder}{size.webp}",
                }
                for size in photo.sizes
            ]
            return {"url": url, "width": photo.width, "height": photo.height, "sizes": sizes}

        return write

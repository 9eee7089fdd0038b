"""Who sent a request, as logs name people and keys: by their number."""

from django.http import HttpRequest


def caller_of(request: HttpRequest) -> dict[str, int]:
    """Return `user` or `key` with its primary key, as far as the request was asked for it already.

    It asks the database nothing: a page that everybody may see knows nobody.
    """
    known = vars(request)
    found = {"user": known.get("_cached_user"), "key": known.get("auth")}  # Django's, and DRF's
    numbers = {name: getattr(who, "pk", None) for name, who in found.items()}
    return {name: pk for name, pk in numbers.items() if isinstance(pk, int)}

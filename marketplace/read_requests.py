"""Which requests only read: nearly all by their method, and few by their address."""

READ_METHODS = ("GET", "HEAD")
READ_BY_POST = ("/mcp",)
"""Addresses whose protocol sends its questions by POST."""


def is_read(method: str | None, path: str) -> bool:
    """Tell whether a request asks and changes nothing."""
    return method in READ_METHODS or asks_by_post(method, path)


def asks_by_post(method: str | None, path: str) -> bool:
    return method == "POST" and path in READ_BY_POST

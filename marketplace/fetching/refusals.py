"""Why something could not be fetched. No message repeats a path or a query: they hold secrets."""

from marketplace.errors import DomainError


class FetchFailed(DomainError):
    """Nothing was fetched.

    `is_retryable` where the same request may succeed later, `retry_after_seconds` where the server
    said when, `is_of_the_host` where its other addresses would fail alike.
    """

    code = "fetch_failed"
    is_retryable = False
    is_of_the_host = False
    retry_after_seconds: int | None = None


class FetchRefused(FetchFailed):
    """The address is one that is never asked."""

    code = "fetch_refused"


class FetchTooLarge(FetchFailed):
    """The answer is larger than the limit, or would be when unpacked."""

    code = "fetch_too_large"


class FetchTooSlow(FetchFailed):
    """The whole answer did not arrive in time."""

    code = "fetch_too_slow"
    is_retryable = True
    is_of_the_host = True


class FetchNotFound(FetchFailed):
    """The server has nothing at this address."""

    code = "fetch_not_found"


class FetchDenied(FetchFailed):
    """The server does not answer us."""

    code = "fetch_denied"


class FetchServerError(FetchFailed):
    """The server cannot answer now."""

    code = "fetch_server_error"
    is_retryable = True
    is_of_the_host = True


class FetchUnreachable(FetchFailed):
    """No server answers, or the connection broke."""

    code = "fetch_unreachable"
    is_retryable = True
    is_of_the_host = True


class FetchWrongType(FetchFailed):
    """The answer is of another type than was asked for."""

    code = "fetch_wrong_type"


class FetchTooManyRedirects(FetchFailed):
    """The server sends us from one address to the next."""

    code = "fetch_too_many_redirects"


class FetchUnreadable(FetchFailed):
    """The answer is not HTTP as we read it."""

    code = "fetch_unreadable"

"""Fetching from addresses that strangers name: bounded in every way, and never from inside."""

from marketplace.fetching.addresses import Resolver, system_addresses
from marketplace.fetching.exchange import Fetched, Limits, fetch
from marketplace.fetching.refusals import (
    FetchDenied,
    FetchFailed,
    FetchNotFound,
    FetchRefused,
    FetchServerError,
    FetchTooLarge,
    FetchTooManyRedirects,
    FetchTooSlow,
    FetchUnreachable,
    FetchUnreadable,
    FetchWrongType,
)
from marketplace.fetching.single_request import Replied, get, host_of, post

__all__ = [
    "FetchDenied",
    "FetchFailed",
    "FetchNotFound",
    "FetchRefused",
    "FetchServerError",
    "FetchTooLarge",
    "FetchTooManyRedirects",
    "FetchTooSlow",
    "FetchUnreachable",
    "FetchUnreadable",
    "FetchWrongType",
    "Fetched",
    "Limits",
    "Replied",
    "Resolver",
    "fetch",
    "get",
    "host_of",
    "post",
    "system_addresses",
]

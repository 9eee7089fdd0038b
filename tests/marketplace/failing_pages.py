"""Addresses that fail, beside all that the project has: a test's own."""

from typing import NoReturn

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest
from django.urls import path

from marketplace import urls

handler500 = urls.handler500


def fail(request: HttpRequest) -> NoReturn:
    raise RuntimeError("A test's own failure.")


def forbid(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def suspect(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation


urlpatterns = [
    path("failing/", fail),
    path("dealer/failing/", fail),
    path("api/v1/failing/", fail),
    path("forbidden/", forbid),
    path("api/v1/forbidden/", forbid),
    path("suspicious/", suspect),
    *urls.urlpatterns,
]

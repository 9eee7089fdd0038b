"""Endpoints for dealers' own systems: who calls by which key, what it may do and how often."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import (
    AuthenticationFailed,
    NotAuthenticated,
)
from rest_framework.parsers import BaseParser
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from dealers.exceptions import KeyNotAccepted
from dealers.keys import recognise_key
from dealers.models import ApiKey, Scope
from dealers.permissions import GRANTS, Actor, Permission, refusal_of_key
from marketplace.api import cursor
from marketplace.api.cursor import Cursor
from marketplace.api.parsers import OrjsonParser, TooLarge
from marketplace.api.throttling import RequestsPerMinute, quota
from marketplace.api.views import StrictView
from marketplace.api.viewsets import StrictViewSet
from marketplace.bodies import content_length
from marketplace.client_address import client_address

BODY_BYTES_MAX = 2 * 1024 * 1024
RATE_LIMIT_HEADERS = {
    "RateLimit": {
        "description": "What the key may still ask (`r`) in the seconds until it may ask as often "
        "as ever (`t`).",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "How often (`q`) the key may ask in how many seconds (`w`).",
        "schema": {"type": "string"},
    },
}


def version_headers(thing: str) -> tuple[OpenApiParameter, OpenApiParameter]:
    """Describe `ETag` and `If-Match` of a thing that is read and then written."""
    etag = OpenApiParameter(
        "ETag",
        str,
        OpenApiParameter.HEADER,
        response=True,
        description=f"The version of the {thing}, for `If-Match` and `If-None-Match`.",
    )
    if_match = OpenApiParameter(
        "If-Match",
        str,
        OpenApiParameter.HEADER,
        description=f"The `ETag` you have seen: if the {thing} has changed since, nothing is "
        "written.",
    )
    return etag, if_match


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; the key becomes `request.auth`, nobody `request.user`."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        words = get_authorization_header(request).split()
        if not words:
            return None
        if len(words) != 2 or words[0].lower() != b"bearer":
            raise AuthenticationFailed("Authorization is `Bearer` and a key.", "key_not_accepted")
        try:
            token = words[1].decode("ascii", "replace")
            return None, recognise_key(token=token, address=client_address(request))
        except KeyNotAccepted as refusal:
            raise AuthenticationFailed(refusal.message, refusal.code) from None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="stock"'


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped hook
    """How the API's document describes the keys."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        scopes = ", ".join(f"`{scope}`" for scope in Scope.values)
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer <key>`. An owner of the dealer makes the key in "
            "the panel, where it is shown once. It does what its scopes say, for that dealer "
            f"alone: {scopes}. Each operation names the scope it needs.",
        }


class KeyMay(BasePermission):
    """Lets a key do what its scopes and the state of its dealer allow."""

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return False
        refusal = refusal_of_key(view.permission_of(request.method), key)
        if refusal is not None:
            raise refusal
        return True


class KeyRequestsPerMinute(RequestsPerMinute):
    """Counts the requests of each key."""

    policy = "key"

    def caller(self, request: Request) -> str:
        return str(request.auth.pk)


class KeyedView(StrictView):
    """Answers a dealer's own systems. Calls without a usable key count against their address."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    authentication_classes = (ApiKeyAuthentication,)
    permission_classes = (KeyMay,)
    throttle_classes = (KeyRequestsPerMinute,)
    parser_classes: Sequence[type[BaseParser]] = (OrjsonParser,)
    read_permission: ClassVar[Permission] = Permission.READ_STOCK
    write_permission: ClassVar[Permission] = Permission.EDIT_STOCK
    body_bytes_max: ClassVar[int] = BODY_BYTES_MAX
    answer_headers: ClassVar[Any] = RATE_LIMIT_HEADERS

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        try:
            super().initial(request, *args, **kwargs)
        except (AuthenticationFailed, NotAuthenticated):
            addresses = RequestsPerMinute()
            if not addresses.allow_request(request, self):
                self.throttled(request, addresses.wait())
            raise
        if content_length(request.META) > self.body_bytes_max:
            raise TooLarge(self.body_bytes_max)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        if left := quota(request):
            for name, value in left.headers().items():
                answer[name] = value
        return answer

    def permission_of(self, method: str | None) -> Permission:
        """Return what a key must be allowed for a method."""
        return self.read_permission if method in SAFE_METHODS else self.write_permission

    def scope_of(self, method: str | None) -> str:
        """Return the scope that a key needs for a method, for the API's document."""
        return str(GRANTS[self.permission_of(method)].scope)

    def idempotency_caller(self, request: Request) -> str:
        return f"api_key:{self.key.pk}"

    @property
    def actor(self) -> Actor:
        """The key, as services ask who acts."""
        return Actor.of_key(self.key)

    @property
    def key(self) -> ApiKey:
        """The key that calls."""
        key = self.request.auth
        if not isinstance(key, ApiKey):
            raise NotAuthenticated
        return key


class KeyedViewSet(StrictViewSet, KeyedView):
    """Several actions, called by key."""

    def page(self, rows: list[Any], size: int, scope: str, place: str) -> Response:
        """Return a page of rows, one more of which were read, and the cursor behind it."""
        following = None
        if len(rows) > size:
            following = cursor.write(Cursor((getattr(rows[size - 1], place),)), scope)
        here = self.request.build_absolute_uri()
        members = {
            "results": rows[:size],
            "next": following and replace_query_param(here, "cursor", following),
            "next_cursor": following,
        }
        return Response(self.get_serializer(members).data)

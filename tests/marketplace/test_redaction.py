"""What never reaches a log line, whichever way it comes: rules for text, for names, for routes."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, get_converters

from marketplace.redaction import CHARACTERS_MAX, redacted, redacted_fields, redacted_text

SECRET = "Zq7-s3cr3t_0f.s0mebody"
# Parameters of routes that name what everybody may know; all other text in a path is hidden.
PUBLIC_PARAMETERS = {"app_label", "content_type_id", "id", "names", "object_id", "url"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Not Found: /renew/{SECRET}/", "Not Found: /renew/…"),
        (f"https://cars.example.com/join/{SECRET}/?a=1 ok", "https://cars.example.com/join/… ok"),
        (f"/password/reset/MQ/{SECRET}/more/", "/password/reset/…"),
        ("GET /cars/?q=ab12+cde&page=2 done", "GET /cars/?… done"),
        (f"/cars/?{SECRET}", "/cars/?…"),
        (f"redis://:{SECRET}@valkey:6379/0", "redis://…@valkey:6379/0"),
        ("postgresql://u:p%40ss/w@db.example.com/cars", "postgresql://…@db.example.com/cars"),
        (f"host=db user=u password={SECRET} dbname=c", "host=db user=u password=… dbname=c"),
        (f"password='{SECRET} and more' port=1", "password=… port=1"),
        (f"{{'new_password1': '{SECRET}', 'a': 1}}", "{'new_password1': …, 'a': 1}"),
        (f'{{"api_key": "{SECRET} x"}}', '{"api_key": …}'),
        (f"key umk_0123456789_{'Zq7-_' * 9} used", "key umk_… used"),
        (f"Authorization: Bearer {SECRET}", "Authorization: …"),
        (f"'HTTP_AUTHORIZATION': 'Digest {SECRET}'", "'HTTP_AUTHORIZATION': …"),
        (f"sent Bearer {SECRET} to", "sent Bearer … to"),
        (f"Cookie: sessionid={SECRET}; a=b", "Cookie: …"),
        ("mail to Jo.O'Neil+cars@mail.example.co.uk failed", "mail to …@… failed"),
        ("john%40example.com", "…@…"),
        ("Car(vrm='AB12 CDE', year=2012)", "Car(vrm=…, year=2012)"),
        ('\\"vrm\\": \\"A1 ABC\\", x', '\\"vrm\\": \\…, x'),
        ("Key (dealer_id, vrm)=(1, A1ABC) exists", "Key (dealer_id, vrm)=… exists"),
        ("DETAIL:  Failing row contains (1, A1 ABC, Jo).\nHINT: x", "DETAIL: …\nHINT: x"),
        ("no keyword: AB12CDE, KX70 ABC", "no keyword: …, …"),
    ],
)
def test_a_secret_in_a_text_is_hidden(text: str, shown: str) -> None:
    assert redacted_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Not Found: /api/v1/renewals/7/",
        "Task listings.photos.tasks.make_photo_sizes[4b1c] succeeded in 0.1s: None",
        "listening at http://127.0.0.1:8000",
        "driving: 3 of 7 ready?",
        'File "/app/listings/models/photo.py", line 7, in url_for',
        "celery@web1 ready.",
    ],
)
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert redacted_text(text) == text


def test_values_are_hidden_however_deep_they_are() -> None:
    class Odd:
        def __repr__(self) -> str:
            return f"<Odd password={SECRET}>"

    fields = {
        "vrm": "A1 ABC",
        "token": None,
        "rows": [{"email": "jo@example.com", "n": 1}, ("ok", f"/renew/{SECRET}/", Odd())],
        f"/join/{SECRET}": {"owner": {"session_key": 12}},
        "nan": float("nan"),
    }

    assert redacted_fields(fields) == {
        "vrm": "…",
        "token": None,
        "rows": [{"email": "…", "n": 1}, ["ok", "/renew/…", "<Odd password=…"]],
        "/join/…": {"owner": {"session_key": "…"}},
        "nan": "nan",
    }


def test_what_holds_itself_and_what_has_no_end_are_cut() -> None:
    endless: list[object] = [SECRET]
    endless.append(endless)

    assert "..." in str(redacted(endless))
    assert len(redacted_text("x" * 1_000_000)) < CHARACTERS_MAX + 10
    assert SECRET not in redacted_text(f"{'x' * 16_370} password={SECRET}{'x' * 50_000}")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each route with its parameters; converters are those Django reads it with."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        converters = dict(getattr(entry.pattern, "converters", {}))
        if isinstance(entry, URLResolver):
            yield from ((path, converters | inner) for path, inner in routes(entry, route))
        elif isinstance(entry, URLPattern):
            yield route, converters


def test_every_text_in_the_path_of_a_route_is_hidden_or_known_to_be_public() -> None:
    names: dict[type[object], str] = {
        type(converter): name for name, converter in get_converters().items()
    }
    walked = 0
    for route, converters in routes(get_resolver()):
        path = f"/{route}"
        for name, converter in converters.items():
            is_public = isinstance(converter, IntConverter | SlugConverter)
            value = "7" if is_public or name in PUBLIC_PARAMETERS else SECRET
            path = path.replace(f"<{names[type(converter)]}:{name}>", value)
            path = path.replace(f"<{name}>", value)
        walked += SECRET in path
        assert SECRET not in redacted_text(path), f"mark {route} in SECRET_ROUTES"
    assert walked >= 4

"""What answers are made of quickly is what the slow way of the library makes."""

import pytest
from django.core.signing import Signer
from django.test import Client, RequestFactory
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from marketplace.api import cursor
from marketplace.api.cursor import Cursor
from marketplace.api.negotiation import PlainNegotiation
from marketplace.api.pages import with_cursor
from marketplace.api.renderers import OrjsonRenderer

PLAIN = st.text("abzAZ09_.~-,", max_size=6)
ODD = st.sampled_from(
    ["%2C", "%2c", "%20", "+", "%", "%zz", "=", "&", "&&", ";", "é", "#", "cursor="]
)
QUERIES = st.lists(PLAIN | ODD | st.sampled_from(["a=", "&b=", "&a=", "&cursor=x", "cursor"])).map(
    "".join
)
VALUES = st.none() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False)


@given(QUERIES)
@example("")
@example("b=2&a=1,2&b=1&a=")
@example("cursor=old&a=%2C&cursor=older")
@example("cursors=1&cursor=2")
def test_a_link_is_what_replacing_the_parameter_gives(query: str) -> None:
    address = f"http://testserver/api/v1/listings/?{query}"
    assert with_cursor(address, "aB-_.9") == replace_query_param(address, "cursor", "aB-_.9")


@given(st.lists(VALUES, max_size=4), st.booleans(), st.text(max_size=12))
def test_a_cursor_is_what_signing_gives_and_is_read_again(
    values: list[object], is_backwards: bool, scope: str
) -> None:
    place = Cursor(tuple(values), is_backwards)
    text = cursor.write(place, scope)
    signer = Signer(salt="marketplace.api.cursor", sep=".")
    assert text == signer.sign_object([scope, int(is_backwards), *values])
    assert cursor.read(text, scope) == place


@given(st.lists(st.integers(), min_size=40, max_size=60))
def test_a_compressed_cursor_of_before_is_read(values: list[int]) -> None:
    signer = Signer(salt="marketplace.api.cursor", sep=".")
    text = signer.sign_object(["scope", 0, *sorted(values)], compress=True)
    assert cursor.read(text, "scope") == Cursor(tuple(sorted(values)))


@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/json", "application/*", "text/html, */*;q=0.1"]
)
def test_the_form_of_an_answer_is_what_negotiation_gives(accept: str | None) -> None:
    headers = {} if accept is None else {"accept": accept}
    request = Request(RequestFactory().get("/", headers=headers))
    renderer = OrjsonRenderer()
    asked = (request, [renderer])
    assert PlainNegotiation().select_renderer(*asked) == (
        DefaultContentNegotiation().select_renderer(*asked)
    )


def test_a_form_that_there_is_not_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/listings/", headers={"accept": "image/png"})
    assert answer.status_code == 406

"""A tool takes as long as its queries may, and says when to go on."""

import pytest
from django.db import connection
from django.test import Client

from tests import make
from tests.listings.changes.connections import another
from tests.listings.mcp.chat_client import called

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("tool", ["get_car", "enquire"])
def test_a_tool_that_takes_too_long_is_ended(client: Client, tool: str) -> None:
    car = make.live()
    with connection.cursor() as cursor, another() as other:
        other.execute("LOCK TABLE listings_listing")
        cursor.execute("SET statement_timeout = '200ms'")
        result = called(client, tool, {"id": car.pk})
        cursor.execute("RESET statement_timeout")
    assert result["isError"]
    said = result["content"][0]["text"]
    assert "The database takes too long over this." in said
    assert "Call again in 5 seconds." in said
    assert not called(client, tool, {"id": car.pk})["isError"]

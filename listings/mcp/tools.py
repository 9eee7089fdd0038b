"""Every tool that there is."""

from collections.abc import Mapping

from django.conf import settings

from listings.mcp.car_tools import COMPARE_CARS, GET_CAR, SIMILAR_CARS
from listings.mcp.prepared_forms import ENQUIRE, SAVE_SEARCH
from listings.mcp.search_tool import SEARCH_CARS
from listings.mcp.tool import ChatTool
from listings.mcp.value_tools import MARKET, VALUE_ADVERT, VALUE_CAR


def tools_now() -> Mapping[str, ChatTool]:
    """Return the tools by name; cars that nobody advertises are valued where the site does so."""
    return _WITH_VALUATIONS if settings.PUBLIC_VALUATIONS else _TOOLS


def _named(*tools: ChatTool) -> Mapping[str, ChatTool]:
    return {tool.name: tool for tool in tools}


_TOOLS = _named(
    *(SEARCH_CARS, GET_CAR, COMPARE_CARS, SIMILAR_CARS),
    *(VALUE_ADVERT, MARKET, SAVE_SEARCH, ENQUIRE),
)
_WITH_VALUATIONS = {**_TOOLS, VALUE_CAR.name: VALUE_CAR}

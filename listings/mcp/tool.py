"""A tool: what it is called, what it takes, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from mcp_types import Tool, ToolAnnotations
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from listings.mcp.arguments import input_schema


@dataclass(frozen=True)
class ToolAnswer:
    """`content` for programs, and a short text of the same, without a word that a dealer wrote."""

    content: BaseModel
    text: str


@dataclass(frozen=True)
class ChatTool:
    """A question that chat clients may ask; none of them changes anything.

    `run` gets the arguments as a query string has them, and raises `DomainError` for what it
    refuses.
    """

    name: str
    title: str
    description: str
    parameters: Mapping[str, forms.Field]
    answer: type[BaseModel]
    run: Callable[[HttpRequest, QueryDict], ToolAnswer]

    def described(self) -> Tool:
        return self._described

    @cached_property
    def _described(self) -> Tool:
        return Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=input_schema(self.parameters),
            output_schema=self.answer.model_json_schema(
                mode="serialization", schema_generator=_UntitledSchema
            ),
            annotations=ToolAnnotations(
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )


class _UntitledSchema(GenerateJsonSchema):
    """A schema whose members have no titles beside their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

"""What was made of a buyer's words."""

from collections.abc import Mapping
from dataclasses import dataclass

from listings.search.criteria import Criteria

Value = str | int | bool


@dataclass(frozen=True)
class Phrase:
    """Words of the text and the parameter they set.

    `name` is a query parameter of the search, "ordering", or None where the words set nothing: they
    say nothing about a car ("for sale"), or cannot be asked for, as the note tells. `makes` are
    those of the models in `values`; `start` is the place of the words in the text.
    """

    words: str
    name: str | None
    values: tuple[Value, ...] = ()
    is_overridden: bool = False
    note: str = ""
    makes: tuple[str, ...] = ()
    start: int = 0


@dataclass(frozen=True)
class ParsedQuery:
    """A text as a search. Every word of the text is in a phrase; the phrases have its order.

    `parameters` is the flat form that `Criteria.from_parameters` reads, with the words that are
    looked for in the title as `text`, and with `near` and `within_miles`.
    """

    parameters: Mapping[str, object]
    phrases: tuple[Phrase, ...] = ()
    ordering: tuple[str, ...] = ()

    def criteria(self) -> Criteria:
        return Criteria.from_parameters(self.parameters)

    @property
    def text(self) -> tuple[str, ...]:
        """The words that could only be matched as text."""
        words = self.parameters.get("text", [])
        return tuple(words) if isinstance(words, list) else ()

"""`manage.py read`: what is made of texts, and which words decided."""

import dataclasses
import json
import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.http import QueryDict
from rest_framework import serializers

from dealers.feeds.cells import FIELDS, StagedCar, read_car
from listings.api.words import WORDS, in_words, phrases
from listings.catalogue.vocabulary import VOCABULARY
from listings.language.article import GAZETTEER, Article, Match, criteria_for, match
from listings.language.derivative import ParsedDerivative, fill, read, read_title
from listings.widget.matches import ArticleSerializer
from marketplace.london_time import london_today

Answer = dict[str, Any]
Decided = Mapping[str, Iterable[str]]

CELL = "cell:"
# The fields of an advert that a derivative states otherwise.
_STATED_AS = {
    "engine_cc": ("engine_cc", "engine_litres"),
    "power_bhp": ("power_bhp", "power_ps", "power_kw"),
}


class Command(BaseCommand):
    help = (
        "Read lines from standard input and print, for each, one line of JSON: the fields that were"
        " read, and the words that decided each. Adverts are not needed, but the catalogue is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as",
            dest="door",
            required=True,
            choices=(*_DOORS, *(CELL + name for name in sorted(FIELDS))),
            metavar="KIND",
            help="title, derivative, query (a buyer's words), article (the text of a page, or JSON"
            " as the editorial API takes it) or cell:FIELD (of a feed).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        door = _door(options["door"])
        for line in _lines(sys.stdin.buffer):
            answer = json.dumps(_answered(door, line), default=_plain)
            self.stdout.write(answer)


def _door(name: str) -> Callable[[str], Answer]:
    if name in _DOORS:
        return _DOORS[name]
    field = name.removeprefix(CELL)
    return lambda text: _cell(field, text)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; none but a line feed ends one, for a cell may hold any other sign."""
    for line in stream:
        yield line.removesuffix(b"\n").removesuffix(b"\r")


def _answered(door: Callable[[str], Answer], line: bytes) -> Answer:
    """Return what is made of a line. A line that the door refuses stops nothing."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return {"text": line.decode(errors="replace"), "error": "This is not UTF-8."}
    try:
        return {"text": text, **door(text)}
    except (ValidationError, serializers.ValidationError, ValueError, RecursionError) as error:
        return {"text": text, "error": _said(error)}


def _said(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, serializers.ValidationError):
        return json.dumps(error.detail)
    return str(error)


def _title(text: str) -> Answer:
    found = read_title(text, VOCABULARY.current().catalogue)
    named = {"make": found.make, "model": found.model}
    head = text[: text.rfind(found.derivative)] if found.derivative else text
    words = {name: [head.strip()] for name, value in named.items() if value is not None}
    reading = _read(found.parsed)
    return {
        "derivative": found.derivative,
        "fields": {**_stated(named), **reading["fields"]},
        "words": {**words, **reading["words"]},
    }


def _derivative(text: str) -> Answer:
    return _read(read(text))


def _read(parsed: ParsedDerivative) -> Answer:
    fields, decided = fill({}, parsed).added, parsed.deciding_words
    stated_as = {name: _STATED_AS.get(name, (name,)) for name in fields}
    words = {
        name: list(dict.fromkeys(word for each in names for word in decided.get(each, ())))
        for name, names in stated_as.items()
    }
    return {"fields": dict(fields), "words": words, "trim": parsed.trim}


def _query(text: str) -> Answer:
    asked: Answer = {"q": WORDS["q"].clean([text]), "drop": [], "ordering": []}
    parsed = in_words(asked, {})
    if parsed is None:
        raise ValueError("This holds no word.")
    words: defaultdict[str, list[str]] = defaultdict(list)
    for phrase in parsed.phrases:
        if phrase.name is not None and not phrase.is_overridden:
            words[phrase.name].append(phrase.words)
    ordering = {"ordering": list(parsed.ordering)} if parsed.ordering else {}
    return {
        "fields": {**parsed.parameters, **ordering},
        "words": words,
        "phrases": phrases(parsed, QueryDict(urlencode({"q": text}))),
    }


def _article(text: str) -> Answer:
    sent = json.loads(text) if text.lstrip().startswith("{") else {"text": text}
    body = ArticleSerializer(data=sent)
    body.is_valid(raise_exception=True)
    names = {field.name for field in dataclasses.fields(Article)} & body.validated_data.keys()
    given = {name: body.validated_data[name] for name in names}
    members: Answer = {
        name: tuple(said) if isinstance(said, list) else said for name, said in given.items()
    }
    return _about(match(Article(**members)))


def _about(matches: list[Match]) -> Answer:
    catalogue = GAZETTEER.current().catalogue
    criteria = criteria_for(matches, catalogue)
    models = [
        {
            "make": each.make,
            "model": each.model,
            "score": round(each.score, 2),
            "words": [f"{said.text} ({said.part.name.lower()})" for said in each.words],
        }
        for each in matches
    ]
    words: defaultdict[str, list[str]] = defaultdict(list)
    for each in matches:
        words["model" if each.model else "make"] += [said.text for said in each.words]
    return {
        "fields": criteria.as_parameters() if criteria else {},
        "words": words,
        "models": models,
    }


def _cell(field: str, text: str) -> Answer:
    catalogue = VOCABULARY.current().catalogue
    car = read_car({field: text}, today=london_today(), catalogue=catalogue)
    fields = _fields(car)
    return {
        "fields": fields,
        "words": {name: [text.strip()] for name in fields},
        "findings": [
            {"code": each.code, "field": each.field, "message": each.message}
            for each in (*car.errors, *car.warnings)
        ],
    }


def _fields(car: StagedCar) -> Answer:
    named = {"make": car.make or None, "model": car.model or None, "photos": car.photos}
    beside = {"availability": car.availability, "branch": car.branch_ref}
    return {**car.values, **_stated(named), **_stated(beside)}


def _stated(members: Mapping[str, object]) -> Answer:
    return {name: value for name, value in members.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else str(value)


_DOORS: Mapping[str, Callable[[str], Answer]] = {
    "title": _title,
    "derivative": _derivative,
    "query": _query,
    "article": _article,
}

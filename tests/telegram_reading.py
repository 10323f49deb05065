"""Reads a call of Telegram's API by foreign code: the models of aiogram, and the rules that teremok knows."""

import json
import re
import types
import typing
from typing import Annotated, Any

import aiogram.methods
from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from teremok import ApiRuleViolation, AutoResponder, CannotAutoRespond, MockedSession
from teremok.validation import validate_method

from tests.telegram_refusals import Json, Refusal, Refused, bad_request

Method = TelegramMethod[Any]

METHODS: dict[str, type[Method]] = {
    each.__api_method__.lower(): each
    for each in vars(aiogram.methods).values()
    if isinstance(each, type) and issubclass(each, TelegramMethod) and each is not TelegramMethod
}


async def arguments(request: Request) -> Json:
    """What a call was given: in its address, as JSON, as a form, or as a form with files."""
    given: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return given | dict(await request.json())
    async with request.form() as form:
        for name, value in form.multi_items():
            given[name] = await _file(value) if isinstance(value, UploadFile) else value
    return given


async def _file(part: UploadFile) -> BufferedInputFile:
    return BufferedInputFile(await part.read(), filename=part.filename or "file")


def method_class(name: str) -> type[Method]:
    """An unknown method is 501: a client takes 404 for a wrong token."""
    if found := METHODS.get(name.lower()):
        return found
    raise Refused(Refusal(501, f"Not Implemented: no method {name}"))


def model(of: type[Method], given: Json) -> tuple[Method, list[str]]:
    """The call as aiogram's model of it, and the names that this has not.

    Raises Refused for what does not fit the schema.
    """
    files = {name: value for name, value in given.items() if isinstance(value, BufferedInputFile)}
    known = {name: _value(of, name, value, files) for name, value in given.items() if name in of.model_fields}
    try:
        return of(**known), sorted(given.keys() - known.keys() - _referred(given, files))
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise bad_request(f"schema: {of.__api_method__} {where}: {first['msg']}") from problem


def _value(of: type[Method], name: str, value: Any, files: Json) -> Any:
    """A form knows only strings; what the schema wants otherwise is written in them as JSON."""
    if name.endswith("chat_id") and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)  # as a string it would be taken for the name of a channel
    if isinstance(value, str) and not _takes_text(of.model_fields[name].annotation):
        try:
            value = json.loads(value)
        except json.JSONDecodeError as problem:
            raise bad_request(f"can't parse {name} JSON object") from problem
    return _with_files(value, files)


def _takes_text(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _takes_text(typing.get_args(annotation)[0])
    if origin in {typing.Union, types.UnionType}:
        return any(map(_takes_text, typing.get_args(annotation)))
    return annotation is str


def _with_files(value: Any, files: Json) -> Any:
    """`attach://name` stands for the part of the form called `name`."""
    match value:
        case str() if value.startswith("attach://"):
            return files.get(value.removeprefix("attach://"), value)
        case list():
            return [_with_files(each, files) for each in value]
        case dict():
            return {name: _with_files(each, files) for name, each in value.items()}
    return value


def _referred(given: Json, files: Json) -> set[str]:
    texts = [value for value in given.values() if isinstance(value, str)]
    return {name for name in files if any(f"attach://{name}" in text for text in texts)}


class Rules:
    """teremok, which knows what Telegram's documentation forbids and what a call returns."""

    def __init__(self, token: str) -> None:
        self._bot = Bot(token, session=MockedSession())
        self._auto = AutoResponder()

    def check(self, method: Method) -> None:
        """Raises Refused where a documented rule is broken."""
        try:
            validate_method(self._bot, method)
        except ApiRuleViolation as violation:
            raise Refused(Refusal(400, violation.description)) from violation

    def bot(self) -> Json:
        told: Json = plain_json(self._auto.bot_user(self._bot))
        return told

    def result(self, method: Method) -> Any:
        try:
            return plain_json(self._auto.respond(self._bot, method, {}))
        except CannotAutoRespond as unable:
            raise Refused(Refusal(501, f"Not Implemented: {unable}")) from unable


def plain_json(value: Any) -> Any:
    if isinstance(value, list):
        return [plain_json(each) for each in value]
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    return value

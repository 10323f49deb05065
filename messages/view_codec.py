"""Keeps views as versioned JSON, so that an answer can be given again as it was."""

from functools import cache
from typing import Any

import pydantic_core
from pydantic import TypeAdapter

from messages.views import VIEWS, View

CODEC_VERSION = 1


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    """Made when it is first needed: all of them take as long as a third of every command's start."""
    return TypeAdapter(VIEWS[name])


class ViewError(ValueError):
    """A stored view that this version cannot read."""


def to_json(view: View, language: str) -> str:
    """The view as versioned JSON, with the language it is said in."""
    name = type(view).__name__
    data = _adapter(name).dump_json(view, warnings="error").decode()
    return f'{{"v":{CODEC_VERSION},"language":"{language}","view":"{name}","data":{data}}}'


def from_json(stored: str) -> tuple[View, str]:
    """The view and language that `to_json` wrote. Raises ViewError for what this version cannot read."""
    try:
        envelope = pydantic_core.from_json(stored)
        version, name = envelope.get("v"), envelope.get("view")
        if version != CODEC_VERSION or name not in VIEWS:
            raise ViewError(f"stored view {name!r} of codec version {version!r} is not known here")
        view: View = _adapter(name).validate_python(envelope["data"])
        return view, envelope["language"]
    except ViewError:
        raise
    except (ValueError, KeyError, AttributeError) as error:
        # The text of these errors quotes what was stored.
        raise ViewError(f"a stored view cannot be read here: {type(error).__name__}") from None

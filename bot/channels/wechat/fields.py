"""The flat XML of WeChat's pushes and of our answers; hostile XML is refused.

A push is one `<xml>` with a field for each child. Some events nest one `List` or several below a field; what
stands there is known by all its names ("SubscribeMsgSentEvent/1/MsgID"), and what is nested deeper is left
out. A push may be JSON as well, without lists: Tencent's own debugging tool sends it so.
"""

import json
import re
from collections.abc import Mapping
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from bot.channels.wechat.seal import Refused

BODY_BYTES = 64 * 1024
"""Real pushes stay far below: a text has 2,048 bytes at most."""
DEEPEST, MOST_FIELDS = 6, 100

_DECLARED = re.compile(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say (its production 2, Char)."""


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of a push, white space around each taken off. Raises Refused, and nothing else."""
    if len(body) > BODY_BYTES:
        raise Refused("size")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("encoding") from None
    return _of_json(text) if text.lstrip().startswith("{") else _of_xml(text)


def _of_xml(text: str) -> dict[str, str]:
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() not in {"utf-8", "utf8"}:
        raise Refused("encoding")
    reading = _Fields()
    parser = DefusedXMLParser(target=reading, forbid_dtd=True)
    try:
        parser.feed(text)
        parser.close()
    except (ParseError, DefusedXmlException, ValueError):
        raise Refused("xml") from None
    return reading.found


def _of_json(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("json") from None
    if len(found) > MOST_FIELDS:
        raise Refused("fields")
    plain = {name: value for name, value in found.items() if type(value) in (str, int, float)}
    return {name: without_odd(str(value)).strip() for name, value in plain.items() if "/" not in name}


def listed(fields: Mapping[str, str], name: str) -> list[dict[str, str]]:
    """The lists below the field `name`, in their order."""
    lists: dict[str, dict[str, str]] = {}
    for path, value in fields.items():
        above, _, below = path.partition("/")
        if above == name and below:
            number, _, own = below.partition("/")
            lists.setdefault(number, {})[own] = value
    return list(lists.values())


class _Fields:
    """Takes the fields while the parser reads, and stops it early."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._path: list[str] = []
        self._texts: list[list[str]] = []
        self._elements = self._lists = 0

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        self._path.append(tag)
        self._texts.append([])
        self._elements += 1
        depth = len(self._path)
        if depth > DEEPEST or self._elements > MOST_FIELDS:
            raise Refused("fields")
        if (depth == 1 and tag != "xml") or (depth == 2 and tag in self.found):
            raise Refused("fields")
        if depth == 2:
            self.found[tag] = ""
            self._lists = 0
        if depth == 3:
            self._lists += 1

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def end(self, tag: str) -> None:
        text = "".join(self._texts.pop()).strip()
        match self._path:
            case [_, field]:
                self.found[field] = text
            case [_, field, "List", _] if text:
                self.found[f"{field}/{self._lists}/{tag}"] = text
        self._path.pop()

    def close(self) -> None:
        """Nothing is left to do."""


def written(fields: Mapping[str, str | int]) -> str:
    """One `<xml>` with these fields, texts as CDATA; what XML cannot hold is left out."""
    return "".join(
        ["<xml>", *(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items()), "</xml>"]
    )


def _value(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return f"<![CDATA[{without_odd(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def without_odd(text: str) -> str:
    """`text` without what XML 1.0 cannot hold: control characters, halves of characters."""
    return _NOT_XML.sub("", text)

"""The templates of the account, as the operator writes them down, and the values of their fields.

    template:                     # or `subscription`
      offered:                    # the kind of news
        id: 8Gq0…                 # as the console shows it
        thing1: activity          # each field of the template: a fact of ours, or words that stay the same
        time3: until

WeChat names a field by its kind and a number, and each kind has its limits (its table of values for
subscription notices and templates of categories, 2026). A value beyond them is refused with 47003.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from bot.channels.wechat.news import KINDS, MOMENTS, News
from bot.channels.wechat.reports import TEMPLATE_ID
from bot.settings import SettingsError
from messages.calendar import SHANGHAI
from messages.words import words
from storage.wechat_notices import SUBSCRIPTION, TEMPLATE

ROUTES = (SUBSCRIPTION, TEMPLATE)
"""In the order in which they are tried: what somebody has agreed to first."""


@dataclass(frozen=True, slots=True)
class FieldKind:
    """So many characters at most; which facts fit, as far as they do without being cut."""

    most: int
    facts: frozenset[str]


_TEXTS = frozenset(("news", "activity", "centre", "number"))
FIELDS: Mapping[str, FieldKind] = MappingProxyType(
    {
        "thing": FieldKind(20, _TEXTS),
        "const": FieldKind(20, frozenset(("news",))),
        "phrase": FieldKind(5, frozenset(("news",))),
        "character_string": FieldKind(32, frozenset(("number",))),
        "phone_number": FieldKind(17, frozenset(("phone",))),
        "time": FieldKind(32, MOMENTS),
        "date": FieldKind(32, MOMENTS),
    }
)
_FIELD = re.compile(r"([a-z_]+?)[0-9]{1,3}")
_FACT = re.compile(r"[a-z_]+")
_CUT = "\u2026"


@dataclass(frozen=True, slots=True)
class Template:
    """`fields`: name of the field -> name of a fact, or words. `is_lasting`: one yes is for all to come."""

    id: str
    fields: Mapping[str, str]
    is_lasting: bool = False

    def data(self, news: News) -> dict[str, dict[str, str]]:
        """The values, as both APIs want them."""
        return {name: {"value": _value(name, said, news)} for name, said in self.fields.items()}


Templates = Mapping[tuple[str, str], Template]
"""By route and kind of news."""


def read_templates(path: Path) -> Templates:
    """Raises SettingsError naming all that is wrong, a line each."""
    try:
        written = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"LINLI_WECHAT_TEMPLATES: {path} cannot be read ({error})") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"LINLI_WECHAT_TEMPLATES: {path} is no YAML: {error}") from None
    listed = _templates(written)
    problems = [line for (route, kind), each in listed for line in _problems(f"{route}.{kind}", kind, each)]
    problems += _unknown(written)
    if problems:
        lines = "\n  ".join(problems)
        raise SettingsError(f"LINLI_WECHAT_TEMPLATES: {path}:\n  {lines}")
    return {key: _template(each) for key, each in listed}


def _templates(written: Any) -> list[tuple[tuple[str, str], Any]]:
    sections = written if isinstance(written, dict) else {}
    return [
        ((route, kind), each)
        for route in ROUTES
        if isinstance(sections.get(route), dict)
        for kind, each in sections[route].items()
        if kind in KINDS
    ]


def _unknown(written: Any) -> Iterator[str]:
    """What stands where nothing of ours does."""
    if not isinstance(written, dict) or not written:
        yield f"{' or '.join(ROUTES)} must stand at the left, and kinds of news below it"
        return
    for route, kinds in written.items():
        if route not in ROUTES:
            yield f"{route}: must be {' or '.join(ROUTES)}"
        elif not isinstance(kinds, dict):
            yield f"{route}: kinds of news must stand below it"
        else:
            strange = (kind for kind in kinds if kind not in KINDS)
            yield from (f"{route}.{kind}: must be one of {', '.join(KINDS)}" for kind in strange)


def _problems(where: str, kind: str, each: Any) -> Iterator[str]:
    if not isinstance(each, dict) or not TEMPLATE_ID.fullmatch(str(each.get("id", ""))):
        yield f"{where}: needs the id of a template, as the console shows it"
        return
    if not isinstance(each.get("lasting", False), bool):
        yield f"{where}.lasting: must be yes or no"
    fields = _fields(each)
    if not fields:
        yield f"{where}: needs the fields of the template"
    for name, said in fields.items():
        found = _FIELD.fullmatch(name)
        if found is None or found[1] not in FIELDS:
            yield f"{where}.{name}: fields are {', '.join(FIELDS)}, each with a number"
        elif problem := _misfit(FIELDS[found[1]], said, KINDS[kind]):
            yield f"{where}.{name}: {problem}"


def _misfit(field: FieldKind, said: str, known: frozenset[str]) -> str | None:
    fitting = sorted(field.facts & known)
    if _FACT.fullmatch(said):
        return None if said in fitting else f"must be {' or '.join((*fitting, 'fixed words'))}"
    return None if 0 < len(said) <= field.most else f"fixed words have 1 to {field.most} characters"


def _template(each: Mapping[str, Any]) -> Template:
    return Template(str(each["id"]), _fields(each), bool(each.get("lasting", False)))


def _fields(each: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): str(said) for name, said in each.items() if name not in ("id", "lasting")}


def _value(name: str, said: str, news: News) -> str:
    fact = news.facts.get(said, said)
    if isinstance(fact, datetime):
        return _moment(fact)
    text = " ".join(fact.split())
    found = _FIELD.fullmatch(name)
    most = FIELDS[found[1]].most if found else 0
    return text if len(text) <= most else text[: most - 1] + _CUT


def _moment(at: datetime) -> str:
    form, here = str(words("zh", "wechat")["notice"]["moment"]), at.astimezone(SHANGHAI)
    return form.format(year=here.year, month=here.month, day=here.day, hour=here.hour, minute=here.minute)

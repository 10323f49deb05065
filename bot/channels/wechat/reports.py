"""What WeChat reports of notices: that somebody agreed to one more, wants none any more, or was reached.

Its events of subscription notices tell of several templates at once, each in a `List` of its own.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.channels.wechat.fields import listed
from storage.wechat_notices import SUBSCRIPTION, TEMPLATE

TEMPLATE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,32}")


@dataclass(frozen=True, slots=True)
class Agreed:
    """Somebody may be sent one more of this template."""

    template_id: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Somebody wants none of this template any more."""

    template_id: str


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of a notice that WeChat took, by the number that it gave it. No template where it tells
    none."""

    route: str
    number: str
    template_id: str | None
    arrived: bool


Report = Agreed | Declined | Reached


def reports_of(event: str, fields: Mapping[str, str]) -> tuple[Report, ...]:
    """Empty for events that report nothing. `event` is in lower case."""
    return tuple(_READ[event](fields)) if event in _READ else ()


def _asked(fields: Mapping[str, str]) -> Iterator[Report]:
    """Who says no where they are asked takes nothing back that they agreed to before."""
    for template_id, answer in _answers(fields, "SubscribeMsgPopupEvent"):
        if answer == "accept":
            yield Agreed(template_id)


def _changed(fields: Mapping[str, str]) -> Iterator[Report]:
    """WeChat tells of refusals alone."""
    for template_id, answer in _answers(fields, "SubscribeMsgChangeEvent"):
        if answer == "reject":
            yield Declined(template_id)


def _answers(fields: Mapping[str, str], name: str) -> Iterator[tuple[str, str]]:
    for each in listed(fields, name):
        template_id = each.get("TemplateId", "")
        if TEMPLATE_ID.fullmatch(template_id):
            yield template_id, each.get("SubscribeStatusString", "")


def _sent(fields: Mapping[str, str]) -> Iterator[Report]:
    for each in listed(fields, "SubscribeMsgSentEvent"):
        number, template_id = each.get("MsgID", ""), each.get("TemplateId", "")
        if _NUMBER.fullmatch(number) and TEMPLATE_ID.fullmatch(template_id):
            yield Reached(SUBSCRIPTION, number, template_id, each.get("ErrorCode") == "0")


def _finished(fields: Mapping[str, str]) -> Iterator[Report]:
    """'success', 'failed:user block' or 'failed: system failed'."""
    number = fields.get("MsgID", "")
    if _NUMBER.fullmatch(number):
        yield Reached(TEMPLATE, number, None, fields.get("Status", "").lower() == "success")


_READ: Mapping[str, Callable[[Mapping[str, str]], Iterator[Report]]] = {
    "subscribe_msg_popup_event": _asked,
    "subscribe_msg_change_event": _changed,
    "subscribe_msg_sent_event": _sent,
    "templatesendjobfinish": _finished,
}

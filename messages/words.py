"""Reads the word lists of a language folder."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")
# Chinese in Traditional characters: made from "zh" as it is said, with no folder of its own.
TRADITIONAL_TAG = "zh-Hant"
# A choice that is a date, one that somebody with this code was called, and one to follow a centre no more.
ON, CALLED, UNFOLLOWS = "@on ", "@called ", "@unfollow "


@cache
def words(language: str, name: str) -> dict[str, Any]:
    """The list `messages/<language>/<name>.yaml` as plain data; callers must not change it."""
    loaded = yaml.load((HERE / language / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    if not isinstance(loaded, dict):
        raise TypeError(f"messages/{language}/{name}.yaml must hold a mapping")
    return loaded


def button(language: str, label: str) -> str:
    """What a choice reads: a name as it is, the word of the language that `@name` stands for, the day and the
    clock of `@on 2026-11-26T07:00`, or the code of `@called K7QP` with its words, as with `@unfollow`."""
    if not label.startswith("@"):
        return label
    if label.startswith(ON):
        return _day_and_clock(language, datetime.fromisoformat(label.removeprefix(ON)))
    for begins in (CALLED, UNFOLLOWS):
        if label.startswith(begins):
            return str(words(language, "labels")[begins[1:-1]]).format(code=label.removeprefix(begins))
    return str(words(language, "labels")["buttons"][label[1:]])


def _day_and_clock(language: str, at: datetime) -> str:
    labels = words(language, "labels")
    months = labels.get("months")
    month_name = months[at.month - 1] if months else ""
    day = str(labels["date"]).format(month=at.month, day=at.day, month_name=month_name)
    weekday = str(labels["weekday_in"]).format(weekday=labels["weekdays"][at.isoweekday() - 1])
    return f"{day}{weekday} " + str(labels["clock"]).format(hour=at.hour, minute=at.minute)

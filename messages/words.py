"""Reads the word lists of a language folder."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")
# Chinese in Traditional characters: made from "zh" as it is said, with no folder of its own.
TRADITIONAL_TAG = "zh-Hant"


@cache
def words(language: str, name: str) -> dict[str, Any]:
    """The list `messages/<language>/<name>.yaml` as plain data; callers must not change it."""
    loaded = yaml.load((HERE / language / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    if not isinstance(loaded, dict):
        raise TypeError(f"messages/{language}/{name}.yaml must hold a mapping")
    return loaded


def button(language: str, label: str) -> str:
    """What a choice reads: a name as it is, or the word of the language that `@name` stands for."""
    return str(words(language, "labels")["buttons"][label[1:]]) if label.startswith("@") else label

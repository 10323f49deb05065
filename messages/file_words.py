"""How the files that somebody takes away speak: their words, days and times in the reader's language."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from messages.page import TAGS, long_day
from messages.understand.scripts import traditional
from messages.words import TRADITIONAL_TAG, words

_NOTHING: Mapping[str, object] = MappingProxyType({})
_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Neither a calendar's text nor XML 1.0 may hold them.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class FileWords:
    """The words of one part of a word list in one language; Traditional is made from "zh", as in the chat."""

    def __init__(self, language: str, part: str, name: str = "files") -> None:
        self._is_traditional = language == TRADITIONAL_TAG
        self._folder = "zh" if self._is_traditional else language
        self._words: Mapping[str, Any] = words(self._folder, name)[part]
        self.tag = TAGS[language]

    def say(self, key: str, values: Mapping[str, object] = _NOTHING) -> str:
        """The sentence `key`, or `group.key`, with its blanks filled."""
        sentence: Any = self._words
        for step in key.split("."):
            sentence = sentence[step]
        return self.script(str(sentence).format_map(values))

    def names(self, group: str) -> tuple[str, ...]:
        """All that a group says, in its order."""
        return tuple(self.script(str(each)) for each in self._words[group].values())

    def name(self, group: str, code: str) -> str:
        """What a group calls a code; a code that it does not know, as it is."""
        return self.script(str(self._words[group].get(code, code)))

    def label(self, group: str, code: str) -> str:
        """The same of the words that answers have."""
        return self.script(str(words(self._folder, "labels")[group].get(code, code)))

    def script(self, text: str) -> str:
        """A name of the directory in the characters that the family reads."""
        return traditional(text) if self._is_traditional else text

    def person(self, alias: str) -> str:
        """How somebody is called: a code of the family's words, or a pet name as it was written."""
        people: Mapping[str, str] = self._words.get("people") or words(self._folder, "labels")["people"]
        return self.script(people[alias]) if alias in people else alias

    def day(self, on: date) -> str:
        return self.script(long_day(on, self._folder))

    def moment(self, at: datetime) -> str:
        """Day and time by the clock of `at`'s own zone."""
        labels = words(self._folder, "labels")
        clock = str(labels["clock"]).format(hour=at.hour, minute=at.minute)
        return self.script(str(labels["day_clock"]).format(day=long_day(at, self._folder), clock=clock))


def clean(text: str) -> str:
    """`text` without control characters; each way of breaking a line is a line feed."""
    return _UNSPEAKABLE.sub("", _BREAKS.sub("\n", text))

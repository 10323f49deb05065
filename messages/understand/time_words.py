"""The words and patterns of the time grammar of one language, made ready for reading."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from messages.words import words

# The value of words that stand for themselves.
SAME = "same"

_NAME = re.compile(r"(?<!\?P)<([a-z_]+)(\d?)>")
_PART = re.compile(r"\{([a-z_]+)\}")
_GROUP = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern and the name of what it means."""

    meaning: str
    pattern: re.Pattern[str]


class TimeWords:
    """Tables, numbers and rules of one language; see messages/zh/time.yaml for the notation."""

    def __init__(self, language: str) -> None:
        data = words(language, "time")
        self.tables: dict[str, dict[str, str]] = {
            name: {
                str(word): str(word if value == SAME else value)
                for value, found in table.items()
                for word in _listed(found)
            }
            for name, table in data["tables"].items()
        }
        self._parts: dict[str, str] = data["parts"]
        self._numbers = {str(word): int(value) for word, value in data["numbers"].items()}
        self._times = {str(word): int(value) for word, value in data.get("multipliers", {}).items()}
        self._tens = {str(word): int(value) for word, value in data.get("whole_tens", {}).items()}
        self.simplify = {ord(pair[0]): pair[1] for pair in data.get("simplify", "").split()}
        self.lunar_holidays: dict[str, str] = data.get("lunar_holidays", {})
        self.rules = [
            Rule(meaning, re.compile(self._expand(pattern)))
            for meaning, patterns in data["rules"].items()
            for pattern in patterns
        ]
        # Finds the next place where any rule fits, in one pass over the text.
        self.anywhere = re.compile(
            "|".join(f"(?:{_GROUP.sub('(?:', rule.pattern.pattern)})" for rule in self.rules)
        )
        self.joiner = re.compile(data["joiner"])
        self.to = re.compile(data["to"])
        self.also = re.compile(data["and"])
        self.day_behind = re.compile(data["day_behind"]) if "day_behind" in data else None
        # Behind, or in front of, a clock time that is an end: a language has one or the other.
        self.before = re.compile(data["before"]) if "before" in data else None
        self.until = re.compile(data["until"]) if "until" in data else None

    def number(self, said: str) -> int | None:
        """The number a text of digits and number words stands for; None when it is none."""
        if said.isascii() and said.isdigit():
            return int(said)
        if said in self._numbers:
            return self._numbers[said]
        total, run, digits = 0, 0, 0
        for letter in said:
            if letter in self._times:
                total, run, digits = total + (run if digits else 1) * self._times[letter], 0, 0
            elif letter in self._tens:
                if digits:
                    return None
                total += self._tens[letter]
            else:
                digit = self._digit(letter)
                if digit is None or (digits and run):
                    return None
                run, digits = digit, digits + 1
        return total + run

    def year(self, said: str) -> int:
        """A year whose four digits are said one by one."""
        return int("".join(str(self._digit(letter)) for letter in said))

    def value(self, found: re.Match[str], group: str) -> str | None:
        """The value of the word in a named group, None when the group is absent from the match."""
        if group not in found.re.groupindex or found[group] is None:
            return None
        return self.tables[group.rstrip("0123456789")][found[group]]

    def whole(self, found: re.Match[str], group: str) -> int | None:
        """The number in a named group: of its table when it has one, else as a number is read."""
        if group not in found.re.groupindex or found[group] is None:
            return None
        table = self.tables.get(group.rstrip("0123456789"))
        return int(table[found[group]]) if table is not None else self.number(found[group])

    def listed(self, said: str, table: str) -> Iterator[int]:
        """The values of the single-letter words of a table in a text, in order."""
        known: Mapping[str, str] = self.tables[table]
        return (int(known[letter]) for letter in said if letter in known)

    def _digit(self, letter: str) -> int | None:
        if letter.isascii() and letter.isdigit():
            return int(letter)
        return self._numbers.get(letter)

    def _expand(self, pattern: str) -> str:
        named = _NAME.sub(lambda name: f"(?P<{name[1]}{name[2]}>{self._piece(name[1])})", pattern)
        return _PART.sub(lambda name: f"(?:{self._piece(name[1])})", named)

    def _piece(self, name: str) -> str:
        if name in self.tables:
            return "|".join(re.escape(word) for word in sorted(self.tables[name], key=len, reverse=True))
        if name not in self._parts:
            raise ValueError(f"messages/*/time.yaml: no table or part is called '{name}'")
        return _PART.sub(lambda part: f"(?:{self._piece(part[1])})", self._parts[name])


def _listed(found: object) -> list[object]:
    return found if isinstance(found, list) else [found]

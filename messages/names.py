"""Names of record: the one that was asked for, and those that stand where none is wanted."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from messages.words import LANGUAGES, words

MASK = "***"
LONGEST = 60
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
# A Chinese name; those of other peoples have a dot between their parts (GB/T 28039).
_CHINESE = re.compile(rf"[{_HAN}]{{2,4}}|[{_HAN}]{{1,15}}(?:\u00b7[{_HAN}]{{1,15}})+")
_LATIN = re.compile(r"[^\W\d_][^\W\d_.'\u2019-]*(?:[ .'\u2019-]+[^\W\d_]+){0,6}\.?")
_DOTS = str.maketrans({"\u2022": "\u00b7", "\u30fb": "\u00b7", "\u2027": "\u00b7"})


@dataclass(frozen=True, slots=True)
class _Words:
    leads: tuple[re.Pattern[str], ...]
    tails: tuple[re.Pattern[str], ...]
    hint: re.Pattern[str]
    told: re.Pattern[str]
    bare: re.Pattern[str]
    signed: re.Pattern[str]
    child: re.Pattern[str]
    not_names: frozenset[str]


def name_in(text: str) -> str | None:
    """The name in the answer to 'what is the name?'; None when the answer can be none.

    Taken for a name are a common family name with one or two characters, a name in parts, capitalised words,
    and whatever has the form of a name behind 'the name is'.
    """
    said = unicodedata.normalize("NFKC", text).translate(_DOTS).strip()
    listed, bare = _words(), said
    for lead in listed.leads:
        bare = lead.sub("", bare, count=1)
    is_led = bare != said
    for tail in listed.tails:
        bare = tail.sub("", bare, count=1)
    bare = re.sub(r"\s+", " ", bare)
    if len(bare) > LONGEST or not bare.isprintable() or bare in listed.not_names:
        return None
    if _CHINESE.fullmatch(bare):
        return bare if is_led or "\u00b7" in bare or listed.bare.fullmatch(bare) else None
    is_latin = not re.search(f"[{_HAN}]", bare) and _LATIN.fullmatch(bare)
    return bare if is_latin and (is_led or (" " in bare and bare.istitle())) else None


def is_bare_name(text: str) -> bool:
    """Whether the whole text looks like a Chinese name with a common family name."""
    said = unicodedata.normalize("NFKC", text).strip(" ,.;:!?\u3002\uff0c\uff01")
    return bool(_words().bare.fullmatch(said)) and said not in _words().not_names


def tells_name(text: str) -> bool:
    """Whether the text seems to say what somebody is called in full."""
    return without_names(text) != text


def without_names(text: str) -> str:
    """The text with names of record replaced by asterisks; as it is when there seem to be none."""
    listed = _words()
    if not listed.hint.search(text):
        return text

    def masked(found: re.Match[str]) -> str:
        name = next(group for key, group in found.groupdict().items() if group and key.startswith("name"))
        if any(name.startswith(word) for word in listed.not_names):
            return found[0]
        start = found[0].rindex(name)
        return found[0][:start] + MASK + found[0][start + len(name) :]

    return listed.told.sub(masked, text)


def tells_whose_child(text: str) -> bool:
    """Whether it seems to name a child of whom, or of whose family, it speaks; for what many will read."""
    found = _words().child.finditer(text)
    return not all(any(each[0].startswith(word) for word in _words().not_names) for each in found)


def without_signature(text: str) -> str:
    """The text without the name of whoever wrote it: 'I am Lin Jinli', at an end or before a number. It takes
    more for a name than `without_names`, and is for what others will read."""

    def masked(found: re.Match[str]) -> str:
        is_name = not any(found["name"].startswith(word) for word in _words().not_names)
        return found["before"] + (MASK if is_name else found["name"])

    return _words().signed.sub(masked, text)


@cache
def _words() -> _Words:
    """Compiled once: surnames make a name in Chinese, capital letters one in English."""
    zh, en = (words(language, "names") for language in LANGUAGES)
    surname = "|".join([*zh["compound"], f"[{zh['surnames']}]"])
    chinese = rf"(?:{surname})[{_HAN}]{{1,2}}"
    latin = r"[A-Z][\w'\u2019-]+(?: [A-Z][\w'\u2019-]+){0,3}"
    leads = "|".join(f"(?:{lead})" for lead in zh["tells"])
    said = "|".join(f"(?:{lead})" for lead in en["tells"])
    wanted, whose = zh["wanted_for"], zh["whose"]
    short = rf"(?:{surname})[{_HAN}]{{1,2}}?"
    told = (
        rf"(?:(?:{leads})(?P<name1>{chinese}))"
        rf"|(?:(?:{wanted['before']})(?P<name2>{short})(?={wanted['after']}))"
        rf"|(?:(?:{whose['before']})(?P<name4>{short})(?={whose['after']}))"
        rf"|(?:(?i:{said})(?P<name3>{latin}|{chinese}))"
    )
    signed = (
        rf"(?P<before>(?:{zh['signs']})[ ]*|(?i:{en['signs']}) )"
        rf"(?P<name>{chinese}|{latin})(?=[^{_HAN}\w]|[\d*]|{zh['signs_end']}|$)"
    )
    return _Words(
        leads=tuple(re.compile(each["lead"], re.IGNORECASE) for each in (zh, en)),
        tails=tuple(re.compile(each["tail"]) for each in (zh, en)),
        hint=re.compile(f"{zh['hint']}|(?i:{en['hint']})"),
        told=re.compile(told),
        bare=re.compile(chinese),
        signed=re.compile(signed),
        child=re.compile(rf"{chinese}(?={zh['children']})"),
        not_names=frozenset(zh["not_names"]),
    )

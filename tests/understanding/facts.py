"""Whether a fact stands in a text, however its times, dates, prices and numbers are written.

A clock time or a date becomes one character of the private use area, so that 8:30 is found neither in 18:30
nor in 8:305, and in every way of writing it.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

CLOCKS, DATES, YEARS = 0xE000, 0xE800, 0xF000
FIRST_YEAR = 1900
NOON, DAY = 12 * 60, 24 * 60

_CLOCK = "[\ue000-\ue7ff]"
_DATE = "[\ue800-\uefff]"
_YEAR = "[\uf000-\uf8ff]"
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_DASHES = re.compile("[\u2010-\u2015\u2212\uff5e\u301c~]")
_BLANK = re.compile(r"(?<![a-z0-9.]) | (?![a-z0-9])")

_DIGITS = str.maketrans("零〇一二两三四五六七八九", "001223456789")
_SAID = "(?:[0-9]{1,2}|[二两三]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
_EVENING = ("下午", "午后", "傍晚", "晚上", "夜里", "晚")
_NOON = ("中午", "正午")
_MORNING = ("凌晨", "清晨", "早晨", "早上", "上午", "早")
# Names such as 4点钟课堂 hold no time.
_NAME = "(?!钟?半?(?:课堂|学校))"
_TIME = re.compile(
    rf"""(?P<period>{"|".join((*_EVENING, *_NOON, *_MORNING))})?
    (?<![0-9第])(?<![0-9][.:])
    (?:(?P<english>[0-9]{{1,2}})(?::(?P<past>[0-9]{{2}}))?[ ]?(?P<half_day>[ap])\.?m(?![a-z])\.?
    |(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}})(?![0-9:])
    |(?P<said>{_SAID})(?:点钟?|时(?![间候]))
     (?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minutes>{_SAID})分?|整)?{_NAME})""",
    re.VERBOSE,
)
_TO = ("-", "至", "到")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?<![a-z])(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}(?![a-z])\.?"
_ORDINAL = "(?:st|[nr]d|th)?"
_BEHIND = r"(?:,? ?(?P<year>[0-9]{4})(?![0-9]))?"
# Two digits twice may be ages or numbers of people instead.
_MEASURED = "(?![-0-9:.岁个人元点号楼名位])"
_DAYS = (
    re.compile(
        "(?<![-0-9])(?P<year>(?:19|20)[0-9]{2})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})(?![0-9])[日号]?"
    ),
    re.compile(rf"(?<![0-9])(?:(?P<year>[0-9]{{4}})年)?(?P<month>{_SAID})月份?(?P<day>{_SAID})[日号]"),
    re.compile(rf"(?<![-a-z0-9/:.])(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}}){_MEASURED}"),
    re.compile(rf"{_MONTH} ?(?P<day>[0-9]{{1,2}}){_ORDINAL}(?![0-9:a-z]){_BEHIND}"),
    re.compile(rf"(?<![0-9:.])(?P<day>[0-9]{{1,2}}){_ORDINAL} (?:of )?{_MONTH}{_BEHIND}"),
)
_REST_OF_MONTH = re.compile(rf"(?P<from>{_DATE}(?:\(周.\))?[-至到])(?P<day>{_SAID})[日号]")
_SPAN = re.compile(rf"({_CLOCK}|{_DATE})[至到](?={_CLOCK}|{_DATE}|{_YEAR})")

_WEEK = re.compile("星期|礼拜")
_WEEKDAYS = re.compile("(周[一二三四五六日])[至到](?=周)")
_LANDLINE = re.compile(r"(?<![0-9])(0[0-9]{2,3})[- ]?([0-9]{3,4})[- ]?([0-9]{4})(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(1[0-9]{2})[- ]([0-9]{4})[- ]([0-9]{4})(?![0-9])")
_SIGN = re.compile(r"¥ ?([0-9]+(?:\.[0-9]+)?)")
_MONEY = re.compile("(?<=[0-9])(?:\\.0{1,2})?(?:块钱|块|圆|元| ?yuan| ?rmb)")

# Words for open and shut: a card that is about something else holds them, too ("opened in 2023", "shuts at
# 17:30", "not open yet", "opening hours").
_STATES = ("开", "开着", "开门", "开放", "营业", "关", "关门", "open")
_NOT_BEFORE = (
    f"(?<![不没未])(?<!没有)(?<!暂停)(?<!(?<!-){_CLOCK})(?<!{_YEAR}{_DATE})"
    "(?<!not )(?<!n't )(?<!not yet )(?<!not currently )(?<!whether it is )"
)
_NOT_BEHIND = "(?!时间|日期|不|没| hours)"


def canonical(text: str) -> str:
    """`text` as it is compared: one width, one case, no needless blanks, one character a time or date."""
    text = _PRIVATE.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    text = _BLANK.sub("", " ".join(_DASHES.sub("-", text).split()))
    text = _MOBILE.sub(r"\1\2\3", _LANDLINE.sub(r"\1-\2\3", text))
    for pattern in _DAYS:
        text = pattern.sub(_dated, text)
    text = _REST_OF_MONTH.sub(_same_month, text)
    text = "".join(_clocked(text))
    text = _WEEKDAYS.sub(r"\1-", _WEEK.sub("周", text).replace("周天", "周日"))
    text = _SPAN.sub(r"\1-", text)
    return _MONEY.sub("元", _SIGN.sub(r"\1元", text))


@lru_cache(maxsize=10_000)
def fact_pattern(fact: str) -> re.Pattern[str]:
    """What finds a fact in a canonical text: a number not within a longer one, a word not within another."""
    sought = canonical(fact)
    # A year counts where both have one.
    pattern = re.sub(f"({_YEAR})({_DATE})", rf"(?:\1|(?<!{_YEAR}))\2", re.escape(sought))
    first, last = sought[:1], sought[-1:]
    if _is_digit(first):
        pattern = r"(?<![0-9])(?<![0-9]\.)" + pattern
    elif _is_latin(first):
        pattern = "(?<![a-z])" + pattern
    if _is_digit(last):
        pattern += r"(?![0-9])(?!\.[0-9])"
    elif _is_latin(last):
        pattern += "(?![a-z])" if sought in _STATES else "(?:e?s)?(?![a-z])"
    if sought in _STATES:
        pattern = _NOT_BEFORE + pattern + _NOT_BEHIND
    return re.compile(pattern)


def holds(text: str, fact: str) -> bool:
    """Whether `fact` stands in `text`, which is `canonical`."""
    return bool(fact_pattern(fact).search(text))


def _is_digit(letter: str) -> bool:
    return letter.isascii() and letter.isdigit()


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()


def _number(said: str) -> int:
    """A number below 40 in digits or as it is said."""
    tens, ten, ones = said.translate(_DIGITS).rpartition("十")
    return (int(tens or 1) * 10 if ten else 0) + int(ones or 0)


def _date(year: str | None, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    known = year and 0 <= int(year) - FIRST_YEAR < 0x800
    return (chr(YEARS + int(year) - FIRST_YEAR) if year and known else "") + chr(DATES + month * 32 + day)


def _dated(found: re.Match[str]) -> str:
    given = found.groupdict()
    name = given.get("name")
    month = _MONTHS.index(name[:3]) + 1 if name else _number(given["month"])
    return _date(given.get("year"), month, _number(given["day"])) or found[0]


def _same_month(found: re.Match[str]) -> str:
    month = (ord(found["from"][0]) - DATES) // 32
    return found["from"] + (_date(None, month, _number(found["day"])) or found["day"])


def _clocked(text: str) -> Iterator[str]:
    """`text` in pieces, each clock time one character; the end of a span is in the half day of its start."""
    at, before, is_late = 0, 0, False
    for found in _TIME.finditer(text):
        minutes = _minutes(found)
        if minutes is None:
            continue
        between = text[at : found.start()]
        goes_on = is_late and not found["period"] and between in _TO and minutes <= before
        if goes_on and minutes + NOON <= DAY:
            minutes += NOON
        is_late = goes_on or found["period"] in _EVENING
        yield between + chr(CLOCKS + minutes)
        at, before = found.end(), minutes
    yield text[at:]


def _minutes(found: re.Match[str]) -> int | None:
    """Minutes after midnight; None for what no clock shows."""
    if found["english"]:
        hour, minute = int(found["english"]), int(found["past"] or 0)
        hour = hour % 12 + 12 * (found["half_day"] == "p") if 1 <= hour <= 12 else 25
    elif found["hour"]:
        hour, minute = int(found["hour"]), int(found["minute"])
    else:
        hour = _number(found["said"])
        quarters = {"一": 15, "三": 45, None: 0}[found["quarter"]]
        minute = 30 if found["half"] else _number(found["minutes"]) if found["minutes"] else quarters
    hour = _in_period(hour, found["period"])
    at = hour * 60 + minute
    return at if minute < 60 and at <= DAY else None


def _in_period(hour: int, period: str | None) -> int:
    if period in _EVENING:
        return hour + 12 if hour < 12 or (hour == 12 and period != "下午" and period != "午后") else hour
    if period in _NOON:
        return hour + 12 if hour < 4 else hour
    return 0 if period == "凌晨" and hour == 12 else hour

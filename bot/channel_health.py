"""How the channels are, from the settings and the database alone: nobody is asked when somebody looks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.telegram.account import way_of
from bot.channels.wechat.account import gate_of
from bot.channels.wechat.templates import read_templates
from bot.linli import Linli
from bot.settings import Settings, SettingsError, variable_of
from messages.calendar import SHANGHAI
from storage import channels
from storage.channels import Allowance, Lately, Notices, Trouble

DAY, WEEK = timedelta(days=1), timedelta(days=7)
WAITS = frozenset({"waiting", "leased"})
# What a reason begins with, where the channel's account is at fault.
OF_THE_ACCOUNT = frozenset({"operator", "renew", "not allowed"})
# The reasons that the page has words for; of what broke in the code itself it says that alone.
KNOWN = OF_THE_ACCOUNT | {
    "later", "window", "unreachable", "quota", "fault", "declined", "flood", "moot", "no answer",
    "the resident writes first", "no page is connected", "no bot is set", "no such channel",
    "the quota of the day is used up",
}  # fmt: skip
NEEDED: Mapping[str, tuple[str, ...]] = {
    "web": ("public_url",),
    "telegram": ("telegram_token",),
    "wechat": ("wechat_token",),
}


@dataclass(frozen=True, slots=True)
class Failing:
    """Messages of one state and reason, of the last 24 hours and 7 days. `cause` is a code, '' for none."""

    state: str
    cause: str
    of_day: int
    of_week: int


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """`missing`: names of settings, without which the channel is not there or does less; `wrong`: what is
    wrong with those that are set, in English. `way`: 'page', 'polling', 'webhook' or None. `token`: 'none',
    'set' or 'refused'. `advice`: codes of what to do."""

    name: str
    is_on: bool
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    way: str | None
    heard_at: datetime | None
    sent_at: datetime | None
    waiting: int
    failing: tuple[Failing, ...]
    unreachable: int
    token: str
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channels:
    lines: tuple[ChannelLine, ...]
    allowance: Allowance | None
    notices: tuple[Notices, ...]


async def show(linli: Linli, _: Mapping[str, str]) -> Channels:
    now, settings = linli.clock(), linli.settings
    async with linli.database.read(snapshot=False) as tx:
        lately = {each.channel: each for each in await channels.lately(tx)}
        troubles = await channels.troubles(tx, now - DAY, now - WEEK)
        allowance = await channels.allowance(tx, now)
        notices = await channels.notices(tx, now - WEEK)
    lines = tuple(
        _line(name, settings, now, lately.get(name), [each for each in troubles if each.channel == name])
        for name in NEEDED
    )
    is_wechat = settings.wechat_token is not None
    return Channels(lines, allowance if is_wechat else None, tuple(notices) if is_wechat else ())


def _line(
    name: str,
    settings: Settings,
    now: datetime,
    lately: Lately | None,
    troubles: Sequence[Trouble],
) -> ChannelLine:
    way, wrong = _way(name, settings)
    missing = tuple(variable_of(each) for each in _missing(name, settings))
    failing = tuple(_failing(troubles))
    is_on = way is not None
    heard_at, sent_at = (_local(at) for at in (lately.seen_at, lately.sent_at)) if lately else (None, None)
    token = _token(name, settings, failing)
    gone = [t.residents for t in troubles if t.state == "dead" and _cause(t.last_error) == "unreachable"]
    waiting = sum(t.listed for t in troubles if t.state in WAITS)
    is_quiet = name != "web" and is_on and (heard_at is None or now - heard_at > DAY)
    return ChannelLine(
        name, is_on, missing, wrong, way, heard_at, sent_at, waiting, failing, sum(gone), token,
        tuple(_advice(name, failing, token, is_on=is_on, is_wrong=bool(wrong), is_quiet=is_quiet)),
    )  # fmt: skip


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(SHANGHAI) if at else None


def _way(name: str, settings: Settings) -> tuple[str | None, tuple[str, ...]]:
    """How what residents say comes in, and what is wrong with the settings."""
    try:
        match name:
            case "web":
                return "page", ()
            case "telegram":
                return way_of(settings), ()
            case _:
                if settings.wechat_templates:
                    read_templates(settings.wechat_templates)
                return ("webhook" if gate_of(settings) else None), ()
    except SettingsError as error:
        return None, (str(error),)


def _missing(name: str, settings: Settings) -> Iterator[str]:
    wanted = list(NEEDED[name])
    if name == "wechat" and settings.wechat_token is not None:
        wanted += ["wechat_appid", "wechat_secret", "wechat_can", "public_url"]
        wanted += [] if settings.wechat_mode == "plain" else ["wechat_aes_key"]
    if name == "telegram" and settings.telegram_token is not None:
        wanted += ["public_url"]
    yield from (each for each in wanted if not getattr(settings, each))


def _failing(troubles: Iterable[Trouble]) -> list[Failing]:
    """By state and cause, however the reasons differ in their details."""
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for each in troubles:
        key = each.state, _cause(each.last_error)
        of_day, of_week = counted.get(key, (0, 0))
        counted[key] = of_day + each.of_day, of_week + each.of_week
    return [Failing(*key, *counts) for key, counts in sorted(counted.items()) if counts[1]]


def _cause(last_error: str | None) -> str:
    """The code before the details: 'window: 45015' is 'window'."""
    if not last_error:
        return ""
    code = last_error.partition(":")[0]
    return code if code in KNOWN else "broken"


def _token(name: str, settings: Settings, failing: Iterable[Failing]) -> str:
    """What the last day tells of it; nobody asks now."""
    if not {"wechat": settings.wechat_secret, "telegram": settings.telegram_token}.get(name):
        return "none"
    return "refused" if any(each.of_day and each.cause in OF_THE_ACCOUNT for each in failing) else "set"


def _advice(
    name: str, failing: Iterable[Failing], token: str, *, is_on: bool, is_wrong: bool, is_quiet: bool
) -> Iterator[str]:
    """What to do, the most urgent first."""
    causes = {each.cause for each in failing if each.of_day}
    if is_wrong:
        yield "wrong"
    elif not is_on:
        yield "off"
    if token == "refused":  # noqa: S105 - a state
        yield f"token_{name}"
    if is_quiet:
        yield f"quiet_{name}"
    for cause in ("fault", "broken", "flood", "quota", "no answer"):
        if cause in causes or (cause == "quota" and "the quota of the day is used up" in causes):
            yield cause

"""Where channels differ on purpose, all of it and why; whatever else differs is a fault."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.channel_shown import Transcript, Turn


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the page offers beside an answer and a channel does not; `seen` is a conversation with it."""

    extra: str
    channel: str
    why: str
    seen: str


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A conversation that goes otherwise on a channel: at each of these turns it shows these words instead.
    Turns count from 0, a place that is sent first being one."""

    dialogue: str
    channel: str
    why: str
    turns: Mapping[int, str]


LACKING = (
    Lacking("keep", "telegram", "the account of the app is the same on each device", "people-5"),
    Lacking("keep", "wechat", "the account of the app is the same on each device", "people-5"),
    Lacking(
        "code",
        "telegram",
        "the code stands in the text; as QR the card alone has it",
        "booking-1",
    ),
    Lacking("code", "wechat", "the code stands in the text; as QR the card alone has it", "booking-1"),
    Lacking("calendar", "wechat", "a push is answered by text; the file needs a cookie", "booking-1"),
    Lacking("photo", "wechat", "pictures that are sent there are not fetched", "cases-4"),
)

NO_NAMES = "names of record are neither taken nor said where what is said leaves the country"
OTHERWISE = (
    Otherwise(
        "children-1",
        "telegram",
        NO_NAMES,
        {
            3: "真名不能在这里填",
            4: "这个聊天软件的服务器在境外",
            5: "刚才那条我没有保存",
            6: "只有叫法，没有真名",
        },
    ),
    Otherwise("children-2", "telegram", NO_NAMES, {3: "真名不能在这里填"}),
    Otherwise(
        "children-4",
        "telegram",
        NO_NAMES + "; so there is no consent to take back, and the booking stays",
        {
            3: "真名不能在这里填",
            4: "这个聊天软件的服务器在境外",
            5: "刚才那条我没有保存",
            6: "您没有同意过什么",
            7: "我没听懂",
            8: "四点半课堂",
        },
    ),
    Otherwise(
        "children-6",
        "telegram",
        "an allergy is health, and is neither taken nor said where it leaves the country",
        {3: "孩子的健康情况不能在境外的聊天软件里说", 4: "我没听懂"},
    ),
    Otherwise(
        "booking-49",
        "telegram",
        "codes to fetch a child are not said where what is said leaves the country",
        {0: "接送码不能发到境外的聊天软件"},
    ),
    Otherwise(
        "line-1",
        "telegram",
        "news of a free place are pushed there; on the page and to this account of WeChat they are not",
        {0: "能不能排上，现在还说不准。\n第一次"},
    ),
)


def differing(
    name: str,
    told: Mapping[str, Transcript],
    *,
    lacking: Sequence[Lacking] = LACKING,
    otherwise: Sequence[Otherwise] = OTHERWISE,
) -> list[str]:
    """What a channel shows otherwise than the page while the tables are silent, and what they say in vain."""
    found = []
    for channel in told.keys() - {"web"}:
        lacks = [row for row in lacking if row.channel == channel]
        turns = {
            at: words
            for row in otherwise
            if (row.dialogue, row.channel) == (name, channel)
            for at, words in row.turns.items()
        }
        page = told["web"]
        faults = [
            *_turn_by_turn(_without(page, {row.extra for row in lacks}), told[channel], turns),
            *(f"no turn {at}" for at in turns if at >= len(page)),
            *(
                f"{row.extra} is not lacking"
                for row in lacks
                if row.seen == name and not _has(page, row.extra)
            ),
        ]
        found += [f"{name} on {channel}: {fault}" for fault in faults]
    return found


def _turn_by_turn(page: Transcript, other: Transcript, turns: Mapping[int, str]) -> Iterator[str]:
    if len(page) != len(other):
        yield f"{len(other)} turns, not {len(page)}"
    for at, (said, heard) in enumerate(zip(page, other, strict=False)):
        same = are_alike(said, heard)
        if at not in turns and not same:
            yield f"turn {at}: {heard}\nand on the page {said}"
        if at in turns and same:
            yield f"turn {at} does not differ"
        if at in turns and not (len(heard) == 1 and turns[at] in heard[0].text):
            yield f"turn {at}: {heard}\nwithout {turns[at]!r}"


def are_alike(one: Turn, other: Turn) -> bool:
    """The same answers. Where one came in pieces, nobody can tell how its lines were divided there."""
    if any(each.pages > 1 for each in (*one, *other)):
        return [each.told() for each in one] == [each.told() for each in other]
    return one == other


def _without(transcript: Transcript, extras: set[str]) -> Transcript:
    return tuple(tuple(replace(each, extras=each.extras - extras) for each in turn) for turn in transcript)


def _has(transcript: Transcript, extra: str) -> bool:
    return any(extra in each.extras for turn in transcript for each in turn)

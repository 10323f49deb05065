"""Updates as Telegram makes them, and with any part of them replaced: for tests that feed rubbish."""

import math
from collections.abc import Iterator
from typing import Any

from tests.telegram_town import AT, DING, GROUP, Call, Updates

FILE: Call = {"file_id": "photo", "file_unique_id": "u"}
SIZE = FILE | {"width": 90, "height": 90, "file_size": 1_000}
OURS: Call = {"id": 1, "is_bot": True, "first_name": "邻里", "username": "linli_bot"}
BEFORE: Call = {"message_id": 1, "date": AT, "chat": {"id": GROUP, "type": "supergroup"}, "from": OURS}
CONTENTS: tuple[Call, ...] = (
    {"text": "东湖社区几点开门"},
    {"text": "/start door_FZ002", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]},
    {"text": "/help@linli_bot"},
    {"text": "你好 @linli_bot", "reply_to_message": BEFORE},
    {"location": {"latitude": 24.9, "longitude": 118.6}},
    {"photo": [SIZE, SIZE | {"file_size": 2_000}], "caption": "东湖社区"},
    {"document": FILE | {"mime_type": "image/png", "file_name": "x.png", "file_size": 3}},
    {"voice": FILE | {"duration": 1}},
    {"video": FILE | {"duration": 1, "width": 9, "height": 9}},
    {"contact": {"phone_number": "+8613800138000", "first_name": "丁"}},
    {"pinned_message": BEFORE},
)
PATHS = tuple[int | str, ...]


def recorded() -> list[Call]:
    """One of each kind, numbers counted from the same on."""
    updates = Updates()
    messages = [updates.message(chat, **content) for content in CONTENTS for chat in (DING, GROUP)]
    presses = [updates.press("v1|1|1|abcdef"), updates.press("/yes", GROUP)]
    return [
        *messages,
        *presses,
        updates.member("kicked"),
        updates.member("member"),
        {"update_id": 9, "edited_message": messages[0]["message"]},
    ]


# What stands nowhere in what is wanted as a number, a text, a part or a list.
ODD: tuple[Any, ...] = (
    None, True, -1, 2**63, 10**300, 1.5, math.nan, math.inf, "", "7", "private", "\ud83d", "\x00", "9" * 300,
    [], [[]], [None], {}, {"id": 7}, {"id": [], "type": {}},
)  # fmt: skip


def paths(value: Any, at: PATHS = ()) -> Iterator[PATHS]:
    """Where each part of it is found, the whole first."""
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from paths(part, (*at, name))


def swapped(value: Any, path: PATHS, new: Any) -> Any:
    """A copy with `new` in that place."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = swapped(value[path[0]], path[1:], new)
    return copy


def without(value: Any, path: PATHS) -> Any:
    """A copy that lacks what stands there; `path` is not that of the whole."""
    *above, last = path
    around = value
    for name in above:
        around = around[name]
    less = around.copy()
    del less[last]
    return swapped(value, tuple(above), less)

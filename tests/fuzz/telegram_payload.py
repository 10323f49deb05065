"""What a button carries: 64 bytes that anybody may have written, about an answer that may have changed."""

from bot.channels.telegram.wording import (
    FILE,
    PAYLOAD_BYTES,
    Button,
    asks_for_file,
    chosen,
    is_for_file,
    payload,
    tapped_of,
)
from messages.page import calendar_path
from messages.render import Rendered
from messages.view_parts import Choice
from tests.fuzz.harness import Target

CHOICES = tuple(Choice(f"第{n}个", f"/centre FZ{n:03}") for n in range(1, 12))
UNDER = Rendered("zh", "您好。", CHOICES, None, False, calendar=("7K2M",))
OWN = [payload(7, at, choice.say) for at, choice in enumerate(CHOICES, 1)]
OWN.append(payload(7, FILE, calendar_path(UNDER.calendar)))


def feed(data: bytes) -> None:
    text = data[:PAYLOAD_BYTES].decode("utf-8", "replace")
    tapped = tapped_of(text)
    assert is_for_file(Button("x", text)) is (tapped is not None and tapped.choice == FILE)
    if tapped is None:
        assert text not in OWN
        return
    known = [tapped_of(each) for each in OWN]
    is_own = any(each and (each.choice, each.mark) == (tapped.choice, tapped.mark) for each in known)
    assert (chosen(UNDER, tapped) is not None or asks_for_file(UNDER, tapped)) is is_own


TARGET = Target(
    feed,
    (
        *(each.encode() for each in OWN),
        b"",
        b"v1",
        b"v1|||",
        b"v1||1|abcdef",
        b"v1|7||abcdef",
        b"v1|7|1|",
        b"v1|7|1|ABCDEF",
        b"v1|7|1|abcdef\n",
        b"v1|7|99|abcdef",
        b"v1|-7|1|abcdef",
        b"v1|999999999|0|abcdef",
        b"v1|9999999999|1|abcdef",
        "v1|٧|1|abcdef".encode(),
        b"v2|7|1|abcdef",
        b"/yes 1",
        b"1.7.2",
        b"\xff" * PAYLOAD_BYTES,
        b"x" * (PAYLOAD_BYTES + 1),
    ),
)

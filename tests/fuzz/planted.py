"""The control: a reader of buttons that takes for granted what only its own buttons keep to."""

from bot.channels.telegram.wording import payload
from tests.fuzz.harness import Target


def feed(data: bytes) -> tuple[int, int] | None:
    text = data.decode("utf-8", "replace")
    if not text.startswith("v1|"):
        return None
    _, number, choice, _ = text.split("|")
    return int(number), int(choice)


TARGET = Target(feed, (payload(7, 2, "/help").encode(), b"/help"))

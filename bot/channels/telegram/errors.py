"""What Telegram's errors mean for a message: one table."""

from datetime import timedelta
from enum import StrEnum

from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError


class Flood(TelegramError):
    """Too much was sent: nothing may be sent for `after`."""

    def __init__(self, after: timedelta) -> None:
        super().__init__("too much was sent")
        self.after = after


class Outcome(StrEnum):
    """What is done about it: tried again later; kept silent for as long as Telegram says; given up, because
    it can't ever arrive; told to the operator and tried again later; told to the operator and given up,
    because our own message is wrong; nothing, because it is so already or does not matter any more."""

    LATER = "later"
    FLOOD = "flood"
    UNREACHABLE = "unreachable"
    OPERATOR = "operator"
    FAULT = "fault"
    MOOT = "moot"


# Telegram has no codes: what stands in its descriptions, in small letters.
UNREACHABLE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "bot was kicked",
    "input_user_deactivated",
    "have no rights to send",
    "not enough rights to send",
)
MOOT = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "query is too old",
    "query id is invalid",
    "message_id_invalid",
)


def outcome_of(error: Exception) -> Outcome:
    """What is not known is tried again later: nothing is lost."""
    text = str(error).lower()
    match error:
        case Flood():
            return Outcome.FLOOD
        case Forbidden():
            return Outcome.UNREACHABLE
        case InvalidToken() | Conflict():
            return Outcome.OPERATOR
        case BadRequest() if any(said in text for said in UNREACHABLE):
            return Outcome.UNREACHABLE
        case BadRequest() if any(said in text for said in MOOT):
            return Outcome.MOOT
        case BadRequest():
            return Outcome.FAULT
        case _:
            return Outcome.LATER

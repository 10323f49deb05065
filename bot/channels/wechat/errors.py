"""What WeChat's error codes mean for us: one table, from its documentation of global return codes."""

from enum import StrEnum
from types import MappingProxyType


class Outcome(StrEnum):
    """What is done about it: asked for a new token and tried once more; tried again later; waited until the
    resident writes; given up, because it can't ever arrive; stopped until midnight; not tried again before a
    restart, because the account may not; told to the operator and tried again later; told to the operator
    and given up, because our own message is wrong."""

    RENEW = "renew"
    LATER = "later"
    WINDOW = "window"
    UNREACHABLE = "unreachable"
    QUOTA = "quota"
    NOT_ALLOWED = "not allowed"
    OPERATOR = "operator"
    FAULT = "fault"


OUTCOMES = MappingProxyType(
    {
        -1: Outcome.LATER,  # busy
        40001: Outcome.RENEW,  # the token, or the secret, is wrong
        40014: Outcome.RENEW,
        42001: Outcome.RENEW,  # the token is over
        40003: Outcome.UNREACHABLE,  # no such openid
        43004: Outcome.UNREACHABLE,  # does not follow
        43019: Outcome.UNREACHABLE,  # on the black list
        40033: Outcome.FAULT,  # \uxxxx in the body
        40053: Outcome.FAULT,  # the scene of a code
        40164: Outcome.OPERATOR,  # the address of this server is not on the white list
        61004: Outcome.OPERATOR,
        89503: Outcome.OPERATOR,  # the address waits for an administrator's yes
        40243: Outcome.OPERATOR,  # the AppSecret is frozen
        40125: Outcome.OPERATOR,  # the AppSecret is wrong
        40013: Outcome.OPERATOR,  # the appid is wrong
        40200: Outcome.NOT_ALLOWED,  # not for this type of account
        48001: Outcome.NOT_ALLOWED,  # not authorised
        48002: Outcome.WINDOW,  # the resident refuses messages; what waits comes with the next answer
        45002: Outcome.FAULT,  # too long
        45009: Outcome.QUOTA,  # of the day
        45011: Outcome.LATER,  # too fast
        45015: Outcome.WINDOW,  # closed: silent for 48 hours
        45047: Outcome.WINDOW,  # so many were sent
    }
)


def outcome_of(code: int) -> Outcome:
    """A code that is not in the table is tried again later: nothing is lost, and the log names it."""
    return OUTCOMES.get(code, Outcome.OPERATOR)

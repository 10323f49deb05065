"""What WeChat's error codes mean for us: one table, from its documentation of global return codes."""

from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from messages.calendar import SHANGHAI


class Outcome(StrEnum):
    """What is done about it: asked for a new token and tried once more; tried again later; waited until the
    resident writes; given up, because it can't ever arrive; stopped until midnight; not tried again before a
    restart, because the account may not; told to the operator and tried again later; told to the operator
    and given up, because our own message is wrong; not tried again before the resident agrees to it anew."""

    RENEW = "renew"
    LATER = "later"
    WINDOW = "window"
    UNREACHABLE = "unreachable"
    QUOTA = "quota"
    NOT_ALLOWED = "not allowed"
    OPERATOR = "operator"
    FAULT = "fault"
    DECLINED = "declined"


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
        43101: Outcome.DECLINED,  # no yes to this notice is left
        # Of templates; what one of them cannot do does not stop the others.
        40037: Outcome.FAULT,  # no such template
        43116: Outcome.FAULT,  # banned; from one source alone
        47001: Outcome.FAULT,  # the body cannot be read
        47003: Outcome.FAULT,  # a field is not as its kind wants it, or is missing
    }
)
EXPECTED = frozenset({Outcome.LATER, Outcome.WINDOW, Outcome.UNREACHABLE, Outcome.DECLINED})
"""What passes, or lies with the resident. The operator is told all else."""


def outcome_of(code: int) -> Outcome:
    """A code that is not in the table is tried again later: nothing is lost, and the log names it."""
    return OUTCOMES.get(code, Outcome.OPERATOR)


def quota_ends(now: datetime) -> datetime:
    """When a quota of the day begins anew."""
    local = now.astimezone(SHANGHAI)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)

"""The night, in which nobody has to answer and no phone rings, in Asia/Shanghai."""

from datetime import datetime, time, timedelta

from messages.calendar import SHANGHAI

NIGHT_BEGINS, NIGHT_ENDS = time(21), time(8)


def last_night(at: datetime) -> tuple[datetime, datetime]:
    """When the night that began last by `at` began, and when it ends or ended."""
    here = at.astimezone(SHANGHAI)
    day = here.date() if here.time() >= NIGHT_BEGINS else here.date() - timedelta(days=1)
    begins = datetime.combine(day, NIGHT_BEGINS, SHANGHAI)
    return begins, datetime.combine(day + timedelta(days=1), NIGHT_ENDS, SHANGHAI)


def morning_after(at: datetime) -> datetime | None:
    """When the night ends that it is at `at`; None by day."""
    _, ends = last_night(at)
    return ends if at < ends else None

"""Activities for tests: a class of a centre, changed where a test needs it."""

from dataclasses import replace
from datetime import date

from messages.directory import Activity, Category

CLASS = Activity(
    id="FZ002-A1",
    centre_id="FZ002",
    name="4点钟课堂",
    category=Category.CHILD,
    time_text="上学日 周一至周五 16:00-18:00",
    starts_on=date(2026, 9, 1),
    ends_on=date(2027, 1, 22),
    places=30,
    audience="小学1-6年级",
    fee="免费",
    room=None,
    teacher=None,
    opens_text="开课前7天",
    cancel_text="当天12:00前可取消",
    note=None,
    updated_on=date(2026, 8, 1),
)
CAMP = replace(
    CLASS,
    id="FZ002-A9",
    name="寒假冬令营",
    time_text="2027-01-25至2027-02-03 工作日 8:30-17:30",
    starts_on=date(2027, 1, 25),
    ends_on=date(2027, 2, 3),
    opens_text="2026-12-20 09:00",
    cancel_text="2027-01-15前可取消",
    note="按期报名，不单日报名",
)


def held(times: str, first: date, last: date, *, note: str | None = None) -> Activity:
    """The class at other times, from one day to another."""
    return replace(CLASS, time_text=times, starts_on=first, ends_on=last, note=note)

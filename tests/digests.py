"""A centre's week, for the files that are made of its digest."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from messages.calendar import SHANGHAI
from messages.view_parts import CentreName
from messages.views_digest import CasesCount, DigestShown, Figure, ToDo, WeekPoint
from messages.views_stars import StarsLine

FIRST = date(2026, 9, 28)
# Share of the satisfied, its interval, ratings, activities, people.
_WEEKS = (
    (0.74, 0.62, 0.84, 21, 9, 188),
    (0.81, 0.70, 0.89, 26, 11, 231),
    (None, None, None, 0, 3, 64),
    (0.70, 0.49, 0.85, 9, 8, 172),
    (0.86, 0.78, 0.92, 41, 12, 266),
    (0.90, 0.83, 0.95, 52, 13, 301),
    (1.0, 0.72, 1.0, 4, 10, 243),
    (0.83, 0.74, 0.90, 38, 14, 318),
)
WEEKS = tuple(WeekPoint(FIRST + timedelta(weeks=number), *each) for number, each in enumerate(_WEEKS))
DIGEST = DigestShown(
    centre=CentreName("FZ002", "东湖社区党建+邻里中心", "东湖街道", "open"),
    cadence="week",
    first_on=date(2026, 11, 16),
    last_on=date(2026, 11, 22),
    todo=(
        ToDo("overdue", "G-0042", 1, datetime(2026, 11, 24, 18, tzinfo=SHANGHAI)),
        ToDo("question", "游泳"),
    ),
    figures=(
        Figure("satisfied", 0.83, 38, 0.74, 0.9, 0.86, "noise"),
        Figure("activities", 14, 14, None, None, 10.75, "up"),
        Figure("people", 318, 318, None, None, 245.5, "up"),
        Figure("filled", None, 0),
    ),
    cases=CasesCount(3, 2, 1, 4, 5),
    stars=StarsLine(3, 2, None, 171, 4, 12, None, 6, 40, 7, ("G-0042", "G-0043")),
    weeks=WEEKS,
    questions=("有没有游泳课", "=1+1"),
    next_sessions=17,
    next_booked=203,
    next_off=("new_year",),
    quote="老师很有耐心",
    is_again=False,
    chart=None,
    workbook=None,
    choices=(),
)
LONG_NAME = "丰泽区东湖街道北星社区“党建+”邻里中心（同心圆儿童之家、长者食堂与社区图书馆联合服务点）" * 3
HUGE = replace(
    DIGEST,
    centre=replace(DIGEST.centre, name=LONG_NAME),
    weeks=tuple(replace(week, people=9_876_543_210, ratings=12_345_678, activities=99_999) for week in WEEKS),
)

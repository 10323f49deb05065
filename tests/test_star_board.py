"""Stars as they are shown, whom the rules propose to praise or to speak with, and how staff ask."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.linli import Linli
from handlers.intervals import Interval
from handlers.star_board import ranked
from handlers.stars import FORMULA, Indicator, Lack, Measured, Missing, Stars
from messages.understand.digest_orders import DigestOrder, digest_order_of
from messages.views_stars import RankedLine, StarsRanked
from storage import stars as rows
from storage.stars import Star
from storage.statements import statement
from storage.transaction import Transaction
from tests.sample import NOW, message

TODAY = NOW.date()
JSON: TypeAdapter[Stars] = TypeAdapter(Stars)
LATE = statement(
    "test.late",
    "INSERT INTO case_file (id, code, kind, centre_id, tier, owner, state, opened_at, due_at, version)"
    " VALUES (:id, :id, 'complaint', :centre_id, 1, :centre_id, :state, :opened_at, :due_at, 0)",
)
ESCALATED = statement(
    "test.escalated",
    "INSERT INTO case_step (case_id, number, who, was, became, because, made_at)"
    " VALUES (:id, 1, 'linli', 'received', 'received', 'escalated', :made_at)",
)
SHARE = Measured(Indicator.SATISFACTION, Interval(0.84, 0.9, 0.94), 120, 0.85)
REST = (
    Measured(Indicator.ACTIVITIES, Interval(0.8, 1.0, 1.0), 70, 60.0),
    Measured(Indicator.PEOPLE, Interval(0.7, 0.8, 0.9), 300, 360.0),
)


def star(centre_id: str, stars: int | None, *, ago: int = 0, middle: float = 0.9) -> Star:
    measured = (replace(SHARE, interval=Interval(middle - 0.06, middle, middle + 0.04)), *REST)
    missing = Missing(stars + 1, ratings=12, cases=("G-0007",)) if stars and stars < 5 else None
    lack = None if stars else Lack.RATINGS
    said = Stars(centre_id, FORMULA.version, stars, stars, lack, 120, measured, missing=missing)
    return Star(
        centre_id, TODAY - timedelta(days=ago), FORMULA.version, stars, stars, JSON.dump_json(said).decode()
    )


async def kept(linli: Linli, *stars: Star) -> None:
    await linli.database.write(lambda tx: rows.put(tx, stars))


async def board(linli: Linli, subdistrict: str | None = None) -> StarsRanked:
    async with linli.database.read() as tx:
        return await ranked(tx, subdistrict, linli.world(NOW))


def named(lines: tuple[RankedLine, ...]) -> dict[str, tuple[str, ...]]:
    return {each.centre.id: each.because for each in lines}


async def late(linli: Linli, centre_id: str, number: int, **changes: Any) -> None:
    async def work(tx: Transaction) -> None:
        for n in range(number):
            code = f"{centre_id}-{n}"
            given = {"id": code, "centre_id": centre_id, "state": "received", "opened_at": NOW, "due_at": NOW}
            given["due_at"] = NOW - timedelta(hours=n + 1)
            await tx.run(LATE, given | changes)

    await linli.database.write(work)


async def test_where_nothing_was_reckoned_nobody_is_ranked(linli: Linli) -> None:
    shown = await board(linli)
    assert (shown.first, shown.praised, shown.spoken_with, sum(shown.numbers)) == ((), (), (), 0)


async def test_centres_come_by_stars_and_then_by_what_is_sure(linli: Linli) -> None:
    centres = list(linli.world(NOW).directory.centres)[:7]
    given = [5, 4, 4, 3, None, 1, 2]
    shares = [0.9, 0.85, 0.89, 0.8, 0.8, 0.4, 0.6]
    await kept(linli, *(star(c, s, middle=m) for c, s, m in zip(centres, given, shares, strict=True)))
    shown = await board(linli)
    assert shown.numbers == (1, 2, 1, 1, 1, 1)
    assert [each.centre.id for each in shown.first] == [centres[n] for n in (0, 2, 1, 3, 6)]
    assert [each.centre.id for each in shown.last] == [centres[5]]


async def test_only_a_subdistricts_own_are_ranked_for_it(linli: Linli) -> None:
    directory = linli.world(NOW).directory
    everywhere = [ids[0] for ids in directory.subdistricts.values()]
    await kept(linli, *(star(each, 4) for each in everywhere))
    for subdistrict, ids in directory.subdistricts.items():
        assert set(named((await board(linli, subdistrict)).first)) == {ids[0]}


async def test_praise_takes_eight_weeks_of_five_stars_and_nothing_overdue(linli: Linli) -> None:
    await kept(
        linli,
        *(star(each, 5) for each in ("FZ002", "FZ004", "FZ006", "FZ008")),
        star("FZ002", 5, ago=56), star("FZ004", 4, ago=56), star("FZ006", 5, ago=56),
    )  # fmt: skip
    await late(linli, "FZ006", 1)
    assert set(named((await board(linli)).praised)) == {"FZ002"}


async def test_who_is_spoken_with_and_why(linli: Linli) -> None:
    await kept(
        linli,
        star("FZ002", 4), star("FZ004", 3), star("FZ006", 2), star("FZ008", 4), star("FZ009", 2),
        star("FZ004", 4, ago=28), star("FZ006", 2, ago=28), star("FZ008", 5, ago=28),
        star("FZ009", 3, ago=28), star("FZ006", 2, ago=56), star("FZ009", 3, ago=56),
    )  # fmt: skip
    await late(linli, "FZ002", 3)
    assert named((await board(linli)).spoken_with) == {
        "FZ002": ("overdue",), "FZ004": ("fell",), "FZ006": ("low",), "FZ009": ("fell",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "is_overdue"),
    [
        ({}, True),
        ({"state": "rectified"}, False),
        ({"state": "appealed"}, False),
        ({"due_at": NOW + timedelta(hours=1)}, False),
    ],
)
async def test_an_answered_case_is_not_overdue(
    linli: Linli, changes: dict[str, Any], is_overdue: bool
) -> None:
    await late(linli, "FZ002", 1, **changes)
    async with linli.database.read() as tx:
        assert ("FZ002" in await rows.overdue(tx, NOW)) is is_overdue


async def test_a_case_that_went_up_because_its_time_passed_stays_the_centres(linli: Linli) -> None:
    await late(linli, "FZ002", 1, due_at=NOW + timedelta(days=3))
    await linli.database.write(lambda tx: tx.run(ESCALATED, {"id": "FZ002-0", "made_at": NOW}))
    async with linli.database.read() as tx:
        assert await rows.overdue(tx, NOW) == {"FZ002": ("FZ002-0",)}


async def test_residents_see_stars_and_their_evidence_and_no_cases(linli: Linli) -> None:
    await kept(linli, star("FZ002", 4), star("FZ002", 3, ago=30))
    reply = await linli.hear(message("东湖社区几颗星"))
    assert reply.view == "StarsShown"
    text = reply.rendered.text
    assert "★★★★☆" in text
    assert "84%—94%" in text
    assert "10月26日" in text
    assert "G-0007" not in text


async def test_of_a_centre_without_stars_it_is_said_why(linli: Linli) -> None:
    await kept(linli, star("FZ002", None))
    text = (await linli.hear(message("东湖社区的评价怎么样"))).rendered.text
    assert "数据不足" in text
    assert "评价还不够" in text


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("周报", DigestOrder("show", "week")),
        ("上周的周报", DigestOrder("show", "week")),
        ("看一下昨天的日报", DigestOrder("show", "day")),
        ("周报改到每周二下午5点", DigestOrder("want", "week")),
        ("以后每天早上8点发日报", DigestOrder("want", "day")),
        ("别再发周报", DigestOrder("stop", "week")),
        ("取消周报", DigestOrder("stop", "week")),
        ("我们几颗星", DigestOrder("stars")),
        ("全区排名", DigestOrder("stars")),
        ("show me the weekly report", DigestOrder("show", "week")),
        ("weekly digest every tuesday at 5pm", DigestOrder("want", "week")),
        ("stop the monthly digest", DigestOrder("stop", "month")),
        ("our star rating", DigestOrder("stars")),
        ("周报是什么", None),
        ("明天的周报课几点", None),
        ("周末有什么活动", None),
        ("什么时候发周报", None),
    ],
)
def test_what_staff_say_of_digests_and_stars(said: str, order: DigestOrder | None) -> None:
    assert digest_order_of(said) == order

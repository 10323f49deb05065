"""Suspicious ratings are flagged, on both engines: they stay as they are, and nobody is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from bot.forgetting import forget_devices
from bot.jobs import JOBS, run
from bot.keys import KeyRing
from bot.linli import Linli
from handlers.flags import flag_suspicious
from handlers.message import Message
from handlers.suspicion import RULES
from messages.calendar import SHANGHAI
from storage import ratings
from storage.database import Database
from storage.ratings import Rating
from storage.statements import statement
from storage.transaction import Transaction
from tests.desk import CENTRE, SATURDAY, STARTS, House
from tests.sample import message, rows_of
from tests.test_logs import lines, stream
from tests.test_web_start import site_of
from tests.web_visitor import visiting

__all__ = ["stream"]

FLAGS = statement(
    "test.flags",
    "SELECT f.flag, r.id FROM rating_flag AS f INNER JOIN rating AS r ON r.id = f.rating_id"
    " ORDER BY f.flag, r.made_at, r.id",
)
CURRENT = statement("test.current", "SELECT id FROM rating WHERE is_current")
CAME = statement(
    "test.came",
    "INSERT INTO attendance"
    " (booking_id, participant_id, starts_at, arrived_at, is_missed, is_excused, noted_by)"
    " VALUES (:booking_id, :participant_id, :starts_at, :arrived_at, FALSE, FALSE, 'S-0001')",
)
TRACES = statement("test.traces", "SELECT month, trace FROM rating_trace")
PHONE = "203.0.113.7 Mozilla/5.0 (Linux; Android 14; PJX110) MicroMessenger/8.0.50"
MARKET = datetime(2026, 11, 28, 8, 30, tzinfo=SHANGHAI)


async def flagged(database: Database) -> list[tuple[str, str]]:
    async with database.read() as tx:
        return [(row["flag"], row["id"]) for row in await tx.rows(FLAGS)]


async def rates(linli: Linli, who: str, *, of: str = CENTRE, level: int = 5, origin: str = PHONE) -> str:
    """What a resident with this device reads after a rating."""
    said = Message("web", who, str(uuid4()), f"/rate {of} {level}", origin=origin)
    return (await linli.hear(said)).rendered.text


async def test_many_residents_on_one_device_are_flagged_and_not_told(linli: Linli) -> None:
    told = [await rates(linli, f"resident {number}") for number in range(RULES.device_most)]
    assert await flagged(linli.database) == []
    before = await rows_of(linli.database, "rating")
    told.append(await rates(linli, "one more"))
    assert [flag for flag, _ in await flagged(linli.database)] == ["device"] * len(told)
    after = await rows_of(linli.database, "rating")
    assert set(before["rating"]) < set(after["rating"])
    assert len({text.splitlines()[0] for text in told}) == 1
    assert not any("flag" in text or "标记" in text for text in told)


async def test_others_behind_the_same_address_or_of_the_same_make_are_let_be(linli: Linli) -> None:
    for number in range(RULES.device_most * 2):
        await rates(linli, f"another phone {number}", origin=f"{PHONE} {number}")
        await rates(linli, f"another street {number}", origin=f"198.51.100.{number} {PHONE}")
        await rates(linli, f"another centre {number}", of=f"FZ00{number % 4 + 3}")
        await rates(linli, "changes their mind", level=number % 5 + 1)
    assert await flagged(linli.database) == []


async def test_a_flag_stays_with_a_rating_that_is_given_anew(linli: Linli) -> None:
    for number in range(RULES.device_most + 1):
        await rates(linli, f"resident {number}")
    later = linli.over(linli.database, lambda: linli.clock() + timedelta(hours=3))
    await rates(later, "resident 0", level=4, origin="198.51.100.1 another")
    async with linli.database.read() as tx:
        current = {row["id"] for row in await tx.rows(CURRENT)}
    assert current <= {rating for _, rating in await flagged(linli.database)}


async def test_the_page_hands_the_device_in_and_nothing_of_it_is_kept(linli: Linli, tmp_path: Path) -> None:
    site = site_of(linli)
    for _ in range(RULES.device_most + 1):
        async with visiting(site, ip="203.0.113.7", user_agent="a phone") as visitor:
            await visitor.open()
            await visitor.submit(say="/rate FZ002 5")
    async with visiting(site, ip="203.0.113.7", user_agent="another phone") as visitor:
        await visitor.open()
        await visitor.say("/rate FZ002 5")
    assert len(await flagged(linli.database)) == RULES.device_most + 1
    kept = await rows_of(linli.database, "rating", "rating_trace", "inbox", "outbox", "conversation")
    assert len(kept["rating_trace"]) == RULES.device_most + 2
    everything = " ".join(row for rows in kept.values() for row in rows)
    assert "203.0.113" not in everything
    assert "phone" not in everything
    assert len([path for path in (tmp_path / "keys").iterdir() if "device" in path.name]) == 1


async def test_after_the_month_neither_key_nor_hash_is_there(linli: Linli, tmp_path: Path) -> None:
    keys = KeyRing(tmp_path / "months")
    safe = replace(linli.safe, keys=keys)
    [*_, forget] = [job for job in JOBS if job.name == "forget-devices"]

    def at(month: int, day: int) -> Linli:
        return linli.over(
            linli.database, lambda: datetime(2026, month, day, 9, 30, tzinfo=SHANGHAI), safe=safe
        )

    for there in (at(11, 30), at(12, 1)):
        await rates(there, "ding")
        assert await run(forget, there, there.clock())
    [december] = (tmp_path / "months").iterdir()
    assert "2026-12" in december.name
    async with linli.database.read() as tx:
        assert [row["month"] for row in await tx.rows(TRACES)] == ["2026-12"]
    assert await forget_devices(at(12, 31), at(12, 31).clock()) == "forgot 0 traces"
    january = datetime(2027, 1, 1, 0, 5, tzinfo=SHANGHAI)
    assert await forget_devices(at(12, 31), january) == "forgot 1 traces"
    assert not list((tmp_path / "months").iterdir())
    assert len((await rows_of(linli.database, "rating"))["rating"]) == 2


async def test_one_device_has_another_hash_at_each_centre_and_in_each_month(linli: Linli) -> None:
    await rates(linli, "ding")
    await rates(linli, "ding", of="FZ003")
    next_month = linli.over(linli.database, lambda: linli.clock() + timedelta(days=10), safe=linli.safe)
    await rates(next_month, "ding")
    async with linli.database.read() as tx:
        assert len({row["trace"] for row in await tx.rows(TRACES)}) == 3


@pytest.mark.parametrize("damage", ["open to all", "no folder"])
async def test_a_key_that_cannot_be_had_keeps_nobody_from_rating(
    linli: Linli, tmp_path: Path, damage: str, stream: StringIO
) -> None:
    folder = tmp_path / "damaged"
    if damage == "no folder":
        folder.write_text("a file")
    else:
        folder.mkdir(mode=0o755)
    there = linli.over(linli.database, linli.clock, safe=replace(linli.safe, keys=KeyRing(folder)))
    assert "记下了" in await rates(there, "ding")
    async with linli.database.read() as tx:
        assert await tx.rows(TRACES) == []
    [told] = [line for line in lines(stream) if line["event"] == "no trace of a device is kept"]
    assert str(folder) in str(told["why"])


async def test_who_erases_their_data_leaves_no_trace_of_a_device(linli: Linli) -> None:
    await rates(linli, "ding")
    await rates(linli, "somebody else")
    for said in ("删除我的数据", "好的"):
        await linli.hear(message(said))
    async with linli.database.read() as tx:
        assert len(await tx.rows(TRACES)) == 1


@dataclass(frozen=True, slots=True)
class Book:
    """Ratings as they stand in the database, without anybody who gave them."""

    database: Database

    async def rated(
        self, moments: Iterable[datetime], *, how: str = "door", of: str = CENTRE
    ) -> Sequence[str]:
        rows = [made(at, how=how, of=of) for at in sorted(moments)]

        async def work(tx: Transaction) -> None:
            for row in rows:
                assert await ratings.add(tx, row)

        await self.database.write(work)
        return [row.id for row in rows]

    async def usual(self, a_day: int, *, of: str = CENTRE) -> None:
        days = range(3, RULES.usual_days)
        await self.rated(MARKET - timedelta(days=day, minutes=n) for day in days for n in range(a_day))


def made(at: datetime, *, how: str, of: str = CENTRE, booking: str | None = None) -> Rating:
    key = str(uuid4())
    return Rating(
        id=key, receipt=key, visit=key, centre_id=of, activity_id=None, service_id=None, booking_id=booking,
        conversation_id=None, level=5, how=how, is_verified=how == "attended", rated_on=at.date(), made_at=at,
        replaces=None, is_current=True,
    )  # fmt: skip


def hours(seed: int, count: int, length: float) -> list[datetime]:
    chance = Random(seed)
    return [MARKET + timedelta(hours=chance.uniform(0, length)) for _ in range(count)]


async def looked(database: Database, *, hour: float = 9) -> int:
    return await flag_suspicious(database, MARKET + timedelta(hours=hour))


async def test_a_market_day_is_honest_and_a_bought_hour_is_not(linli: Linli) -> None:
    """60 ratings in a day are nothing to doubt where a dozen are usual; 60 in an hour are."""
    book = Book(linli.database)
    await book.usual(12)
    await book.rated(hours(1, 60, 8))
    assert await looked(linli.database) == 0
    evening = [at + timedelta(hours=9) for at in hours(2, 60, 0.5)]
    bought = await book.rated(evening)
    before = await rows_of(linli.database, "rating")
    assert await looked(linli.database, hour=10) >= len(bought)
    assert set(bought) <= {rating for flag, rating in await flagged(linli.database) if flag == "burst"}
    assert await rows_of(linli.database, "rating") == before
    assert await looked(linli.database, hour=11) == 0


async def test_the_same_sixty_at_a_quiet_centre_are_a_burst_there_alone(linli: Linli) -> None:
    book = Book(linli.database)
    quiet = await book.rated(hours(1, 60, 8), of="FZ003")
    await book.rated(hours(2, 25, 8), of="FZ004")
    await book.rated(hours(3, 60, 1), how="desk")
    assert await looked(linli.database) == len(quiet)
    assert {rating for _, rating in await flagged(linli.database)} == set(quiet)


async def test_what_was_flagged_does_not_become_usual(linli: Linli) -> None:
    """Who buys every third day buys no room for more."""
    book = Book(linli.database)
    for day in range(45, 0, -3):
        await book.rated(at - timedelta(days=day) for at in hours(day, 60, 8))
        await flag_suspicious(linli.database, MARKET - timedelta(days=day - 0.5))
    today = await book.rated(hours(0, 60, 8))
    await looked(linli.database)
    assert set(today) <= {rating for _, rating in await flagged(linli.database)}


async def test_ratings_of_a_class_in_one_go_at_the_check_in_are_flagged(linli: Linli) -> None:
    house = House(linli)
    await house.session()
    names = ["anan", "bobo", "caca", "dodo", "eiei", "fafa", "gogo"]
    await house.book(*names)
    quick = RULES.at_once_least

    async def work(tx: Transaction) -> None:
        for number, name in enumerate(names):
            booking = f"{name}:{SATURDAY}"
            came = {"booking_id": booking, "participant_id": f"{name}1", "starts_at": STARTS}
            await tx.run(CAME, came | {"arrived_at": STARTS})
            wait = timedelta(seconds=8 * number) if number < quick else timedelta(hours=2)
            assert await ratings.add(tx, made(STARTS + wait, how="attended", booking=booking))

    await linli.database.write(work)
    before = await rows_of(linli.database, "rating")
    [flags] = [job for job in JOBS if job.name == "flags"]
    assert await run(flags, linli, STARTS + timedelta(hours=3)) == f"flagged {quick}"
    assert [flag for flag, _ in await flagged(linli.database)] == ["en_bloc"] * quick
    assert await rows_of(linli.database, "rating") == before
    assert await run(flags, linli, STARTS + timedelta(hours=3)) == "flagged 0"

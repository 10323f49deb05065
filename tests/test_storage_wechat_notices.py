"""Notices of WeChat: each message once on each route, and what somebody agreed to, on both engines."""

from datetime import datetime, timedelta

import pytest

from storage import conversations, outbox, wechat_notices
from storage.database import Database
from storage.outbox import FOR_EVER
from storage.wechat_notices import KEPT, SUBSCRIPTION, TEMPLATE, Notice
from tests.storage_rows import NOW, put_news

SOON = NOW + timedelta(minutes=1)


@pytest.fixture
async def talk(database: Database) -> str:
    made = await database.write(lambda tx: conversations.create(tx, "talk-ding", "wechat", "ding", "{}", NOW))
    return made.id


class Ledger:
    """What is kept of the notices of one conversation."""

    def __init__(self, database: Database, talk: str) -> None:
        self.database, self.talk = database, talk

    def notice(self, number: int, route: str = TEMPLATE, template: str = "T") -> Notice:
        return Notice(self.talk, number, route, template)

    async def news(self, **given: object) -> int:
        return await self.database.write(lambda tx: put_news(tx, self.talk, **given))  # type: ignore[arg-type]

    async def begin(
        self, number: int, route: str = TEMPLATE, *, at: datetime = NOW, credit: bool = False
    ) -> bool:
        notice = self.notice(number, route)
        return await self.database.write(lambda tx: wechat_notices.begin(tx, notice, at, needs_credit=credit))

    async def sent(
        self, number: int, route: str = TEMPLATE, known: str | None = None, *, uses: bool = False
    ) -> None:
        notice = self.notice(number, route)
        await self.database.write(lambda tx: wechat_notices.sent(tx, notice, known, uses_credit=uses))

    async def failed(self, number: int, route: str = TEMPLATE, *, ends: bool = False) -> None:
        notice = self.notice(number, route)
        await self.database.write(lambda tx: wechat_notices.failed(tx, notice, ends_credit=ends))

    async def report(
        self, known: str, route: str = TEMPLATE, *, arrived: bool = True, template: str | None = None
    ) -> bool:
        return await self.database.write(
            lambda tx: wechat_notices.report(
                tx, self.talk, route, known, template_id=template, arrived=arrived
            )
        )

    async def agree(self, event: str, template: str = "T") -> None:
        await self.database.write(lambda tx: wechat_notices.agree(tx, self.talk, template, event))

    async def credits(self, template: str = "T") -> int:
        async with self.database.read() as tx:
            return await wechat_notices.credits_left(tx, self.talk, template)

    async def untold(self, at: datetime = NOW, held: datetime = FOR_EVER) -> list[int]:
        async with self.database.read() as tx:
            return [each.number for each in await wechat_notices.untold(tx, self.talk, at, held)]


@pytest.fixture
def ledger(database: Database, talk: str) -> Ledger:
    return Ledger(database, talk)


async def test_what_waits_is_told_of_once(ledger: Ledger) -> None:
    first, second = await ledger.news(), await ledger.news()
    assert await ledger.untold() == [first, second]
    assert await ledger.begin(first)
    assert await ledger.untold() == [first, second]  # nobody knows yet
    await ledger.sent(first)
    assert await ledger.untold() == [second]
    assert not await ledger.begin(first)
    assert await ledger.begin(second)
    await ledger.failed(second)
    assert await ledger.untold() == [second]
    assert not await ledger.begin(second)
    assert await ledger.begin(second, SUBSCRIPTION)


async def test_what_is_not_due_over_or_left_until_the_morning_is_not_told_of(ledger: Ledger) -> None:
    await ledger.news(due=SOON)
    await ledger.news(expires=NOW)
    late = await ledger.news(expires=SOON + timedelta(hours=5))
    urgent = await ledger.news(expires=SOON)
    assert await ledger.untold() == [late, urgent]
    assert await ledger.untold(held=SOON + timedelta(hours=5)) == [urgent]


async def test_what_arrived_or_is_being_sent_now(ledger: Ledger) -> None:
    first, second = await ledger.news(), await ledger.news()
    [leased] = await ledger.database.write(
        lambda tx: outbox.lease_due(tx, NOW, NOW + timedelta(seconds=30), "worker", 5)
    )
    assert leased.number == first
    assert await ledger.untold() == [first, second]
    await ledger.database.write(lambda tx: outbox.mark_sent(tx, leased.id, "worker", NOW))
    assert await ledger.untold() == [second]


async def test_what_nobody_knows_of_may_be_sent_again(ledger: Ledger) -> None:
    number = await ledger.news()
    assert await ledger.begin(number)
    assert await ledger.begin(number, at=SOON)


async def test_a_subscription_needs_a_yes_each_time(ledger: Ledger) -> None:
    first, second, third = await ledger.news(), await ledger.news(), await ledger.news()
    assert not await ledger.begin(first, SUBSCRIPTION, credit=True)
    for event in ("1", "1", "2"):  # told again while there was no answer
        await ledger.agree(event)
    assert await ledger.credits() == 2
    assert await ledger.begin(first, SUBSCRIPTION, credit=True)
    assert await ledger.credits() == 2  # it counts once it is sent
    await ledger.sent(first, SUBSCRIPTION, uses=True)
    assert await ledger.credits() == 1
    assert await ledger.begin(second, SUBSCRIPTION, credit=True)
    await ledger.failed(second, SUBSCRIPTION, ends=True)
    assert await ledger.credits() == 0
    assert not await ledger.begin(third, SUBSCRIPTION, credit=True)
    await ledger.agree("3")
    assert await ledger.begin(third, SUBSCRIPTION, credit=True)


async def test_a_lasting_yes_is_not_used_up_and_ends_when_it_is_taken_back(ledger: Ledger) -> None:
    number = await ledger.news()
    await ledger.agree("1")
    await ledger.agree("1", "other")
    assert await ledger.begin(number, SUBSCRIPTION, credit=True)
    await ledger.sent(number, SUBSCRIPTION)
    assert await ledger.credits() == 1
    await ledger.database.write(lambda tx: wechat_notices.refuse(tx, ledger.talk, "T"))
    assert (await ledger.credits(), await ledger.credits("other")) == (0, 1)


async def test_a_report_is_of_the_notice_that_it_names(ledger: Ledger) -> None:
    first, second = await ledger.news(), await ledger.news()
    for number, known in ((first, "71"), (second, "72")):
        await ledger.begin(number)
        await ledger.sent(number, known=known)
    assert await ledger.report("71", arrived=False)
    assert await ledger.untold() == [first]
    assert not await ledger.report("71")  # told again
    assert not await ledger.report("99")
    assert not await ledger.report("72", SUBSCRIPTION)
    assert await ledger.report("72")
    assert await ledger.untold() == [first]


async def test_a_report_that_comes_before_the_answer_stands(ledger: Ledger) -> None:
    number = await ledger.news()
    await ledger.begin(number)
    assert await ledger.report("71", arrived=False)
    await ledger.sent(number, known="71")
    assert await ledger.untold() == [number]


async def test_where_no_number_was_given_the_last_of_that_template_is_meant(ledger: Ledger) -> None:
    first, second = await ledger.news(), await ledger.news()
    for number, at in ((first, NOW), (second, SOON)):
        await ledger.begin(number, SUBSCRIPTION, at=at)
        await ledger.sent(number, SUBSCRIPTION)
    assert not await ledger.report("5", SUBSCRIPTION, template="other", arrived=False)
    assert await ledger.report("5", SUBSCRIPTION, template="T", arrived=False)
    assert await ledger.untold() == [second]


async def test_notices_are_kept_for_a_time(ledger: Ledger) -> None:
    numbers = [await ledger.news() for _ in range(3)]
    for number, at in zip(numbers, (NOW, NOW + KEPT, SOON + KEPT), strict=True):
        await ledger.begin(number, at=at)
        await ledger.sent(number, known=f"7{number}")
        if at == NOW + KEPT:
            assert await ledger.untold() == numbers[2:]
    assert await ledger.untold() == numbers[:1]

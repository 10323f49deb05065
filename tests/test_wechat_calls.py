"""Whom WeChat has told of it beside the conversation, no centre has to call, on both engines."""

import pytest

from storage import wechat_notices
from storage.statements import statement
from storage.wechat_notices import TEMPLATE, Notice
from tests.desk import House
from tests.test_call_list import LATER, called_off, codes, house

__all__ = ["house"]
OF_LIN = statement(
    "test.of_lin",
    "SELECT conversation_id, number FROM outbox WHERE unique_key LIKE '%lin:%' AND state = 'waiting'",
)


async def noticed(house: House) -> Notice:
    """What is about to tell the family of lin."""
    async with house.linli.database.read() as tx:
        row = await tx.one(OF_LIN)
    assert row
    notice = Notice(row["conversation_id"], row["number"], TEMPLATE, "T")
    now = house.linli.clock()
    await house.linli.database.write(lambda tx: wechat_notices.begin(tx, notice, now, needs_credit=False))
    return notice


@pytest.mark.parametrize("arrived", [True, False, None])
async def test_who_was_told_is_not_called_unless_nothing_arrived(house: House, arrived: bool | None) -> None:
    await called_off(house)
    later, database = house.later(LATER), house.linli.database
    both = [("chen", "called_off", "unread"), ("lin", "called_off", "unread")]
    notice = await noticed(house)
    assert await codes(later) == both  # nobody knows whether it went out
    await database.write(lambda tx: wechat_notices.sent(tx, notice, "7", uses_credit=False))
    assert await codes(later) == both[:1]
    if arrived is not None:
        await database.write(
            lambda tx: wechat_notices.report(
                tx, notice.conversation_id, TEMPLATE, "7", template_id=None, arrived=arrived
            )
        )
    assert await codes(later) == (both if arrived is False else both[:1])

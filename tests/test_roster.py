"""What staff see of children: the list of their own centre, each look noted; codes that let a child go."""

from datetime import timedelta

import pytest

from bot.clock import fixed_clock
from bot.ids import new_id
from bot.linli import Linli
from handlers import handover, roster, sealing
from handlers.roster import NotTheirs, Viewer
from handlers.safe import KeyLost
from storage import care
from storage.statements import statement
from tests.family_talk import FETCHER, NAME, Parent, booked, named
from tests.sample import NOW, message

CENTRE = "FZ040"
PLANNED = statement("test.planned", "SELECT DISTINCT session_id AS id FROM booking")
STAFF = Viewer("staff 1", CENTRE)


async def session_of(linli: Linli) -> str:
    async with linli.database.read() as tx:
        [found] = await tx.rows(PLANNED)
    session: str = found["id"]
    return session


async def test_staff_of_the_centre_see_the_list_and_each_look_is_noted(linli: Linli) -> None:
    parent = await named(linli)
    await parent.say("/fetcher", "3", "同意", FETCHER)
    await booked(linli, "unnamed")
    session_id = await session_of(linli)

    async def look(viewer: Viewer) -> list[roster.Row]:
        return await linli.database.write(
            lambda tx: roster.roster(tx, linli.safe.keys, session_id, viewer, NOW, new_id)
        )

    rows = await look(STAFF)
    seen = {(row.who.alias, row.name, row.fetchers, row.has_allergy) for row in rows}
    assert seen == {("son", NAME, (("grandmother", FETCHER),), None), ("son", None, (), None)}
    shown = await parent.say("你们存了我什么")
    assert "共1次" in shown.rendered.text
    assert "华城社区的工作人员看了儿子的真名" in shown.rendered.text
    with pytest.raises(NotTheirs) as raised:
        await look(Viewer("staff 2", "FZ002"))
    assert NAME not in str(raised.value)
    assert "共1次" in (await parent.say("隐私")).rendered.text


async def test_after_the_term_the_list_has_aliases_alone(linli: Linli) -> None:
    await named(linli)
    session_id = await session_of(linli)
    await sealing.forget_expired(linli.database, linli.safe.keys, NOW + timedelta(days=90))
    rows = await linli.database.write(
        lambda tx: roster.roster(tx, linli.safe.keys, session_id, STAFF, NOW, new_id)
    )
    assert [(row.who.alias, row.name) for row in rows] == [("son", None)]


async def test_a_lost_key_stops_the_list_and_names_the_file(sqlite_linli: Linli) -> None:
    await named(sqlite_linli)
    session_id = await session_of(sqlite_linli)
    for key in sqlite_linli.settings.keys_dir.iterdir():
        key.unlink()
    with pytest.raises(KeyLost, match="LINLI_KEYS_DIR"):
        await sqlite_linli.database.write(
            lambda tx: roster.roster(tx, sqlite_linli.safe.keys, session_id, STAFF, NOW, new_id)
        )
    reply = await sqlite_linli.hear(message("/name", address="unlucky"))
    assert reply.view == "NoNameNeeded"


async def test_a_code_of_today_fetches_the_child_once(linli: Linli) -> None:
    today = NOW + timedelta(days=1, hours=6)
    parent = await booked(linli)
    assert (await parent.say("接送码")).rendered.text.startswith("今天没有")
    later = Linli(linli.settings, linli.database, linli.directory, fixed_clock(today), linli.reader)
    first, second = [await Parent(later).say("接送码") for _ in range(2)]
    old, code = (reply.rendered.text.splitlines()[1].split("：")[0] for reply in (first, second))

    async def fetch(typed: str, centre: str = CENTRE) -> str | None:
        at = today + timedelta(hours=3)
        handed = await linli.database.write(
            lambda tx: handover.hand_over(
                tx, handover.hash_of(typed), centre_id=centre, staff_id="staff 1", now=at
            )
        )
        return handed.participant_id if handed else None

    [child] = await parent.people()
    assert await fetch(old) is None
    assert await fetch(code, "FZ002") is None
    assert await fetch(code.lower().replace("-", " ")) == child.id
    assert await fetch(code) is None
    assert "今天没有" in (await Parent(later).say("接送码")).rendered.text
    assert await care.check(linli.database) == []

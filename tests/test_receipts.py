"""Whoever has a receipt sees what the ledger holds of that rating, and whether anything was touched."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.jobs import JOBS, run
from bot.linli import Linli, Reply
from storage.statements import statement
from storage.transaction import Transaction
from tests.sample import NOW, message

TOMORROW = NOW + timedelta(days=1)
FACTS = ("东湖社区", "非常满意（5星）", "没有到访记录", "账本第1条（评价）", "第2条（写的话，不公开）")
HOLDS, BROKEN = "一条没少、没改", "这一条对不上"
GONE = ("DELETE FROM ledger_salt WHERE number = 3", "DELETE FROM ledger WHERE number = 3")
CHANGED = ("UPDATE ledger SET commitment = '0' WHERE number = 3",)
TAMPERS = {
    "another level": ("UPDATE rating SET level = 3 WHERE level = 5",),
    "another kind": ("UPDATE ledger SET kind = 'reason' WHERE number = 1",),
    "a later entry is changed": CHANGED,
    "a later entry is gone": GONE,
    "other words": ("UPDATE rating_words SET said = '0'",),
    "a lost salt": ("DELETE FROM ledger_salt WHERE number = 1",),
    "another root": ("UPDATE ledger_root SET entry_hash = '0'",),
}


async def tamper(linli: Linli, statements: Sequence[str]) -> None:
    async def work(tx: Transaction) -> None:
        for number, sql in enumerate(statements):
            await tx.run(statement(f"test.tamper_{number}", sql), {})

    await linli.database.write(work)


async def say(linli: Linli, *texts: str, who: str = "ding") -> Reply:
    replies = [await linli.hear(message(text, address=who)) for text in texts]
    return replies[-1]


async def rated(linli: Linli) -> str:
    """The receipt of a rating with words, between others."""
    reply = await say(linli, "给东湖社区打五星", "写几句", "门口的花很香")
    found = re.search(r"回执([0-9A-Z]{4}-[0-9A-Z]{4})", reply.rendered.text)
    assert found
    await say(linli, "给华城社区打四星", who="chen")
    await say(linli, "给东湖社区打四星", who="wu")
    return found[1]


async def published(linli: Linli) -> Linli:
    """The next morning, when yesterday's root stands there."""
    there = linli.over(linli.database, lambda: TOMORROW, safe=linli.safe)
    [root] = [job for job in JOBS if job.name == "ledger-root"]
    await run(root, there, TOMORROW)
    await say(there, "给华城社区打五星", who="xu")
    return there


async def test_anybody_with_the_receipt_sees_the_rating_and_no_words(linli: Linli) -> None:
    receipt = await rated(linli)
    reply = await say(linli, f"查回执 {receipt}", who="a stranger")
    assert reply.view == "ReceiptShown"
    text = reply.rendered.text
    assert [fact for fact in FACTS if fact not in text] == []
    assert HOLDS in text
    assert "今天的指纹明天公布" in text
    assert "花很香" not in text
    assert "ding" not in text


async def test_the_chain_is_followed_to_the_root_of_its_day(linli: Linli) -> None:
    receipt = await rated(linli)
    there = await published(linli)
    text = (await say(there, f"查回执 {receipt}")).rendered.text
    assert HOLDS in text
    found = re.search(r"到11月25日（周三）公布的指纹（第4条，(\w{12})）", text)
    assert found
    assert f"2026-11-25 4 {found[1]}" in await there.ledger_roots()


@pytest.mark.parametrize("what", TAMPERS)
async def test_whatever_was_touched_shows(linli: Linli, what: str) -> None:
    receipt = await rated(linli)
    there = await published(linli)
    await tamper(linli, TAMPERS[what])
    text = (await say(there, f"查回执 {receipt}")).rendered.text
    assert BROKEN in text
    assert HOLDS not in text
    assert "12345" in text


@pytest.mark.parametrize("what", ["a later entry is changed", "a later entry is gone"])
async def test_what_was_touched_shows_before_the_day_is_over_too(linli: Linli, what: str) -> None:
    receipt = await rated(linli)
    await tamper(linli, TAMPERS[what])
    assert BROKEN in (await say(linli, f"查回执 {receipt}")).rendered.text


async def test_what_was_touched_before_it_or_on_another_day_is_not_its_matter(linli: Linli) -> None:
    await rated(linli)
    there = await published(linli)
    reply = await say(there, "给云谷社区打五星", who="zhou")
    found = re.search(r"回执([0-9A-Z]{4}-[0-9A-Z]{4})", reply.rendered.text)
    assert found
    await tamper(linli, CHANGED)
    assert HOLDS in (await say(there, f"回执{found[1]}")).rendered.text


async def test_a_changed_rating_says_that_another_counts(linli: Linli) -> None:
    receipt = await rated(linli)
    await say(linli, "给东湖社区打两星")
    text = (await say(linli, f"回执号是{receipt.lower()}")).rendered.text
    assert "后来改过，以新的为准" in text
    assert HOLDS in text


async def test_the_receipt_of_somebody_who_was_erased_still_holds(linli: Linli) -> None:
    receipt = await rated(linli)
    await say(linli, "删除我的数据", "好的")
    text = (await say(linli, f"查回执 {receipt}", who="chen")).rendered.text
    assert "非常满意（5星）" in text
    assert HOLDS in text


@pytest.mark.parametrize("said", ["查回执 AAAA-AAAA", "/receipt AAAA-AAAA", "check receipt aaaa aaaa"])
async def test_a_receipt_of_nobody_is_named(linli: Linli, said: str) -> None:
    reply = await say(linli, said)
    assert reply.view == "NoReceipt"
    assert "AAAA-AAAA" in reply.rendered.text


async def test_who_has_lost_the_receipt_finds_it_among_their_own(linli: Linli) -> None:
    receipt = await rated(linli)
    reply = await say(linli, "查回执")
    assert reply.view == "RatingsListed"
    assert receipt in reply.rendered.text
    assert (await say(linli, "1")).view == "ReceiptShown"

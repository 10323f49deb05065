"""Ratings that cannot be given, or are asked for in odd ways: nothing is taken down, and that is said."""

import pytest

from bot.linli import Linli
from handlers.ledger_check import check
from storage import ledger
from tests.sample import message


async def said(linli: Linli, *texts: str, address: str = "ding") -> str:
    """The view of the answer to the last of these."""
    reply = None
    for text in texts:
        reply = await linli.hear(message(text, address=address))
    assert reply is not None
    return reply.view


@pytest.mark.parametrize(
    "button",
    [
        "/rate nothing:20261125 5",
        "/rate nothing:tomorrow 5",
        "/rate FZ999 5",
        "/rate_reason nothing attitude",
        "/rate_words nothing",
    ],
)
async def test_a_visit_of_nobody_is_not_rated(linli: Linli, button: str) -> None:
    assert await said(linli, "浔美社区", "我想报太极", "1", "1", button) == "RatingRefused"
    assert (await check(linli.database)).entries == 0


async def test_a_rating_of_others_is_not_touched(linli: Linli) -> None:
    reply = await linli.hear(message("给东湖社区打五星"))
    [reason, _, words] = reply.rendered.choices
    assert await said(linli, reason.say, address="somebody else") == "RatingRefused"
    assert await said(linli, words.say, address="somebody else") == "RatingRefused"
    assert (await check(linli.database)).entries == 1


async def test_a_reason_that_nobody_knows_is_not_kept(linli: Linli) -> None:
    reply = await linli.hear(message("给东湖社区打五星"))
    reason = reply.rendered.choices[0].say.rpartition(" ")[0]
    assert await said(linli, f"{reason} other") == "RatingRefused"
    assert await said(linli, f"{reason} kind") == "RatingTaken"
    assert await said(linli, f"{reason} kind") == "RatingTaken"
    assert (await check(linli.database)).entries == 2


async def test_what_is_said_at_the_door_is_asked_for_and_declined(linli: Linli) -> None:
    assert await said(linli, "/rate FZ002") == "RatingAsked"
    assert await said(linli, "/no_rating FZ002") == "RatingDeclined"
    assert await said(linli, "/no_rating nothing:20261125") == "RatingDeclined"
    assert await said(linli, "/rate FZ002 4") == "RatingTaken"
    assert await said(linli, "/rate FZ002 6") == "RatingAsked"


@pytest.mark.parametrize(
    ("instead", "view"), [("不要", "RatingsListed"), ("不写了", "RatingsListed"), ("转人工", "HumanOffered")]
)
async def test_words_are_not_taken_after_a_no_or_from_who_wants_a_person(
    linli: Linli, instead: str, view: str
) -> None:
    assert await said(linli, "给东湖社区打五星", "写几句", instead) == view
    assert set(await kinds(linli)) == {"rating"}


async def kinds(linli: Linli) -> list[str]:
    async with linli.database.read() as tx:
        return [entry.kind for entry in await ledger.entries(tx, 0, 99)]


async def test_a_second_bad_rating_of_a_visit_opens_no_second_case(linli: Linli) -> None:
    assert await said(linli, "给东湖社区打一星", "给东湖社区打两星", "我的工单") == "CaseShown"


async def test_no_ratings_yet_is_said(linli: Linli) -> None:
    assert await said(linli, "我的评价") == "RatingsListed"

"""Ratings that cannot be given, or are asked for in odd ways: nothing is taken down, and that is said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.linli import Linli
from handlers.asks import Ask
from handlers.ledger_check import check
from handlers.wish_rating import rating_in
from messages.understand.lexicon import Hit
from messages.understand.rating import RatingTalk
from storage import case_files, directory, ledger
from storage.statements import statement
from storage.transaction import Transaction
from tests.sample import NOW, message
from tests.wish_rules import CANTEEN, CENTRE, FOOD, NEW, PLACE, says

RATED = statement(
    "test.rated",
    "SELECT r.how, f.flag, r.conversation_id"
    " FROM rating AS r LEFT JOIN rating_flag AS f ON f.rating_id = r.id",
)
WITHDRAWN = [
    statement(f"test.withdrawn_{table}", f"UPDATE {table} SET withdrawn_at = :now_at WHERE {key} = 'FZ002'")
    for table, key in (
        ("centre", "id"),
        ("service", "centre_id"),
        ("activity", "centre_id"),
        ("kiosk", "centre_id"),
    )
]


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


async def test_a_visit_that_is_rated_badly_again_opens_no_second_case(linli: Linli) -> None:
    """Whatever it was changed to in between, and also when more than one rating lies between."""
    for stars in ("一", "五", "四", "两"):
        assert await said(linli, f"给东湖社区打{stars}星") == "RatingTaken"
    reply = await linli.hear(message("我的工单"))
    assert reply.view == "CaseShown"
    assert "G-0001" in reply.rendered.text


async def test_words_of_danger_make_the_case_of_a_rating_urgent(linli: Linli) -> None:
    assert await said(linli, "给东湖社区打一星", "写几句", "楼梯口的插座漏电，没人管") == "RatingTaken"
    async with linli.database.read() as tx:
        case = await case_files.of_code(tx, "G-0001")
    assert case
    assert case.kind == "urgent"
    assert case.due_at - case.opened_at == timedelta(hours=4)


async def test_staff_rate_for_whoever_stands_at_the_desk_each_for_themselves(linli: Linli) -> None:
    """Such ratings are flagged, replace nobody's, and the case of a bad one is not the staff's to close."""
    for said_ in ("给东湖社区打五星", "给东湖社区打一星"):
        reply = await linli.hear(message(said_, address="manager:FZ002", channel="shell"))
        assert reply.view == "RatingTaken"
        assert [choice.say for choice in reply.rendered.choices] == ["/ratings"]
    async with linli.database.read() as tx:
        rows = await tx.rows(RATED)
        case = await case_files.of_code(tx, "G-0001")
    assert [(row["how"], row["flag"], row["conversation_id"]) for row in rows] == [
        ("desk", "staff", None)
    ] * 2
    assert case
    assert case.conversation_id is None


@pytest.mark.parametrize("asked", ["东湖社区评价怎么样", "哪个中心评价最好", "which centre is best rated"])
async def test_who_asks_what_others_rated_rates_nothing(linli: Linli, asked: str) -> None:
    assert await said(linli, asked) not in ("RatingAsked", "RatingTaken", "AskWhichRated")


async def test_a_centre_that_was_withdrawn_is_left_out_of_what_was_rated(linli: Linli) -> None:
    reply = await linli.hear(message("给东湖社区打五星"))
    reason = reply.rendered.choices[0].say

    async def withdraw(tx: Transaction) -> None:
        for each in WITHDRAWN:
            await tx.run(each, {"now_at": NOW})
        await directory.bump_version(tx, NOW)

    await linli.database.write(withdraw)
    await linli.take_up_directory()
    listed = await linli.hear(message("我的评价"))
    assert listed.view == "RatingsListed"
    assert "东湖社区党建" not in listed.rendered.text
    assert await said(linli, reason) == "RatingRefused"


MISPLACED = statement("test.misplaced", "UPDATE rating SET service_id = :service_id")


@pytest.mark.parametrize("instead", ["another", "none"])
async def test_the_ledger_holds_which_service_was_rated(linli: Linli, instead: str) -> None:
    others = (each.id for each in linli.directory.services_of["FZ002"] if each.name != "便民理发")
    service_id = next(others) if instead == "another" else None
    assert await said(linli, "给东湖社区的理发打五星") == "RatingTaken"
    assert not (await check(linli.database)).faults
    await linli.database.write(lambda tx: tx.run(MISPLACED, {"service_id": service_id}))
    assert (await check(linli.database)).faults


async def test_a_service_that_is_gone_is_not_rated(linli: Linli) -> None:
    service = linli.directory.services_of["FZ002"][0]
    assert await said(linli, f"/rate {service.id} 5") == "RatingTaken"
    assert await said(linli, f"/rate {service.id}x 5") == "RatingRefused"


@pytest.mark.parametrize(("hits", "services"), [((PLACE,), ()), ((PLACE, FOOD), (CANTEEN,))])
def test_what_a_sentence_only_comes_near_to_is_not_rated(
    hits: tuple[Hit, ...], services: tuple[str, ...]
) -> None:
    """By meaning 'one star for Donghu' came near to its clinic, and the clinic was rated."""
    meant = replace(says(*hits, cues="rate"), rating=RatingTalk(level=1))
    near = Ask("service_card", centres=(CENTRE,), services=(CANTEEN,))
    assert rating_in(meant, near, NEW) == Ask("rate", centres=(CENTRE,), services=services, numbers=(1,))

"""Consents, sealed names and looks: what stands, what is replaced, what nobody else can reach."""

from datetime import timedelta

import pytest

from storage import care, children, handover
from storage.children import Seen
from storage.database import ConstraintError, Database, Transaction
from storage.handover import Handed
from tests.child_rows import CENTRE, EXPIRES_ON, NOW, STARTS, TERM, consent, family_of_two, sealed, sealed_in

LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def family(database: Database) -> Database:
    await family_of_two(database)
    return database


async def test_a_consent_is_given_once_and_again_after_it_was_withdrawn(family: Database) -> None:
    async def work(tx: Transaction) -> None:
        assert await children.give_consent(tx, consent("lin1"))
        assert not await children.give_consent(tx, consent("lin1", key="again"))
        assert await children.has_consent(tx, "lin1", "roster", CENTRE, TERM)
        withdrawn = await children.withdraw(tx, "roster lin1", "lin", LATER)
        assert withdrawn
        assert withdrawn.withdrawn_at == LATER
        assert await children.withdraw(tx, "roster lin1", "lin", LATER) is None
        assert not await children.has_consent(tx, "lin1", "roster", CENTRE, TERM)
        assert await children.give_consent(tx, consent("lin1", key="again"))

    await family.write(work)
    async with family.read() as tx:
        assert [each.id for each in await children.consents(tx, "lin")] == ["again", "roster lin1"]
        assert await children.consents(tx, "chen") == []


@pytest.mark.parametrize(
    ("purpose", "centre", "term"),
    [
        ("pick_up", CENTRE, TERM),
        ("roster", "FZ-02", TERM),
        ("roster", CENTRE, "2026-12"),
        ("allergy", None, None),
    ],
)
async def test_a_consent_is_for_its_purpose_centre_and_term_alone(
    family: Database, purpose: str, centre: str | None, term: str | None
) -> None:
    await family.write(lambda tx: children.give_consent(tx, consent("lin1")))
    async with family.read() as tx:
        assert not await children.has_consent(tx, "lin1", purpose, centre, term)


async def test_nobody_withdraws_for_another_family(family: Database) -> None:
    await family.write(lambda tx: children.give_consent(tx, consent("lin1")))
    assert await family.write(lambda tx: children.withdraw(tx, "roster lin1", "chen", LATER)) is None


async def test_a_consent_to_the_allergy_question_names_no_centre(family: Database) -> None:
    assert await family.write(lambda tx: children.give_consent(tx, consent("lin1", "allergy")))
    async with family.read() as tx:
        assert await children.has_consent(tx, "lin1", "allergy", None, None)


async def test_a_key_is_made_at_its_first_need_and_lasts_as_long_as_the_longest_term(
    family: Database,
) -> None:
    async def need(tx: Transaction, days: int) -> bool:
        return await children.need_key(tx, CENTRE, TERM, NOW, EXPIRES_ON + timedelta(days=days))

    assert await family.write(lambda tx: need(tx, 0))
    assert not await family.write(lambda tx: need(tx, 7))
    assert not await family.write(lambda tx: need(tx, -7))
    async with family.read() as tx:
        [key] = await children.keys(tx)
    assert key.expires_on == EXPIRES_ON + timedelta(days=7)


async def test_a_destroyed_key_takes_its_names_along_and_their_number_stays(family: Database) -> None:
    await sealed_in(family, sealed("lin1"), sealed("lin2"), sealed("lin1", "pick_up"))

    async def work(tx: Transaction) -> int:
        assert await children.expired_keys(tx, EXPIRES_ON) == []
        [key] = await children.expired_keys(tx, EXPIRES_ON + timedelta(days=1))
        return await children.forget_key(tx, key, LATER)

    assert await family.write(work) == 3
    async with family.read() as tx:
        assert await children.names(tx, "lin") == []
        assert await children.keys(tx) == []
    assert await family.write(lambda tx: children.need_key(tx, CENTRE, TERM, LATER, EXPIRES_ON))


async def test_a_second_forgetting_of_a_key_counts_nothing(family: Database) -> None:
    await sealed_in(family, sealed("lin1"))

    async def work(tx: Transaction) -> list[int]:
        [key] = await children.keys(tx)
        return [await children.forget_key(tx, key, LATER) for _ in range(2)]

    assert await family.write(work) == [1, 0]


async def test_a_new_name_on_the_list_replaces_the_old_one_and_leaves_who_fetches(family: Database) -> None:
    await sealed_in(family, sealed("lin1"), sealed("lin1", "pick_up"), sealed("lin1", data=b"new", key="new"))
    async with family.read() as tx:
        kept = await children.names_of(tx, "lin1", CENTRE, TERM)
    assert {(each.purpose, each.sealed) for each in kept} == {("roster", b"new"), ("pick_up", b"sealed")}


async def test_a_name_without_its_key_is_refused(family: Database) -> None:
    with pytest.raises(ConstraintError):
        await family.write(lambda tx: children.put_name(tx, sealed("lin1")))


async def test_a_withdrawn_consent_takes_the_names_of_its_own_purpose(family: Database) -> None:
    await sealed_in(family, sealed("lin1"), sealed("lin1", "pick_up"), sealed("lin2"))
    assert await family.write(lambda tx: children.forget_for(tx, consent("lin1", "pick_up"))) == 1
    async with family.read() as tx:
        assert [each.id for each in await children.names(tx, "lin")] == [
            "name roster lin1",
            "name roster lin2",
        ]


async def test_a_family_takes_out_its_own_names_only(family: Database) -> None:
    await sealed_in(family, sealed("lin1", "pick_up"))
    assert not await family.write(lambda tx: children.forget_name(tx, "name pick_up lin1", "chen"))
    assert await family.write(lambda tx: children.forget_name(tx, "name pick_up lin1", "lin"))


async def test_an_allergy_is_yes_no_or_not_told(family: Database) -> None:
    async def work(tx: Transaction) -> list[bool | None]:
        told = [await children.has_allergy(tx, "lin1")]
        for has in (True, False):
            await children.note_allergy(tx, "lin1", NOW, has=has)
            told.append(await children.has_allergy(tx, "lin1"))
        assert await children.allergies(tx, "lin") == {"lin1": False}
        assert await children.allergies(tx, "chen") == {}
        await children.forget_allergy(tx, "lin1")
        return [*told, await children.has_allergy(tx, "lin1")]

    assert await family.write(work) == [None, True, False, None]


async def test_looks_are_kept_for_the_family_the_last_first(family: Database) -> None:
    async def work(tx: Transaction) -> None:
        for number, who in enumerate(("lin1", "lin2", "chen1")):
            seen = Seen("staff", CENTRE, who, "roster", NOW + timedelta(minutes=number))
            await children.note_view(tx, str(number), seen)

    await family.write(work)
    async with family.read() as tx:
        assert [seen.participant_id for seen in await children.views(tx, "lin", 5)] == ["lin2", "lin1"]
        assert [seen.participant_id for seen in await children.views(tx, "lin", 1)] == ["lin2"]
        assert await children.count_views(tx, "lin") == 2


async def test_who_has_a_place_stands_on_the_list_and_who_waits_does_not(family: Database) -> None:
    async with family.read() as tx:
        assert [who.id for who in await children.on_list(tx, "s")] == ["lin1", "lin2"]
        parts = await children.takes_part(tx, "chen", NOW)
        assert [(part.participant_id, part.session_id, part.centre_id) for part in parts] == [
            ("chen1", "s", CENTRE)
        ]
        assert await children.takes_part(tx, "chen", STARTS + timedelta(days=1)) == []


async def test_a_code_fetches_a_child_once_at_its_own_centre_while_it_lasts(family: Database) -> None:
    async with family.read() as tx:
        [first, _] = await handover.meetings(tx, "lin", STARTS, STARTS + timedelta(hours=1))
        assert await handover.meetings(tx, "chen", STARTS, STARTS + timedelta(hours=1)) == []
    meeting = Handed(first.booking_id, first.participant_id, first.starts_at)
    end = STARTS + timedelta(hours=12)

    async def put(code: str) -> bool:
        return await family.write(lambda tx: handover.put_code(tx, meeting, code, NOW, end))

    async def use(code: str, centre: str = CENTRE, minutes: int = 50) -> Handed | None:
        at = STARTS + timedelta(minutes=minutes)
        return await family.write(lambda tx: handover.use_code(tx, code, centre, "staff", at))

    assert await put("old")
    assert await put("new")
    assert await use("old") is None
    assert await use("new", "FZ-02") is None
    assert await use("new", minutes=12 * 60) is None
    assert await use("new") == meeting
    assert await use("new") is None
    assert not await put("another")
    assert await family.write(lambda tx: handover.forget_codes(tx, end)) == 1
    assert await care.check(family) == []

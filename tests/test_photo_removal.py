"""Photos that are taken back by whoever added them, on both engines."""

import pytest

from handlers.photos import MOST
from tests.case_talk import ordered
from tests.desk import House
from tests.photo_talk import looks, sends, tokens
from tests.test_photos import CASE, complained, faults, house

__all__ = ["house"]


@pytest.mark.parametrize("who", ["lin", "wang"])
async def test_three_are_enough_and_one_that_is_removed_makes_room(house: House, who: str) -> None:
    linli = house.linli
    await complained(house)
    taken = [await sends(linli, who, said=CASE) for _ in range(MOST)]
    assert [reply.view for reply in taken] == ["PhotoTaken"] * MOST
    assert taken[-1].rendered.photo is None
    assert "最多3张" in (await sends(linli, who, said=CASE)).rendered.text
    [token] = tokens(taken[0])
    [removal] = [choice.say for choice in taken[0].rendered.choices if choice.label == "删掉这张"]
    for another in {"lin", "wang", "sun"} - {who}:
        assert (await house.say(removal, another)).view == "PhotoRefused"
    assert (await house.say(removal, who)).view == "PhotoRemoved"
    assert (await house.say(removal, who)).view == "PhotoRefused"
    assert await looks(linli, who, token) is None
    assert (await sends(linli, who, said=CASE)).view == "PhotoTaken"
    assert await faults(linli) == []


async def test_evidence_that_staff_take_back_leaves_a_trace_in_the_case(house: House) -> None:
    """Also when the resident has seen it with an answer, and in a case that is closed."""
    linli = house.linli
    await complained(house)
    taken = [await sends(linli, "wang", said=CASE) for _ in range(2)]
    first, second = [
        next(each.say for each in reply.rendered.choices if each.label == "删掉这张") for reply in taken
    ]
    await ordered(house, "wang", "G-0001 已整改：换了新桌子")
    assert "照片2张" in (await house.say("G-0001", "lin")).rendered.text
    assert (await house.say(first, "wang")).view == "PhotoRemoved"
    shown = (await house.say("G-0001", "lin")).rendered.text
    assert "照片1张" in shown
    assert shown.count("撤下一张照片") == 1
    await house.say("/verdict G-0001 solved", "lin")
    assert (await house.say(second, "wang")).view == "PhotoRemoved"
    assert (await house.say("G-0001", "lin")).rendered.text.count("撤下一张照片") == 2
    assert await faults(linli) == []


async def test_an_order_that_waits_for_a_yes_survives_a_photo_that_is_taken_back(house: House) -> None:
    await complained(house)
    taken = await sends(house.linli, "wang", said=CASE)
    [removal] = [choice.say for choice in taken.rendered.choices if choice.label == "删掉这张"]
    card = await house.say("G-0001 已整改：换了新桌子", "wang")
    yes = next(each.say for each in card.rendered.choices if each.say.startswith("/yes"))
    assert (await house.say(removal, "wang")).view == "PhotoRemoved"
    assert (await house.say(yes, "wang")).view == "DeskProposed"  # something was said between
    assert (await house.say("是", "wang")).view == "DeskDone"

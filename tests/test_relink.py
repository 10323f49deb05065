"""A resident's conversation on another device: with a code they kept, or moved by staff in person."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.linli import Linli
from handlers import keeping, relinking
from handlers.devices import addresses_of, device_code
from handlers.keeping import Taken
from storage import conversations, recovery
from tests.cli import Here
from tests.engines import opened
from tests.sample import NOW, Sample, message, second_process

OLD, NEW = "0123456789abcdef" * 2, "fedcba9876543210" * 2
END = NOW + timedelta(days=180)


async def said_at(linli: Linli, address: str) -> Sequence[str | None]:
    return [line.said for line in await linli.lines("web", address, after=0)]


async def keep(linli: Linli, address: str = OLD) -> bool:
    return await keeping.keep(linli.database, "hash", "web", address, now=NOW, expires=END)


async def take(linli: Linli, address: str = NEW, *, code_hash: str = "hash") -> Taken:
    return await keeping.take_over(linli.database, f"line at {address}", code_hash, "web", address, NOW)


async def talked(linli: Linli, address: str = OLD, text: str = "你好") -> None:
    await linli.hear(message(text, address=address))


# By a code


async def test_a_resident_goes_on_elsewhere_and_the_old_device_starts_anew(linli: Linli) -> None:
    await talked(linli, text="hello there")
    assert await keep(linli)
    assert await take(linli) is Taken.MOVED
    lines = await linli.lines("web", NEW, after=0)
    assert [line.said for line in lines] == ["hello there", None]
    assert lines[-1].rendered.text.startswith("Welcome back.")
    assert lines[-1].rendered.keeps
    assert not lines[0].rendered.keeps
    assert await said_at(linli, OLD) == []
    await talked(linli, NEW, "帮助")
    await talked(linli, OLD, "谢谢")
    assert await said_at(linli, NEW) == ["hello there", None, "帮助"]
    assert await said_at(linli, OLD) == ["谢谢"]


async def test_there_is_nothing_to_keep_before_something_was_said(linli: Linli) -> None:
    assert not await keep(linli)
    assert await take(linli) is Taken.UNKNOWN


async def test_on_the_same_device_a_code_stays_good(linli: Linli) -> None:
    await talked(linli)
    await keep(linli)
    assert await take(linli, OLD) is Taken.HERE_ALREADY
    assert await take(linli) is Taken.MOVED


async def test_a_wrong_code_changes_nothing(linli: Linli) -> None:
    await talked(linli)
    await keep(linli)
    assert await take(linli, code_hash="another") is Taken.UNKNOWN
    assert await said_at(linli, OLD) == ["你好"]


# Device codes


def test_a_device_code_is_ten_digits_that_can_be_read_out() -> None:
    assert device_code("0" * 32) == "000-000-0000"
    assert device_code("f" * 32) == "999-999-9999"
    assert device_code(OLD) == "004-444-4444"


@given(st.integers(0, 16**32 - 1))
def test_an_address_lies_between_the_ends_of_its_code(number: int) -> None:
    address = f"{number:032x}"
    between = addresses_of(device_code(address))
    assert between is not None
    assert between[0] <= address < between[1]


@pytest.mark.parametrize("code", ["", "123", "123-456-789x", "123-456-78901", "１２３-456-7890"])
def test_what_is_no_device_code_is_known(code: str) -> None:
    assert addresses_of(code) is None


@pytest.mark.parametrize("code", ["0044444444", " 004 444 4444 ", "004-444-4444"])
def test_a_device_code_may_be_typed_with_or_without_gaps(code: str) -> None:
    assert addresses_of(code) == addresses_of(device_code(OLD))


# By staff


async def move(linli: Linli, source: str = OLD, target: str = NEW, **changed: object) -> None:
    given = {
        "from_code": device_code(source),
        "to_code": device_code(target),
        "by": "林",
        "because": "手机坏了",
    }
    ordered = relinking.Move(**(given | changed))  # type: ignore[arg-type]
    await relinking.relink(linli.database, "web", ordered, relink_id="relink", line_id="line", now=NOW)


async def shown(linli: Linli, *addresses: str) -> None:
    for address in addresses:
        await linli.database.write(lambda tx, each=address: recovery.note_device(tx, "web", each, NOW))  # type: ignore[misc]


async def test_staff_move_a_conversation_and_it_is_written_down(linli: Linli) -> None:
    await talked(linli)
    await shown(linli, NEW)
    await move(linli)
    lines = await linli.lines("web", NEW, after=0)
    assert [line.said for line in lines] == ["你好", None]
    assert "工作人员" in lines[-1].rendered.text
    assert await said_at(linli, OLD) == []
    async with linli.database.read() as tx:
        [row] = await recovery.relinks(tx)
    assert (row.from_address, row.to_address, row.done_by, row.because) == (OLD, NEW, "林", "手机坏了")
    assert row.done_at == NOW


async def test_an_open_page_sees_a_conversation_that_staff_bring_from_another_process(
    linli: Linli, sample: Sample
) -> None:
    await talked(linli)
    await shown(linli, NEW)
    async with second_process(linli, sample) as staff, linli.listening("web", NEW) as ear:
        assert not await ear.heard(0)
        await move(staff)
        assert await ear.heard(0)
        assert await said_at(linli, NEW) == ["你好", None]


async def test_a_device_with_a_conversation_keeps_it_unless_staff_say_replace(linli: Linli) -> None:
    await talked(linli)
    await talked(linli, NEW, "帮助")
    with pytest.raises(relinking.RelinkError, match="has a conversation of its own; with --replace"):
        await move(linli)
    assert await said_at(linli, NEW) == ["帮助"]
    await move(linli, replaces=True)
    assert await said_at(linli, NEW) == ["你好", None]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"from_code": "12"}, "12 is no device code"),
        ({"from_code": "111-111-1111"}, "no device has shown the code 111-111-1111"),
        ({"to_code": device_code(OLD)}, "are the same device"),
        ({"by": " "}, "say who does this"),
        ({"from_code": device_code(NEW), "to_code": device_code(OLD)}, "has no conversation"),
    ],
)
async def test_a_wrong_order_is_refused_and_changes_nothing(
    linli: Linli, changed: dict[str, str], why: str
) -> None:
    await talked(linli)
    await shown(linli, NEW)
    with pytest.raises(relinking.RelinkError, match=why):
        await move(linli, **changed)
    assert await said_at(linli, OLD) == ["你好"]
    async with linli.database.read() as tx:
        assert await recovery.relinks(tx) == []


async def test_two_devices_with_one_code_are_told_apart_first(linli: Linli) -> None:
    await talked(linli)
    await shown(linli, NEW, NEW[:-1] + "f")
    with pytest.raises(relinking.RelinkError, match="two devices have the code"):
        await move(linli)


def test_the_command_moves_a_conversation_and_says_so(here: Here, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/linli.db"

    async def talk_and_show() -> None:
        async with opened(url) as database:
            await database.write(lambda tx: conversations.create(tx, "c", "web", OLD, "{}", NOW))
            await database.write(lambda tx: recovery.note_device(tx, "web", NEW, NOW))

    asyncio.run(talk_and_show())
    codes = ("--from", device_code(OLD), "--to", device_code(NEW))
    code, out, _ = here("relink", *codes, "--by", "Lin", "--because", "broken phone")
    assert code == 0
    assert out == f"the conversation of {device_code(OLD)} is on {device_code(NEW)} now\n"
    code, _, err = here("relink", *codes, "--by", "Lin")
    assert code == 2
    assert "no device has shown" in err


def test_the_command_names_what_it_could_not_find(here: Here, tmp_path: Path) -> None:
    code, _, err = here("relink", "--from", "111-111-1111", "--to", "222-222-2222", "--by", "Lin")
    assert code == 2
    assert "no device has shown the code 111-111-1111" in err

"""`linli lottery plan`, `publish` and `draw`: what an operator reads, and that the list holds no person."""

import re
from argparse import Namespace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import lots
from bot.__main__ import parser
from bot.ask import Script, play
from bot.clock import fixed_clock
from bot.linli import Linli
from bot.lots import moment
from handlers.lottery import verify
from messages.calendar import SHANGHAI
from storage import lotteries
from storage.statements import statement
from tests.cli import Here
from tests.sample import NOW

SESSION = "FZ002-01@2026-11-28"
VALUE = "03 11 17 20 25 31 08"
PLAN = ("plan", SESSION, "--closes", "2026-11-26T18:00", "--value-name", "a number of tomorrow")
CLOSES = moment("2026-11-26T18:00")
PEOPLE = statement("test.people", "SELECT id, family_id FROM participant")


def given(*arguments: str | Path) -> Namespace:
    return parser().parse_args(["lottery", *map(str, arguments)])


async def run(linli: Linli, *arguments: str | Path, later: timedelta = timedelta()) -> int:
    step = given(*arguments)
    code: int = await step.work(linli.settings, step, fixed_clock(NOW + later))
    return code


async def entered(linli: Linli, who: str) -> str:
    """A parent enters by chat and is told the receipt."""
    say = ("东湖社区", "帮孩子报周六的少儿书法班", "2018年5月", "1")
    answers = await play(linli, Script(None, None, None, who, say))
    [receipt] = re.findall(r"回执(\w{4}-\w{4})", answers[-1].reply.rendered.text)
    return str(receipt)


async def test_a_draw_goes_from_its_plan_to_its_result(
    linli: Linli, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(linli, *PLAN) == 0
    assert capsys.readouterr().out == (
        f"session {SESSION}: 15 places, drawn from who enters from 2026-11-25 09:30 until 2026-11-26 18:00\n"
    )
    receipts = {await entered(linli, who) for who in ("lin", "chen", "wang")}
    later = CLOSES - NOW
    file = tmp_path / "list.txt"
    assert await run(linli, "publish", SESSION, file, later=later) == 0
    text = file.read_bytes().decode()
    assert await linli.published_list(SESSION) == text
    assert set(re.findall(r"^(\w{4}-\w{4}) 1$", text, re.MULTILINE)) == receipts
    drawn = verify(text, VALUE)
    assert f"hash    {drawn.list_hash}\n" in capsys.readouterr().out
    assert await run(linli, "draw", SESSION, "--value", VALUE, "--by", "lin", later=later) == 0
    printed = capsys.readouterr().out
    assert [line.split()[1] for line in printed.splitlines() if "has places" in line] == [
        each.receipt for each in drawn.order
    ]
    assert await lots.verify(linli.settings, given("verify", file, "--value", VALUE)) == 0
    assert capsys.readouterr().out == printed
    async with linli.database.read() as tx:
        lottery = await lotteries.of_session(tx, SESSION)
        people = await tx.rows(PEOPLE)
    assert lottery
    assert (lottery.drawn_by, lottery.public_value) == ("lin", VALUE)
    assert len(people) == 3
    assert not [row for row in people if row["id"] in text or row["family_id"] in text or "孩子" in text]


async def test_what_is_out_of_turn_is_told_in_a_line(
    linli: Linli, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = ("plan", "nowhere", *PLAN[2:])
    for step in (nowhere, ("publish", SESSION, tmp_path / "x"), ("draw", SESSION, "--value", VALUE)):
        assert await run(linli, *step) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
    assert await run(linli, *PLAN) == 0
    assert await run(linli, "publish", SESSION, tmp_path / "x") == 2
    assert "ends at 2026-11-26 18:00" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    assert await linli.published_list(SESSION) is None
    assert await linli.published_list("nowhere") is None


def test_a_time_that_is_none_is_named(here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        here("lottery", "plan", SESSION, "--closes", "tomorrow", "--value-name", "x")
    assert "argument --closes" in capsys.readouterr().err
    assert moment("2026-11-26T18:00").tzinfo == SHANGHAI
    assert moment("2026-11-26T10:00+00:00") == moment("2026-11-26T18:00")

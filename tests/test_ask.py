"""`linli ask`: the stable interface for scripts and checks."""

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.ask import AskError, Playground, Script, play, read_place, read_script, read_time
from bot.commands import ask_jsonl
from bot.linli import Linli
from messages.calendar import SHANGHAI
from storage import outbox
from storage.database import Transaction
from storage.statements import statement
from tests.cli import Here, environment
from tests.cli import linli as run_linli
from tests.sample import NOW, Sample, rows_of, settings_for

KEYS = ["said", "text", "choices", "intent", "slots", "view", "ms"]
STATES = statement("test.states", "SELECT state FROM outbox ORDER BY number")


def script(*say: str, now: datetime | None = NOW, resident: str | None = None) -> Script:
    return Script("x", now, None, resident, say)


@pytest_asyncio.fixture
async def playground(linli: Linli) -> AsyncIterator[Playground]:
    """Over the sample directory, on one engine after the other."""
    ground = await Playground.over(linli)
    yield ground
    await ground.close()


@pytest.fixture
def env(sample: Sample, tmp_path: Path) -> dict[str, str]:
    return environment(sample.copy_to(tmp_path / "linli.db"), tmp_path)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-25T09:30", datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)),
        ("2026-11-25", datetime(2026, 11, 25, tzinfo=SHANGHAI)),
        ("2026-11-25T01:30:00Z", datetime(2026, 11, 25, 1, 30, tzinfo=UTC)),
        ("2026-11-25T01:30:00+00:00", datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)),
    ],
)
def test_a_time_without_an_offset_is_of_shanghai(text: str, moment: datetime) -> None:
    read = read_time(text)
    assert read == moment
    assert read.tzinfo is SHANGHAI


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-13-01", 20261125, 1.5, [], "9999-12-31T23:59Z", "0001-01-01"]
)
def test_a_time_that_cannot_be_read_is_named(text: Any) -> None:
    with pytest.raises(AskError, match="now: "):
        read_time(text)


@pytest.mark.parametrize(
    "text", ["", "24.9", "24.9,118.6,1", "a,b", "91,0", "0,181", "nan,0", "0,inf", 24.9, [24.9, 118.6], {}]
)
def test_a_place_that_cannot_be_read_is_named(text: Any) -> None:
    with pytest.raises(AskError, match="near: "):
        read_place(text)


def test_a_place_is_latitude_and_longitude() -> None:
    assert read_place("24.907, 118.602") == (24.907, 118.602)
    assert read_place(None) is None
    assert read_time(None) is None


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'"hello"',
        b"{}",
        b'{"say": "hello"}',
        b'{"say": [1]}',
        b'{"say": [], "as": 5}',
        b'{"say": [], "now": "soon"}',
        b'{"say": [], "near": "here"}',
        b'{"say": ["\xff"]}',
        b"[" * 100_000,
        b'{"say": [], "id": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_dialogue_that_cannot_be_read_is_named_by_its_line(line: bytes) -> None:
    with pytest.raises(AskError, match="^line 7: "):
        read_script(line, 7)


async def test_each_reply_has_the_documented_form(playground: Playground) -> None:
    [[answer]] = await playground.play([script("最近的老年食堂")])
    plain = answer.plain()
    assert list(plain) == KEYS
    assert json.loads(json.dumps(plain)) == plain
    assert (plain["said"], plain["intent"], plain["view"]) == ("最近的老年食堂", "find_service", "AskWhere")
    assert plain["slots"]["services"]
    assert all(list(choice) == ["label", "say"] for choice in plain["choices"])
    assert isinstance(plain["ms"], float)


async def test_a_dialogue_remembers_and_the_next_one_knows_nothing_of_it(playground: Playground) -> None:
    first, second = await playground.play([script("最近的老年食堂", "东湖社区", "/again"), script("/again")])
    assert [answer.reply.intent for answer in first] == ["find_service"] * 3
    assert [answer.reply.view for answer in second] == ["NothingToRepeat"]
    assert second[0].reply.number == 1


async def test_dialogues_of_one_name_share_what_was_said_in_their_order(playground: Playground) -> None:
    scripts = [
        script("最近的老年食堂", "东湖社区", resident="ding"),
        script("/again", resident="lin"),
        script("/again", now=NOW + timedelta(days=200), resident="ding"),
    ]
    first, other, later = await playground.play(scripts)
    assert other[0].reply.view == "NothingToRepeat"
    assert later[0].reply.number == 3
    assert later[0].reply.intent == first[1].reply.intent == "find_service"


async def test_a_name_is_forgotten_after_the_run(playground: Playground) -> None:
    await playground.play([script("最近的老年食堂", resident="ding")])
    [[answer]] = await playground.play([script("/again", resident="ding")])
    assert answer.reply.view == "NothingToRepeat"


async def test_nothing_that_is_played_stays_in_the_database(linli: Linli, playground: Playground) -> None:
    tables = ("conversation", "inbox", "outbox", "job_claim", "centre", "directory_version")
    before = await rows_of(linli.database, *tables)
    await playground.play(
        [script("你好", "最近的老年食堂", resident=who) for who in (None, "ding", None, "ding")]
    )
    assert await rows_of(linli.database, *tables) == before
    assert before["conversation"] == []


async def test_each_dialogue_has_its_own_clock(playground: Playground) -> None:
    say = ("东湖社区邻里中心现在开门吗",)
    times = [
        datetime(year, 7, 8, hour, 0, tzinfo=SHANGHAI)
        for year in (2024, 2025, 2026, 2027)
        for hour in (3, 10)
    ]
    played = await playground.play([script(*say, now=now) for now in times])
    texts = [answers[0].reply.rendered.text for answers in played]
    assert all(night != day for night, day in zip(texts[::2], texts[1::2], strict=True))


async def test_a_clock_that_moves_forward_runs_the_due_jobs_first(linli: Linli) -> None:
    async def news(tx: Transaction) -> None:
        from_linli = "news"
        thread = await outbox_thread(tx)
        await outbox.add(
            tx,
            from_linli,
            thread,
            2,
            unique_key="news",
            view="{}",
            due_at=NOW,
            expires_at=NOW + timedelta(hours=1),
            created_at=NOW,
        )

    async def states() -> list[str]:
        async with linli.database.read() as tx:
            return [row["state"] for row in await tx.rows(STATES)]

    await play(linli, script("你好", resident="ding"))
    await linli.database.write(news)
    await play(linli, script(resident="ding", now=NOW + timedelta(minutes=30)))
    assert await states() == ["sent", "waiting"]
    await play(linli, script(resident="ding", now=NOW + timedelta(hours=2)))
    assert await states() == ["sent", "expired"]


async def outbox_thread(tx: Transaction) -> str:
    """The id of the only conversation, with room for one more number."""
    thread = await tx.value(
        statement("test.thread", "UPDATE conversation SET last_number = last_number + 1 RETURNING id")
    )
    assert isinstance(thread, str)
    return thread


async def test_a_place_goes_with_every_sentence(playground: Playground) -> None:
    near = Script("x", NOW, (24.907, 118.602), None, ("最近的老年食堂", "最近的一体机"))
    [answers] = await playground.play([near])
    assert [answer.reply.intent for answer in answers] == ["find_service", "kiosks"]
    assert "AskWhere" not in [answer.reply.view for answer in answers]


async def test_lines_come_out_in_the_order_they_went_in_with_their_ids(
    sample: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [1, "two", None, [3, {"four": 5.5}], True, {"f\u00fcnf": "五"}]
    lines = [json.dumps({"id": each, "now": "2026-11-25T09:30", "say": ["你好"]}).encode() for each in ids]
    lines.insert(2, b"   \n")
    lines.append(b'{"say": []}')
    settings = settings_for(sample.copy_to(tmp_path / "linli.db"), tmp_path)
    assert await ask_jsonl(settings, lines) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(line) for line in printed] == [["id", "replies"]] * 7
    assert [line["id"] for line in printed] == [*ids, None]
    assert [len(line["replies"]) for line in printed] == [1] * 6 + [0]


async def test_a_line_that_cannot_be_read_stops_everything_before_it_begins(
    sample: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(sample.copy_to(tmp_path / "linli.db"), tmp_path)
    with pytest.raises(AskError, match="^line 3: "):
        await ask_jsonl(settings, [b'{"say": ["hello"]}', b"", b"{"])
    assert capsys.readouterr().out == ""


async def test_jsonl_plays_over_either_engine(
    sample_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [b'{"id": 1, "now": "2026-11-25T09:30", "say": ["\xe4\xbd\xa0\xe5\xa5\xbd"]}']
    assert await ask_jsonl(settings_for(sample_url, tmp_path), lines) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["replies"][0]["intent"] == "greet"


@pytest.mark.no_cover
async def test_hundreds_of_dialogues_take_seconds(sqlite_linli: Linli) -> None:
    ground = await Playground.over(sqlite_linli)
    scripts = [script("最近的老年食堂", "东湖社区", now=NOW + timedelta(hours=n)) for n in range(300)]
    began = time.perf_counter()
    played = await ground.play(scripts)
    print(f"300 dialogues of two sentences: {time.perf_counter() - began:.1f} s")  # noqa: T201 - shown with -rP
    await ground.close()
    assert [len(answers) for answers in played] == [2] * 300


def test_a_resident_with_a_name_is_remembered_between_calls(env: dict[str, str]) -> None:
    first = run_linli("ask", "--json", "--as", "ding", "--now", "2026-11-25T09:30", "最近的老年食堂", env=env)
    assert (first.returncode, first.stderr) == (0, "")
    second = run_linli(
        "ask", "--json", "--as", "ding", "--now", "2026-11-25T09:31", "东湖社区", "/again", env=env
    )
    replies = [json.loads(line) for line in second.stdout.splitlines()]
    assert [list(reply) for reply in replies] == [KEYS, KEYS]
    assert [reply["intent"] for reply in replies] == ["find_service", "find_service"]
    fresh = run_linli("ask", "--json", "/again", env=env)
    assert json.loads(fresh.stdout)["view"] == "NothingToRepeat"


def test_only_json_goes_to_standard_output(tmp_path: Path) -> None:
    empty = environment(f"sqlite:///{tmp_path}/new/linli.db", tmp_path)
    done = run_linli("ask", "--jsonl", env=empty, said='{"id": 1, "say": ["你好", "\\ud83d"]}\n')
    assert done.returncode == 0
    assert "the directory is empty" in done.stderr
    [line] = done.stdout.splitlines()
    assert json.loads(line)["replies"][1]["said"] == "\ud83d"


def test_a_relative_database_lies_under_the_working_folder(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    sample.copy_to(tmp_path / "var" / "linli.db")
    env = environment("sqlite:///var/linli.db", tmp_path)
    done = run_linli("ask", "--jsonl", env=env, said='{"id": 1, "say": ["有多少个邻里中心"]}', cwd=tmp_path)
    assert json.loads(done.stdout)["replies"][0]["view"] == "CoverageShown", done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask"], "nothing to say"),
        (["ask", "--now", "soon", "你好"], "now: 'soon'"),
        (["ask", "--near", "here", "你好"], "near: 'here'"),
        (["ask", "--jsonl", "你好"], "--jsonl"),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_says_why(here: Here, arguments: list[str], told: str) -> None:
    code, out, err = here(*arguments)
    assert (code, out) == (2, "")
    assert told in err


def test_a_bad_line_ends_with_2_and_plays_nothing(env: dict[str, str]) -> None:
    done = run_linli("ask", "--jsonl", env=env, said='{"say": ["你好"]}\n{')
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 2: " in done.stderr
    assert "Traceback" not in done.stderr

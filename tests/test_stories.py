"""Stories of several people over several days, on both engines: who says what when, and who hears of it."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import parser
from bot.ask import CHANNEL, Answer, Script, play, read_time
from bot.clock import fixed_clock
from bot.ids import new_id
from bot.jobs import run_due
from bot.linli import Linli, staff_codes
from handlers import staff
from handlers.case_files import Opening, open_case
from handlers.case_news import Clerk
from handlers.permissions import Role
from storage import care, conversations
from storage import misses as misses_of
from storage.statements import statement
from storage.transaction import Transaction
from tests.photo_talk import sends, told_tokens
from tests.photos import heic, jpeg
from tests.test_dialogues import misses

FOLDER = Path(__file__).parent / "stories"
BEGINNING = "2026-11-25T09:30"
THEIRS = statement(
    "test.theirs",
    "SELECT b.id, b.code FROM booking AS b INNER JOIN conversation AS c ON c.family_id = b.family_id"
    " WHERE c.address = :address AND b.session_id = :session_id AND b.state = 'booked'",
)
ARRIVES = statement(
    "test.arrives",
    "INSERT INTO attendance"
    " (booking_id, participant_id, starts_at, arrived_at, is_missed, is_excused, noted_by)"
    " SELECT p.booking_id, p.participant_id, s.starts_at, :arrived_at, FALSE, FALSE, 'S-0001'"
    " FROM place AS p INNER JOIN session AS s ON s.id = p.session_id WHERE p.booking_id = :booking_id",
)

RATES = statement(
    "test.rates",
    """INSERT INTO rating (
        id, receipt, visit, centre_id, conversation_id, level, how, is_verified, rated_on, made_at, is_current
    ) VALUES (
        :id, :id, :id, :centre_id, :conversation_id, :level, 'said', FALSE, :rated_on, :made_at, TRUE
    )""",
)


def stories() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for number, story in enumerate(yaml.safe_load(path.read_text("utf-8")), 1):
            yield pytest.param(story, id=f"{path.stem}-{number}")


@dataclass
class Stage:
    """Plays the turns of a story in order; its clock stands where the last turn put it."""

    linli: Linli
    folder: Path
    at: str = BEGINNING
    heard: dict[str, int] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    async def play(self, turn: dict[str, Any]) -> None:
        self.at = str(turn.get("at", self.at))
        now = read_time(self.at)
        assert now
        there = self.linli.over(self.linli.database, fixed_clock(now), safe=self.linli.safe)
        await there.take_up_directory()
        await run_due(there, now)
        await there.take_up_directory()
        if "crowd" in turn:
            for number in range(turn["crowd"]):
                await self._say(there, f"{turn['who']}{number}", turn["say"])
        elif "runs" in turn:
            await self._run(turn)
        elif "appoints" in turn:
            await self._appoint(there, turn)
        elif "rates" in turn:
            await self._rate(there, turn)
        elif "arrives" in turn or "excuses" in turn:
            await self._note(turn)
        elif "sends" in turn:
            await self._send(there, turn)
        elif "looks" in turn:
            await self._look(there, turn)
        elif "links" in turn:
            await self._link(there, turn)
        elif "say" in turn:
            said = turn["say"] if isinstance(turn["say"], list) else [turn["say"]]
            answers = await self._say(there, turn["who"], said)
            self.found += misses(turn | {"say": f"{turn['who']} {turn['say']}"}, answers[-1])
        else:
            await self._hear(there, turn)

    async def _appoint(self, linli: Linli, turn: dict[str, Any]) -> None:
        """Somebody becomes staff by a code that is typed."""
        code, code_hash = staff_codes(linli.settings).new()
        await staff.invite(
            linli.database, code_hash, Role(turn["role"]),
            centre_id=turn.get("centre"), subdistrict=turn.get("subdistrict"), days=7,
            entry_id=str(new_id()), now=linli.clock(),
        )  # fmt: skip
        await self._say(linli, turn["appoints"], [f"管理码 {code}"])

    async def _rate(self, linli: Linli, turn: dict[str, Any]) -> None:
        """A bad rating, as far as it opens a case."""
        who = turn["rates"]
        await self._say(linli, who, ["你好"])
        world = linli.world(linli.clock())

        async def work(tx: Transaction) -> None:
            talk = await conversations.find(tx, CHANNEL, who)
            assert talk
            rating_id = str(new_id())
            given = {"id": rating_id, "centre_id": turn["centre"], "conversation_id": talk.id}
            await tx.run(
                RATES, given | {"level": turn["level"], "made_at": world.now, "rated_on": world.now.date()}
            )
            opening = Opening(
                "rating", turn["centre"], talk.id, activity_id=turn.get("activity"), rating_id=rating_id,
                words=turn.get("words"),
            )  # fmt: skip
            await open_case(tx, opening, Clerk(world, new_id))

        await linli.database.write(work)

    async def _run(self, turn: dict[str, Any]) -> None:
        """A command of the operator's, at the story's time; `fails` where it is to be refused."""
        given = parser().parse_args([str(part).replace("FOLDER", str(self.folder)) for part in turn["runs"]])
        now = read_time(self.at)
        assert now
        code = await given.work(self.linli.settings, given, fixed_clock(now))
        if bool(code) != turn.get("fails", False):
            self.found.append(f"{turn['runs']} at {self.at} ended with {code}")

    async def _note(self, turn: dict[str, Any]) -> None:
        """Staff check somebody in to a session of one meeting, or excuse that they did not come."""
        who = {"address": turn.get("arrives") or turn.get("excuses"), "session_id": turn["session"]}

        async def work(tx: Transaction) -> None:
            row = await tx.one(THEIRS, who)
            assert row, who
            if "arrives" in turn:
                await tx.run(ARRIVES, {"booking_id": row["id"], "arrived_at": read_time(self.at)})
            else:
                assert await misses_of.excuse(tx, row["code"], turn["session"], by="S-0001")

        await self.linli.database.write(work)

    async def _send(self, linli: Linli, turn: dict[str, Any]) -> None:
        """A file, as a phone's app sends it: of a photo, or of what is none."""
        began = time.perf_counter()
        content = {"photo": jpeg(), "heic": heic(), "text": b"#!"}[turn["sends"]]
        reply = await sends(linli, turn["who"], content, channel=CHANNEL)
        self.heard[turn["who"]] = reply.number
        answer = Answer(turn["sends"], reply, time.perf_counter() - began)
        self.found += misses(turn | {"say": f"{turn['who']} sends {turn['sends']}"}, answer)

    async def _look(self, linli: Linli, turn: dict[str, Any]) -> None:
        """Whoever it is opens the last photo that `of` was shown; `fails` where it is not for them."""
        token = (await told_tokens(linli, turn.get("of", turn["looks"]), CHANNEL))[-1]
        content = await linli.photos.at(token, CHANNEL, turn["looks"])
        if (content is None) != turn.get("fails", False):
            self.found.append(f"{turn['looks']} at {self.at} sees {content and len(content)} bytes")

    async def _link(self, linli: Linli, turn: dict[str, Any]) -> None:
        """A code is made in one chat, said `with` the other, and confirmed in both; the first says no where
        it is `refused`, and nothing where it is not `answered`."""
        shown = (await self._say(linli, turn["links"], ["连接另一个聊天"]))[-1].reply
        [code] = re.findall(r"连接码：([0-9A-Z]{4}-[0-9A-Z]{4})", shown.rendered.text)
        await self._say(linli, turn["with"], [code, "连起来"])
        if turn.get("answered", True):
            answer = "不是我" if turn.get("refused") else "是我，连起来"
            await self._say(linli, turn["links"], [answer])

    async def _say(self, linli: Linli, who: str, say: list[str]) -> list[Answer]:
        answers = await play(linli, Script(None, None, None, who, tuple(say)))
        self.heard[who] = answers[-1].reply.number
        return answers

    async def _hear(self, linli: Linli, turn: dict[str, Any]) -> None:
        """What Linli has said of its own accord since; `hears: []` is silence."""
        who = turn["who"]
        lines = await linli.lines(CHANNEL, who, after=self.heard.get(who, 0))
        self.heard[who] = max([line.number for line in lines], default=self.heard.get(who, 0))
        text = "\n".join(line.rendered.text for line in lines)
        if not turn["hears"] and text:
            self.found.append(f"{who} should hear nothing at {self.at}, and hears:\n{text}")
        missing = [fact for fact in turn["hears"] if fact not in text]
        self.found += [f"{who} should hear {fact!r} at {self.at}, and hears:\n{text}" for fact in missing]
        too_much = [fact for fact in turn.get("hides", ()) if fact in text]
        self.found += [f"{who} must not hear {fact!r} at {self.at}" for fact in too_much]


@pytest.mark.parametrize("story", list(stories()))
async def test_the_story_goes_as_written(story: dict[str, Any], linli: Linli, tmp_path: Path) -> None:
    stage = Stage(linli, tmp_path)
    for turn in story["turns"]:
        await stage.play(turn)
    assert not stage.found, "\n\n".join(stage.found)
    assert await care.check(linli.database) == []


async def test_what_is_not_heard_is_noticed(linli: Linli, tmp_path: Path) -> None:
    """The control: expectations that are not met are found."""
    stage = Stage(linli, tmp_path)
    await stage.play({"who": "lin", "say": "你好", "shows": ["没有这句"]})
    await stage.play({"who": "lin", "hears": ["没有这句"]})
    await stage.play({"runs": ["lottery", "draw", "nowhere", "--value", "1"]})
    assert len(stage.found) == 3


def test_there_are_enough_stories() -> None:
    assert len(list(stories())) >= 12

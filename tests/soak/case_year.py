"""A year of cases through the conversation: residents complain, staff act or do nothing, the clock runs.

Of six centres one has a manager and a subdistrict above, one a manager alone, one a subdistrict alone, one
nobody at all; two leave the directory in the middle of the year, one of them with a manager. The district has
somebody. The year is 2026 with its holidays and make-up days; in December comes the notice of 2027.
"""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from bot.ids import new_id
from bot.linli import Linli, Reply
from handlers import case_rounds
from handlers.calendar_import import Notice, save_calendar
from handlers.case_rounds import ACTS, Act
from handlers.message import Message
from handlers.permissions import Role
from messages.calendar import SHANGHAI, DayKind, Holiday, SpecialDay
from messages.directory import Centre, CentreStatus
from storage import case_files as files
from storage import conversations
from storage.case_files import CaseFile
from tests.case_talk import withdraw
from tests.desk import House
from tests.soak.case_judge import WAITS, at_the_end, at_this_moment, happened

BEGINS, DAYS = date(2026, 1, 1), 365
LONGEST = 300
ROUNDS = (time(3), time(9, 30), time(18, 5))
# After which share of the year, as soon as a case waits for them.
LEAVES = (0.4, 0.55)
NOTICE_ON = date(2026, 12, 10)
NOTICE = Notice(
    2027,
    "notice",
    (
        SpecialDay(date(2027, 1, 1), DayKind.OFF, Holiday.NEW_YEAR, "notice"),
        SpecialDay(date(2027, 1, 4), DayKind.OFF, Holiday.NEW_YEAR, "notice"),
        SpecialDay(date(2027, 1, 9), DayKind.WORK, Holiday.NEW_YEAR, "notice"),
    ),
)

WORDS = ("桌子坏了", "老师迟到半个钟头", "窗口没人", "空调太冷", "插座漏电", "地上滑，老人摔伤了")
# What whoever has a case may think of, how often, and what nobody may do.
ORDERS: dict[str, float] = {
    "受理 {code}": 4, "{code} 处理中": 2, "{code} 说明：那天停电，对不起": 4, "{code} 已整改：修好了": 5,
    "{code} 延期 3天，因为配件没到": 2, "{code} 申诉：不是我们": 2, "{code} 重复 {other}": 1,
    "{code} 回复：是哪一间？": 2, "{code} 申诉成立：我说了算": 0.3, "/verdict {code} solved": 0.5,
}  # fmt: skip
DECISIONS: dict[str, float] = {"{code} 申诉成立：有通知": 1, "{code} 申诉不成立：就是中心的事": 1}
VERDICTS: dict[str, float] = {"solved": 5, "partly": 2, "not": 3}
# How likely somebody acts in a round.
DILIGENCE = (0.02, 0.1, 0.4)
OF_DISTRICT = 0.3
JUDGES, CHANGES_MIND, SOLVED_ALREADY, WRITES, ERASES, MEDDLES = 0.05, 0.004, 0.01, 0.01, 0.004, 0.01


@dataclass
class Hands:
    """The clock of the simulation."""

    now: datetime = field(default_factory=lambda: datetime.combine(BEGINS, time(8), SHANGHAI))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class CaseYear:
    """Lives a year over one Linli whose clock is `hands`. `acts` are those of the rounds; a control leaves
    one out. `days` is how long complaints come, `longest` how long after that one may be open."""

    linli: Linli
    hands: Hands
    seed: int
    cases: int
    acts: Mapping[str, Act] = field(default_factory=lambda: ACTS)
    days: int = DAYS
    longest: int = LONGEST
    opened: int = 0
    problems: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    _talks: dict[str, str] = field(default_factory=dict)
    _solved: dict[str, datetime] = field(default_factory=dict)
    _posts: dict[tuple[int, str], str] = field(default_factory=dict)
    _diligence: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._centres = _different_places(self.linli)

    async def live(self) -> None:
        """The year, and then until nothing is open."""
        await self._appoint()
        openings = sorted(self._chance.randrange(self.days * 24 * 60) for _ in range(self.cases))
        for day in range(self.days + self.longest):
            await self._news(day)
            today = [each - day * 24 * 60 for each in openings if each // (24 * 60) == day]
            await self._day(BEGINS + timedelta(days=day), today)
            if self.problems or (day > self.days and not await self._open()):
                break
        self.problems += await at_the_end(self.linli.database, self._solved)
        self.seen = await happened(self.linli.database)

    def told(self) -> str:
        steps = ", ".join(f"{number} {what}" for what, number in self.seen.most_common())
        return f"{self.opened} openings; {steps}"

    async def _appoint(self) -> None:
        house = House(self.linli)
        for number, manages in enumerate((True, True, False, False, True, False)):
            if manages:
                await self._post(house, Role.CENTRE_MANAGER, centre=self._centres[number])
        for number in (0, 2):
            await self._post(house, Role.SUBDISTRICT, area=self._centres[number].subdistrict)
        await self._post(house, Role.DISTRICT)

    async def _post(
        self, house: House, role: Role, *, centre: Centre | None = None, area: str | None = None
    ) -> None:
        tier = {Role.CENTRE_MANAGER: 1, Role.SUBDISTRICT: 2}.get(role, 3)
        owner = centre.id if centre else area or "district"
        await house.join(f"staff {owner}", role, centre.id if centre else None, area)
        self._posts[tier, owner] = f"staff {owner}"
        self._diligence[owner] = OF_DISTRICT if tier == 3 else self._chance.choice(DILIGENCE)

    async def _news(self, day: int) -> None:
        """What changes around the cases."""
        for leaves, centre in zip(LEAVES, self._centres[4:], strict=True):
            is_listed = centre.id in self.linli.directory.centres
            if is_listed and day >= leaves * self.days and await self._waits_for(centre.id):
                await withdraw(self.linli, centre.id)
        if BEGINS + timedelta(days=day) == NOTICE_ON:
            await save_calendar(self.linli.database, NOTICE, self.hands.now)
            await self.linli.take_up_directory()

    async def _waits_for(self, centre_id: str) -> bool:
        return any(each.centre_id == centre_id and each.state in WAITS for each in await self._open())

    async def _day(self, on: date, openings: list[int]) -> None:
        rounds = [(at.hour * 60 + at.minute, self._round) for at in ROUNDS]
        events = [*((minute, self._complain) for minute in openings), *rounds]
        for minute, happens in sorted(events, key=lambda event: event[0]):
            self.hands.now = datetime.combine(on, time(minute // 60, minute % 60), SHANGHAI)
            await happens()

    async def _complain(self) -> None:
        """A bad rating, which may be given twice, or a complaint; by somebody new or by one of before."""
        chance, listed = self._chance, self.linli.directory.centres
        centre = chance.choice([each for each in self._centres if each.id in listed])
        who = f"r{chance.randrange(self.cases)}"
        if chance.random() < 0.6:
            levels = chance.choice(((1,), (2,), (2, 1), (4, 1), (1, 5, 2)))
            reply = await self._say(who, *(f"/rate {centre.id} {level}" for level in levels))
            if chance.random() < 0.5:
                await self._say(who, "写几句", chance.choice(WORDS))
        else:
            reply = await self._say(who, f"/complain complaint {centre.id}", chance.choice(WORDS), "是")
        if reply.view not in ("RatingTaken", "CaseOpened"):
            self.problems.append(f"{who} could not complain: {reply.view}")
        self.opened += 1
        await self._known(who)

    async def _known(self, who: str) -> None:
        async with self.linli.database.read() as tx:
            talk = await conversations.find(tx, "web", who)
        if talk:
            self._talks[talk.id] = who

    async def _say(self, who: str, *texts: str) -> Reply:
        """What is heard last; a turn that fails is a problem."""
        replies = [await self.linli.hear(Message("web", who, str(uuid4()), text)) for text in texts]
        for text, reply in zip(texts, replies, strict=True):
            if not reply.number:
                self.problems.append(f"{who} said {text!r}, and the turn failed as {reply.intent}")
        return replies[-1]

    async def _round(self) -> None:
        world = self.linli.world(self.hands.now)
        await case_rounds.watch(self.linli.database, world, new_id, acts=self.acts)
        self.problems += await at_this_moment(self.linli.database, world)
        async with self.linli.database.read() as tx:
            is_open = await files.open_ones(tx)
            quiet = await files.in_state(tx, "closed_provisionally", self.hands.now - timedelta(days=30))
        for case in is_open:
            await self._staff(case)
            await self._resident(case)
        for case in quiet:
            if self._chance.random() < CHANGES_MIND:
                await self._judge(case)

    async def _open(self) -> list[CaseFile]:
        async with self.linli.database.read() as tx:
            return await files.open_ones(tx)

    async def _staff(self, case: CaseFile) -> None:
        """Whoever has it does something, or not."""
        is_appeal, chance = case.state == "appealed", self._chance
        who = self._posts.get((3, "district") if is_appeal else (case.tier, case.owner))
        owner = "district" if is_appeal else case.owner
        if who is None or chance.random() >= self._diligence[owner] or case.state not in (*WAITS, "appealed"):
            return
        chosen = DECISIONS if is_appeal else ORDERS
        [order] = chance.choices(list(chosen), list(chosen.values()))
        others = [each for each in await self._open() if each.centre_id == case.centre_id] or [case]
        said = order.format(code=case.code, other=chance.choice(others).code)
        if (await self._say(who, said)).view == "DeskProposed":
            await self._say(who, "是")

    async def _resident(self, case: CaseFile) -> None:
        chance, who = self._chance, self._talks.get(case.conversation_id or "")
        if who is None:
            return
        if chance.random() < ERASES:
            await self._say(who, "删除我的数据", "确认删除")
        elif case.state not in (*WAITS, "appealed"):
            if chance.random() < JUDGES:
                await self._judge(case)
        elif chance.random() < SOLVED_ALREADY:
            await self._verdict(who, case, "solved")
        elif chance.random() < WRITES:
            await self._say(who, f"/case_write {case.code}", chance.choice(WORDS), "是")
        if (
            chance.random() < MEDDLES
            and (await self._say("r-else", f"/verdict {case.code} solved")).view != "NoCase"
        ):
            self.problems.append(f"case {case.code}: somebody else could judge it")

    async def _judge(self, case: CaseFile) -> None:
        who = self._talks.get(case.conversation_id or "")
        [verdict] = self._chance.choices(list(VERDICTS), list(VERDICTS.values()))
        if who:
            await self._verdict(who, case, verdict)

    async def _verdict(self, who: str, case: CaseFile, verdict: str) -> None:
        reply = await self._say(who, f"/verdict {case.code} {verdict}")
        if reply.view == "VerdictNoted" and verdict == "solved":
            self._solved[case.code] = self.hands.now


def _different_places(linli: Linli) -> list[Centre]:
    """Six open centres; the first four in subdistricts of their own."""
    found = [each for each in linli.directory.centres.values() if each.status is CentreStatus.OPEN]
    areas = {each.subdistrict: each for each in reversed(found)}
    four = list(areas.values())[:4]
    return [*four, *[each for each in found if each not in four][:2]]

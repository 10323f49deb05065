"""A small Linli in memory: it says back what it heard, with buttons, a map or a question on request."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.digests import DigestFile, DigestFiles
from bot.linli import Line, Reply
from handlers.keeping import Taken
from handlers.message import Message
from messages.calendar import SHANGHAI
from messages.certificate import Certificate, certificate_svg
from messages.desert_map import desert_map_svg
from messages.ics import BookedEvent, Meeting, calendar_feed, calendar_file
from messages.page import CallLine, CallSheet, Community, NameLine, NamesList
from messages.photo import Photo
from messages.photo_clean import cleaned
from messages.render import Link, MapLink, Rendered
from messages.view_parts import CentreName, Choice
from messages.views_booking import Activity, Held, Slot
from messages.views_calls import FamilyToCall
from tests.desert_rows import MAP as DESERTS
from tests.digests import DIGEST

BEGAN = datetime(2026, 10, 10, 1, 30, tzinfo=UTC)
MAP = MapLink("打开地图", 24.9, 118.6, "https://uri.amap.com/marker?position=118.6,24.9&coordinate=gaode")
MENU = (
    Choice("看活动", "/activities QZ-1"),
    Choice("找一体机", "/kiosks QZ-1"),
    Choice("找工作人员", "/human"),
)
COMMUNITIES = (
    Community("东湖社区", "东湖街道", "/which QZ-1"),
    Community("云谷社区", "丰泽街道", "/which QZ-2"),
    Community("丰泽社区", "丰泽街道", "/which QZ-3"),
)
KEPT_UNTIL = datetime(2027, 4, 8, tzinfo=UTC)
STARTS = datetime(2026, 10, 12, 16, 30, tzinfo=SHANGHAI)
ENDS = STARTS + timedelta(minutes=90)
CLASS = Activity(
    "A1", "4点钟课堂", CentreName("QZ-1", "东湖社区邻里中心", "东湖街道", "open"), "周一 16:30", None, None,
    None, None, False,
)  # fmt: skip
EVENT = BookedEvent(
    "0199c1f0", 0, BEGAN, CLASS.name, CLASS.centre.name, "东湖街1号", (Meeting("1", STARTS, ENDS),)
)

NAMES = NamesList(
    CLASS.name,
    CLASS.centre.name,
    STARTS,
    (
        NameLine(1, "son", "林晓鹂", (("grandmother", "林阿凤"),), True),
        NameLine(2, "first", None, (), False),
    ),
)

CALLS = CallSheet(
    CLASS.centre.name,
    (
        CallLine(FamilyToCall("K7QP", 2, CLASS.name, STARTS, "offered", STARTS, "nowhere"), "13800138000"),
        CallLine(FamilyToCall("M2XA", 1, CLASS.name, STARTS, "called_off", None, "unread"), None),
    ),
)

CAMP = Certificate(
    "A1-20261012-7K2M", "东湖社区邻里中心", "冬令营", STARTS.date(), STARTS.date(), 1, 1, STARTS.date()
)


@dataclass
class EchoEar:
    """Waits for the conversation it listens to; `waits` counts how often it was asked."""

    waits: int = 0
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        self._rung.set()

    async def heard(self, seconds: float) -> bool:
        self.waits += 1
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class EchoPhotos:
    """Makes photos clean as Linli does, and shows the last one to everybody who brings its address."""

    def __init__(self, linli: "EchoLinli") -> None:
        self._linli = linli
        self.last: bytes | None = None
        self.sent: list[bytes] = []
        self.asked: list[tuple[str, str | None]] = []

    async def hear(self, message: Message, content: bytes) -> Reply:
        self.sent.append(content)
        photo = cleaned(content)
        if isinstance(photo, Photo):
            self.last = photo.content
        return await self._linli.hear(replace(message, photo=photo))

    async def at(self, token: str, channel: str, address: str | None) -> bytes | None:
        self.asked.append((channel, address))
        return self.last if token == "good" else None


class EchoLinli:
    """Keeps conversations in lists. `heard` has every message that arrived, repeated ones as well."""

    def __init__(self) -> None:
        self.photos = EchoPhotos(self)
        self.heard: list[Message] = []
        self.ears: dict[tuple[str, str], list[EchoEar]] = {}
        self.broken: Exception | None = None
        self.gives_up = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._lines: dict[tuple[str, str], list[Line]] = {}
        self._codes: dict[str, tuple[str, str]] = {}
        self.devices: list[str] = []
        self.listed: tuple[Community, ...] = COMMUNITIES
        self.events: list[BookedEvent] = [EVENT]
        self.published: dict[str, str] = {}
        self.lost_key: Exception | None = None

    async def hear(self, message: Message) -> Reply:
        self.heard.append(message)
        if self.broken:
            raise self.broken
        if self.gives_up:
            self.gives_up -= 1
            return Reply(
                0, Rendered("zh", "现在问的人太多，请打 12345。", (), None, False), "Busy", "busy", {}
            )
        await self.may_answer.wait()
        key = (message.channel, message.address)
        for line in self._lines.get(key, []):
            if line.message_id == message.id:
                return _reply(line)
        line = self._add(key, message.id, message.text, rendered_for(message))
        return _reply(line)

    async def lines(
        self, channel: str, address: str, *, after: int, limit: int = 50, nearest: bool = False
    ) -> list[Line]:
        later = [line for line in self._lines.get((channel, address), []) if line.number > after]
        return later[:limit] if nearest else later[-limit:]

    @asynccontextmanager
    async def listening(self, channel: str, address: str) -> AsyncIterator[EchoEar]:
        ear = EchoEar()
        ears = self.ears.setdefault((channel, address), [])
        ears.append(ear)
        try:
            yield ear
        finally:
            ears.remove(ear)

    def opening(self, payload: str, language: str) -> Rendered | None:
        """Asks back whatever a link says, but for what it does not know."""
        if payload in ("nothing", "door_nothing"):
            return None
        return Rendered(language, f"您从{payload}来？", (Choice("是的", f"/from {payload}"),), None, False)

    def communities(self) -> tuple[Community, ...]:
        return self.listed

    async def published_list(self, session_id: str) -> str | None:
        return self.published.get(session_id)

    async def ledger_roots(self) -> str:
        return ""

    async def keep(self, channel: str, address: str, code_hash: str) -> datetime | None:
        key = channel, address
        if key not in self._lines:
            return None
        self._codes = {code: owner for code, owner in self._codes.items() if owner != key}
        self._codes[code_hash] = key
        return KEPT_UNTIL

    async def take_over(self, channel: str, address: str, code_hash: str) -> Taken:
        key = self._codes.pop(code_hash, None)
        if key is None:
            return Taken.UNKNOWN
        self._lines[channel, address] = self._lines.pop(key)
        self._add((channel, address), None, None, Rendered("zh", "您回来了。", (), None, False, keeps=True))
        return Taken.MOVED

    async def note_device(self, channel: str, address: str) -> None:
        self.devices.append(address)

    async def calendar_file(self, channel: str, address: str, codes: Collection[str]) -> bytes | None:
        known = self._booked((channel, address)) & set(codes)
        return calendar_file(self.events, "zh") if known and self.events else None

    async def calendar_feed(self, feed_id: str) -> bytes | None:
        return calendar_feed(self.events, "zh") if feed_id in map(family_of, self.addresses()) else None

    async def calendar_family(self, channel: str, address: str) -> str | None:
        return family_of(address) if self._booked((channel, address)) else None

    async def place(self, channel: str, address: str, code: str) -> Held | None:
        slot = Slot("A1@20261012", STARTS, ENDS, None, False)
        is_known = code in self._booked((channel, address))
        return Held(code, CLASS, slot, ("self",), "booked") if is_known else None

    async def names_list(self, channel: str, address: str, session_id: str) -> NamesList | None:
        if self.lost_key:
            raise self.lost_key
        return NAMES if (channel, address) in self._lines and session_id == "A1@20261012" else None

    async def call_sheet(self, channel: str, address: str, centre_id: str) -> CallSheet | None:
        return CALLS if (channel, address) in self._lines and centre_id == "A" else None

    async def certificate(self, token: str) -> str | None:
        return certificate_svg(CAMP, "zh") if token == "good" else None

    async def desert_map(self, token: str) -> str | None:
        return desert_map_svg(DESERTS, "zh") if token == "good" else None

    async def digest_file(self, token: str, kind: str) -> DigestFile | None:
        return await DigestFiles().made(kind, DIGEST, "zh") if token == "good" else None

    def _booked(self, key: tuple[str, str]) -> set[str]:
        return {code for line in self._lines.get(key, []) for code in line.rendered.calendar}

    def tell(self, address: str, text: str) -> Line:
        """Linli speaks of its own accord."""
        return self._add(("web", address), None, None, Rendered("zh", text, (), None, False))

    def answered(self) -> list[str]:
        """The ids of the messages that were answered, each once."""
        return [line.message_id for lines in self._lines.values() for line in lines if line.message_id]

    def addresses(self) -> list[str]:
        return [address for _, address in self._lines]

    def _add(self, key: tuple[str, str], message_id: str | None, said: str | None, shown: Rendered) -> Line:
        lines = self._lines.setdefault(key, [])
        at = BEGAN + timedelta(minutes=2 * len(lines))
        line = Line(len(lines) + 1, message_id, said, at, shown)
        lines.append(line)
        for ear in self.ears.get(key, []):
            ear.ring()
        return line


def family_of(address: str) -> str:
    """Nobody here shares a family with anybody."""
    return f"family-{address}"


def rendered_for(message: Message) -> Rendered:
    if message.location:
        place = message.location
        return Rendered("zh", f"收到位置 {place.latitude:.3f} {place.longitude:.3f}", MENU, None, False)
    if isinstance(message.photo, Photo):
        links = (Link("看照片（您发的）", "/photo/good.jpg"),)
        return Rendered("zh", "照片收到了。", (), None, False, links=links, photo=message.text)
    if message.photo:
        return Rendered("zh", "这个文件不是照片。", (), None, False, photo=message.text)
    match message.text:
        case "发照片":
            return Rendered("zh", "请不要拍到孩子的脸。", MENU[2:], None, False, photo="/photo case G-0001")
        case "菜单":
            return Rendered("zh", "您想看什么？", MENU, None, False)
        case "地图":
            return Rendered("zh", "东湖社区邻里中心\n地址：东湖街1号", (), MAP, False)
        case "在哪里":
            return Rendered("zh", "您在哪个社区？", (), None, True)
        case "记住":
            return Rendered("zh", "值得保留。", (), None, False, keeps=True)
        case "报名":
            return Rendered("zh", "报好了。签到码7K2M", (), None, False, calendar=("7K2M",))
        case "报一周":
            return Rendered("zh", "报好了两场。", (), None, False, calendar=("7K2M", "9QRS"))
        case "实名名单":
            links = (Link("看实名名单", "/names/A1@20261012"),)
            return Rendered("zh", "共2人。", (), None, False, links=links)
        case "我的证书":
            links = (Link("打开证明：儿子，冬令营", "/certificate/good.svg"),)
            return Rendered("zh", "做好了。", (), None, False, links=links)
        case "/language en":
            return Rendered("en", "Hello.", (), None, False)
        case text if text.isascii() and not text.startswith("/"):
            return Rendered("en", f"You said: {text}", (), None, False)
        case text:
            return Rendered("zh", f"听到：{text}", (), None, False)


def _reply(line: Line) -> Reply:
    return Reply(line.number, line.rendered, "Echoed", "echo", {})

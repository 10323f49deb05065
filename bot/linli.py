"""Linli, wired: a message goes in, a reply comes out; pages can read on from where they were."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

import structlog

from bot.clock import Clock
from bot.digests import DigestFile, DigestFiles
from bot.ears import Ear, Ears
from bot.ids import new_id
from bot.logs import log
from bot.meaning import Meaning, Progress
from bot.metrics import Metrics
from bot.photos import Photos
from bot.policy import passing_safe, policy_of, safe_of
from bot.secret import secret_of
from bot.settings import Settings
from bot.web.codes import Codes
from handlers import (
    calendars,
    call_list,
    certificates,
    desk_deserts,
    desk_names,
    digest_files,
    door_codes,
    keeping,
    starts,
)
from handlers.cards import short_name
from handlers.directory_load import load_directory, load_reports
from handlers.intents import INTENTS, Intent
from handlers.message import Message
from handlers.permissions import SHELL_CHANNEL
from handlers.safe import Safe
from handlers.snapshot import Directory
from handlers.turn import Overtaken, Turn, Turns, gone, readable
from handlers.world import World
from messages import views
from messages.certificate import certificate_svg
from messages.desert_map import desert_map_svg
from messages.ics import calendar_feed, calendar_file
from messages.page import CallSheet, Community, NamesList
from messages.render import Rendered, Renderer
from messages.understand.lexicon import Topic
from messages.understand.normalise import language_of, normalise
from messages.understand.scripts import TRADITIONAL, script_of
from messages.understand.understand import Reader
from messages.view_parts import Reported
from messages.views_booking import Held
from messages.words import TRADITIONAL_TAG
from storage import conversations, ledger, lotteries, recovery
from storage import directory as directory_store
from storage.database import Busy, Database, Transaction

# Channels that carry the answer in the response to the message itself.
REPLIED_AT_ONCE = frozenset({"web", "wechat", "terminal", "ask", SHELL_CHANNEL})
Reason = tuple[int, date]
Found = TypeVar("Found")
Find = Callable[[Transaction, tuple[str, ...], World], Awaitable[Found | None]]
# So many days' hashes are published.
ROOTS = 400


def staff_codes(settings: Settings) -> Codes:
    """Makes and hashes the codes that make staff of whoever types them."""
    return Codes(secret_of(settings.secret_file).encode(), "staff")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `number` counts what Linli says in a conversation, from 1; it is 0 when nothing was
    committed and the same message may be sent again."""

    number: int
    rendered: Rendered
    view: str
    intent: str
    slots: dict[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a conversation for a page: what was said (None for news) and what Linli answered."""

    number: int
    message_id: str | None
    said: str | None
    at: datetime
    rendered: Rendered


class Linli:
    """Everything that answers residents, over one database."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        directory: Directory,
        clock: Clock,
        reader: Reader,
        *,
        intents: Mapping[str, Intent] = INTENTS,
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock
        self.metrics = Metrics()
        self.metrics.directory.set(directory.version)
        self.ears = Ears()
        self.renderer = Renderer()
        self.reader = reader
        self._directory = directory
        self._embedded: Mapping[Topic, str] | None = None
        self.planned: Reason | None = None
        self._intents = intents
        self.meaning = Meaning(settings.vectors == "on")
        self.policy = policy_of(settings)
        self.safe = safe_of(settings)
        self._digests = DigestFiles()
        self.photos = Photos(self)
        self.turns = self._turns()

    def _turns(self) -> Turns:
        return Turns(
            self.database, self.reader, lambda: self._directory, self.policy, new_id, self.safe,
            renew=self.take_up_directory, weigh=self.meaning.weigh, replied_at_once=REPLIED_AT_ONCE,
            code_hash=lambda typed: staff_codes(self.settings).hash_of(typed), intents=self._intents,
        )  # fmt: skip

    def over(self, database: Database, clock: Clock, *, safe: Safe | None = None) -> "Linli":
        """The same Linli with the same directory over another database, at another time. It writes no
        file: keys and journal are in memory, those of `safe` when given."""
        other = copy(self)
        other.database, other.clock = database, clock
        other.safe = safe or passing_safe()
        other.turns, other.photos = other._turns(), Photos(other)
        return other

    @property
    def directory(self) -> Directory:
        """The picture of the directory that answers are taken from now."""
        return self._directory

    def world(self, now: datetime) -> World:
        """What the jobs look at."""
        return World(self._directory, now, self.policy)

    def has_to_plan(self, now: datetime) -> Reason | None:
        """Why sessions have to be planned: a new directory, calendar or day; None when they are planned."""
        reason = (self._directory.version, now.date())
        return reason if reason != self.planned else None

    async def hear(self, message: Message) -> Reply:
        """Answer a message. Never raises for what a resident sends: a failure is an answer, too."""
        with structlog.contextvars.bound_contextvars(turn=str(new_id()), channel=message.channel):
            try:
                return await self._heard(message)
            except (Busy, Overtaken):
                return self._failed("busy", message, views.Busy(self.policy.help_line))
            except Exception as error:  # whatever it is, the resident gets a phone number
                log("turn").error("turn failed", exc_info=error)
                return self._failed("failed", message, views.WentWrong(self.policy.help_line))

    async def _heard(self, message: Message) -> Reply:
        began = time.perf_counter()
        turn = await self.turns.take(message, self.clock())
        self._counted(turn, message.channel, time.perf_counter() - began)
        self.ears.ring(message.channel, message.address)
        rendered = self._said(turn.view, turn.language)
        return Reply(turn.number, rendered, type(turn.view).__name__, turn.intent, dict(turn.slots))

    def _said(self, view: views.View, language: str) -> Rendered:
        """A committed answer in words. One that no template can say must not hide those beside it."""
        try:
            return self.renderer.render(view, language)
        except Exception as error:  # whatever it is, the answer stands and is asked for again
            log("turn").error("a view cannot be said", view=type(view).__name__, exc_info=error)
            return self.renderer.render(gone(self.policy.help_line), "zh")

    def _failed(self, outcome: str, message: Message, view: views.View) -> Reply:
        self.metrics.turns.labels("none", outcome).inc()
        rendered = self.renderer.render(view, self.language_for(message))
        return Reply(0, rendered, type(view).__name__, outcome, {})

    def language_for(self, message: Message) -> str:
        """The language of the message itself: what the conversation remembers may be out of reach."""
        spoken = None if message.text.startswith("/") else language_of(normalise(message.text))
        language = spoken or message.language or "zh"
        if language == "zh" and self.policy.traditional and script_of(message.text) == TRADITIONAL:
            return TRADITIONAL_TAG
        return language

    def _counted(self, turn: Turn, channel: str, seconds: float) -> None:
        self.metrics.turns.labels(turn.intent, "repeated" if turn.repeated else "answered").inc()
        self.metrics.seconds.labels(channel).observe(seconds)
        if turn.intent == "unknown" and not turn.repeated:
            self.metrics.unknown.inc()
        log("turn").info(
            "turn",
            intent=turn.intent,
            view=type(turn.view).__name__,
            number=turn.number,
            repeated=turn.repeated,
            ms=round(seconds * 1000, 1),
        )

    async def lines(
        self, channel: str, address: str, *, after: int, limit: int = 50, nearest: bool = False
    ) -> list[Line]:
        """What stands in the conversation after `after`, oldest first: at most the newest `limit`, or with
        `nearest` those that come first."""
        async with self.database.read() as tx:
            conversation = await conversations.find(tx, channel, address)
            if conversation is None:
                return []
            rows = await conversations.transcript(tx, conversation.id, after, limit, nearest=nearest)
        return [self._line(row) for row in rows]

    def _line(self, row: conversations.Line) -> Line:
        rendered = self.spoken(row.view)
        return Line(row.number, row.message_id, row.said, row.created_at, rendered)

    def spoken(self, stored: str) -> Rendered:
        """A view as the outbox keeps it, in words."""
        return self._said(*readable(stored, self.policy.help_line))

    @asynccontextmanager
    async def listening(self, channel: str, address: str) -> AsyncIterator[Ear]:
        """Tells a page when its conversation has something new, from this process or another."""

        async def newest() -> int:
            async with self.database.read() as tx:
                conversation = await conversations.find(tx, channel, address)
            return conversation.last_number if conversation else 0

        with self.ears.listening((channel, address), Ear(newest, self.settings.refresh_s)) as ear:
            yield ear

    async def published_list(self, session_id: str) -> str | None:
        """The entrants of a session's draw as they were published; None before that, and without a draw."""
        async with self.database.read(snapshot=False) as tx:
            lottery = await lotteries.of_session(tx, session_id)
        return lottery.list_text if lottery else None

    async def ledger_roots(self) -> str:
        """The last hash of each day, the newest first: whoever keeps one can tell whether anything before
        it was touched."""
        async with self.database.read(snapshot=False) as tx:
            roots = await ledger.roots(tx, ROOTS)
        return "".join(f"{root.day_on} {root.number} {root.entry_hash}\n" for root in roots)

    def opening(self, payload: str, language: str) -> Rendered | None:
        """What a link or a scanned code asks as the chat is opened; None when it asks nothing."""
        view = starts.opening(payload, self.world(self.clock()))
        return self._said(view, language) if view else None

    def communities(self) -> list[Community]:
        """Every community with a centre, subdistrict by subdistrict, to choose one's own from."""
        centres = (self._directory.centres[i] for ids in self._directory.subdistricts.values() for i in ids)
        return [Community(short_name(c), c.subdistrict, f"/which {c.id}") for c in centres]

    async def keep(self, channel: str, address: str, code_hash: str) -> datetime | None:
        """Let a code bring this conversation elsewhere: until when, or None when nothing was said yet."""
        now = self.clock()
        expires = now + timedelta(days=self.settings.code_days)
        kept = await keeping.keep(self.database, code_hash, channel, address, now=now, expires=expires)
        return expires if kept else None

    async def take_over(self, channel: str, address: str, code_hash: str) -> keeping.Taken:
        """Bring the conversation of a code here."""
        taken = await keeping.take_over(
            self.database, str(new_id()), code_hash, channel, address, self.clock()
        )
        self.ears.ring(channel, address)
        return taken

    async def note_device(self, channel: str, address: str) -> None:
        """The device has shown its code, and staff may name it."""
        now = self.clock()
        await self.database.write(lambda tx: recovery.note_device(tx, channel, address, now))

    async def calendar_file(self, channel: str, address: str, codes: Collection[str]) -> bytes | None:
        """The resident's bookings of these codes for a calendar; None when there are none."""
        async with self.database.read() as tx:
            found = await calendars.of_codes(tx, channel, address, codes, self.world(self.clock()))
        return calendar_file(found.events, found.language) if found else None

    async def calendar_feed(self, feed_id: str) -> bytes | None:
        """All bookings of a family; None for one that is unknown or was erased, and a feed that was ended."""
        async with self.database.read() as tx:
            found = await calendars.of_feed(tx, feed_id, self.world(self.clock()))
        return calendar_feed(found.events, found.language) if found else None

    async def calendar_family(self, channel: str, address: str) -> str | None:
        """The feed that the resident may know; None while nothing is booked."""
        async with self.database.read() as tx:
            return await calendars.feed_with_bookings(tx, channel, address, self.world(self.clock()))

    async def place(self, channel: str, address: str, code: str) -> tuple[Held, str] | None:
        """What the resident has a place in, by its check-in code, and where that leads when it is scanned."""
        async with self.database.read() as tx:
            return await door_codes.place(tx, (channel, address), code, self.world(self.clock()), self.safe)

    async def names_list(self, channel: str, address: str, session_id: str) -> NamesList | None:
        """A list with real names for staff of its centre, the look written down; None for everybody else.

        Raises KeyLost when the key of this centre and term is missing.
        """
        world, keys = self.world(self.clock()), self.safe.keys
        return await self.database.write(
            lambda tx: desk_names.names_list(
                tx, keys, session_id, channel=channel, address=address, world=world, new_id=new_id
            )
        )

    async def call_sheet(self, channel: str, address: str, centre_id: str) -> CallSheet | None:
        """Whom a centre has to call, for its staff, the look written down; None for everybody else."""
        world, entry = self.world(self.clock()), str(new_id())
        return await self.database.write(
            lambda tx: call_list.sheet(tx, centre_id, (channel, address), world, entry)
        )

    async def certificate(self, token: str) -> str | None:
        """The drawing at an address; None for one that is over or not ours, and when it was erased."""
        found = await self._at(token, certificates.of_address)
        return certificate_svg(*found) if found else None

    async def desert_map(self, token: str) -> str | None:
        """The map of service deserts at an address, as it is today; None for one that is over or not ours."""
        found = await self._at(token, desk_deserts.of_address)
        return desert_map_svg(*found) if found else None

    async def desert_picture(self, token: str) -> bytes | None:
        """The same as PNG."""
        found = await self._at(token, desk_deserts.of_address)
        return await self._digests.drawn(*found) if found else None

    async def digest_file(self, token: str, kind: str) -> DigestFile | None:
        """The chart ('png') or the workbook ('xlsx') at an address; None for one that is over or not ours."""
        found = await self._at(token, lambda tx, about, _: digest_files.of_address(tx, about))
        return await self._digests.made(kind, *found) if found else None

    async def _at(self, token: str, find: Find[Found]) -> Found | None:
        """What an address is about; None for one that is over, not ours or about something else."""
        about = self.safe.addresses.read(token, now := self.clock())
        if about is None:
            return None
        async with self.database.read() as tx:
            return await find(tx, about, self.world(now))

    async def take_up_directory(self) -> bool:
        """Answer from a directory that was saved since, by whichever process; True when there was one."""
        async with self.database.read() as tx:
            version = await directory_store.version(tx)
            reports = await load_reports(tx)
        if version == self._directory.version:
            return self._take_up_reports(reports)
        self._directory = await load_directory(self.database, sample_prefix=self.settings.sample_phone_prefix)
        self.metrics.directory.set(self._directory.version)
        return True

    def _take_up_reports(self, reports: tuple[tuple[str, Reported], ...]) -> bool:
        """What residents report changes often, and nothing else with it: no name is read anew for it."""
        if reports == self._directory.reports:
            return False
        self._directory = self._directory.with_reports(reports)
        return True

    async def embed_directory(self, progress: Progress | None = None) -> bool:
        """Make the directory findable by meaning; until then, and without vectors, by words.

        False when that was done already.
        """
        directory = self._directory
        if self._embedded is directory.texts:
            return False
        await self.meaning.take_up(self.database, directory.texts, progress)
        self._embedded = directory.texts
        return True

    async def refresh_directory(self) -> bool:
        """Both; for those who want to go on only when all is done."""
        is_new = await self.take_up_directory()
        await self.embed_directory()
        return is_new

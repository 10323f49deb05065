"""The district's files over one Linli: handed in, and taken after a yes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.ids import new_id
from bot.linli import Linli
from handlers.calendar_import import CalendarFileError, NoticeChanged, read_calendar, save_calendar
from handlers.directory_changes import NoSuchChange
from handlers.directory_import import Hand, ImportChanged, ImportConflict, import_directory
from handlers.pages.calendar import CALENDAR
from handlers.pages.office import DIRECTORY, FORMS, Agreed
from handlers.permissions import Act, Reach, part_of, reach_of
from messages.calendar import SHANGHAI
from messages.workbook import Handed, WorkbookError, read_workbook
from storage import uploads
from storage.database import Busy
from storage.sign_ins import SignedIn
from storage.uploads import Upload

KEPT = timedelta(hours=1)
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Tray:
    """What one sort of files is for: the act that it takes, how large one may be, what tells why one cannot
    be used at all (None: it can), and what takes it after a yes: what became of it, in a code."""

    kind: str
    act: Act
    most_bytes: int
    why_not: Callable[[Upload], str | None]
    take: Callable[[Linli, SignedIn, Upload, Agreed, int | None], Awaitable[str]]


def _no_workbook(upload: Upload) -> str | None:
    try:
        read_workbook(Handed(upload.name, upload.content))
    except WorkbookError as error:
        return error.why
    return None


async def _take_directory(
    linli: Linli, signed: SignedIn, upload: Upload, agreed: Agreed, number: int | None
) -> str:
    read = await asyncio.to_thread(read_workbook, Handed(upload.name, upload.content))
    try:
        report = await import_directory(
            linli.database,
            read,
            now=linli.clock(),
            confirm_withdrawals=number,
            take_file=agreed.take,
            entry_id=str(new_id()),
            by=Hand(signed.post.id, str(new_id())),
            agreed=agreed.stamp,
        )
    except (ImportChanged, ImportConflict, NoSuchChange):
        return "changed"
    return "number" if report.refused_reason else "done"


def _no_notice(upload: Upload) -> str | None:
    """What is wrong with its entries is told on its page."""
    try:
        read_calendar(upload.name, upload.content)
    except CalendarFileError as error:
        return None if error.is_readable else "notice"
    return None


async def _take_notice(linli: Linli, signed: SignedIn, upload: Upload, agreed: Agreed, _: int | None) -> str:
    by = Hand(signed.post.id, str(new_id()))
    try:
        notice = read_calendar(upload.name, upload.content)
        await save_calendar(linli.database, notice, linli.clock(), by=by, agreed=agreed.stamp)
    except (CalendarFileError, NoticeChanged):
        return "changed"
    return "done"


TRAYS: Mapping[str, Tray] = {
    "import": Tray(DIRECTORY, Act.DIRECTORY, 8 << 20, _no_workbook, _take_directory),
    "calendar": Tray(CALENDAR, Act.CALENDAR, 256 << 10, _no_notice, _take_notice),
}


class Office:
    """Files are read one after the other, in a thread of their own: residents do not wait for them."""

    def __init__(self, linli: Linli) -> None:
        self._linli = linli
        self._reading = asyncio.Semaphore(1)

    async def work_out(self, work: Callable[[], object]) -> object:
        async with self._reading:
            return await asyncio.to_thread(work)

    async def hand_in(self, signed: SignedIn, tray: Tray, name: str, content: bytes) -> str | None:
        """Keep a file until its yes, in place of the one before; or why it cannot be used."""
        if not content:
            return "nothing"
        now = self._linli.clock()
        upload = Upload(_named(name), sha256(content).hexdigest(), content, now, now + KEPT)
        why = await self.work_out(lambda: tray.why_not(upload))
        if why is None:
            await self._linli.database.write(lambda tx: uploads.put(tx, signed.post.id, tray.kind, upload))
        return str(why) if why else None

    async def leave(self, signed: SignedIn, tray: Tray) -> None:
        """Keep the file no longer."""
        await self._linli.database.write(lambda tx: uploads.drop(tx, signed.post.id, tray.kind))

    async def take(self, signed: SignedIn, tray: Tray, agreed: Agreed, number: int | None) -> str:
        """Do what was said yes to, and nothing else: 'done'; 'changed' when it would be something else
        by now, 'gone' when the file is not there any more, 'number' when that is not the one to be named,
        'busy' when it is to be tried again."""
        async with self._linli.database.read(snapshot=False) as tx:
            upload = await uploads.of_staff(tx, signed.post.id, tray.kind, self._linli.clock())
        if upload is None:
            return "gone"
        if upload.sha256 != agreed.sha256:
            return "changed"
        try:
            async with self._reading:
                said = await tray.take(self._linli, signed, upload, agreed, number)
        except Busy:
            return "busy"
        if said == "done":
            await self.leave(signed, tray)
            await self._linli.take_up_directory()
        return said

    async def export(self, signed: SignedIn, ending: str) -> bytes | None:
        """The directory as far as they may have it, as a file of this ending; None where there is none."""
        part = part_of(signed.post, Act.EXPORT)
        if part is None or ending not in FORMS:
            return None
        from handlers import export  # noqa: PLC0415 - writing workbooks takes time to load

        today = self._linli.clock().astimezone(SHANGHAI).date()
        with TemporaryDirectory(prefix="linli-export-") as folder:
            path = Path(folder) / f"linli.{ending}"
            async with self._reading:
                await export.export(self._linli.database, path, today, subdistrict=part[0])
            return await asyncio.to_thread(path.read_bytes)


def reaches(signed: SignedIn, tray: Tray) -> bool:
    return reach_of(signed.post.role, tray.act) is Reach.EVERYWHERE


def _named(name: str) -> str:
    """What a file is called, without where it lies and what cannot be printed."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in last if each.isprintable())[:LONGEST_NAME] or "-"

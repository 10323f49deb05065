"""The district's office: the file of the directory, before it is taken and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.desk_site import Area
from handlers.directory_import import standing_in
from handlers.import_preview import Preview, Waiting, preview
from messages.workbook_words import RowKind, sheet_words
from storage import audit, uploads
from storage.audit import Entry

# What a file is for, as storage/uploads.py keeps it and as its import stands in the audit.
DIRECTORY, IMPORT = "directory", "import"
PAST = 5


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody says yes to: a file, and the stamp of what it would do. `take`: see Waiting."""

    sha256: str
    stamp: str
    take: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """An import that was made: by whom, when, of which district, and by sheet how many rows were added,
    changed and withdrawn."""

    who: str
    at: datetime
    district: str
    counts: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page of imports found; `said` is a code of what became of what was asked."""

    waiting: Waiting | None
    past: tuple[Past, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Imports:
    """The page of imports; `agreed` is what a yes would mean, None where there is nothing to say yes to."""

    preview: Preview | None
    past: tuple[Past, ...]
    said: str
    agreed: Agreed | None


async def show_import(area: Area, asked: Mapping[str, str]) -> Asked:
    tx, now = area.scene.tx, area.world.now
    upload = await uploads.of_staff(tx, area.post.id, DIRECTORY, now)
    take = tuple(asked.get("take", "").split())
    waiting = Waiting(upload, await standing_in(tx), take, now.date()) if upload else None
    past = tuple(_past(each) for each in await audit.latest(tx, IMPORT, PAST))
    return Asked(waiting, past, asked.get("said", ""))


def work_out_import(found: Asked) -> Imports:
    """Reads the file that waits: not to be done while others wait."""
    shown = preview(found.waiting) if found.waiting else None
    is_ready = shown is not None and not shown.error and not shown.is_empty and shown.hurdle != "district"
    agreed = Agreed(shown.sha256, shown.stamp, shown.take) if shown and is_ready else None
    return Imports(shown, found.past, found.said, agreed)


def _past(entry: Entry) -> Past:
    counts = []
    for said in entry.became.split():
        kind, _, numbers = said.partition(":")
        added, changed, withdrawn = numbers.split("/")
        counts.append((sheet_words(RowKind(kind)).title, added, changed, withdrawn))
    return Past(entry.who, entry.done_at, entry.subjects, tuple(counts))


# The endings of what can be downloaded, see handlers/export.py, which is loaded with the first.
FORMS = ("xlsx", "zip", "json", "geojson")


@dataclass(frozen=True, slots=True)
class Exports:
    """What can be downloaded: by ending, of how many centres; `subdistrict` None: all."""

    endings: tuple[str, ...]
    centres: int
    subdistrict: str | None


async def show_exports(area: Area, _: Mapping[str, str]) -> Exports:
    return Exports(FORMS, sum(map(area.has, area.world.directory.centres)), area.subdistrict)

"""Writes the directory for other eyes: the district's workbook, HSDS for directories, GeoJSON for maps, and
CSV."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from handlers.directory_changes import overlaid
from handlers.directory_rows import activity_entry, centre_entry, kiosk_entry, service_entry
from handlers.export_hsds import Hsds
from messages.geo import to_wgs84
from messages.workbook import Entry
from messages.workbook_csv import write_tables
from messages.workbook_words import RowKind, is_sample
from messages.workbook_write import replacing, write_workbook
from storage import changes
from storage import directory as directory_store
from storage.database import Database
from storage.directory import ActivityRow, CentreRow, KioskRow, ServiceRow


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in the directory now, without withdrawn rows and with what managers changed, in the order of
    the workbook."""

    version: int
    centres: tuple[CentreRow, ...]
    services: tuple[ServiceRow, ...]
    activities: tuple[ActivityRow, ...]
    kiosks: tuple[KioskRow, ...]

    @property
    def is_sample(self) -> bool:
        """Whether any of it is invented; then the whole is marked."""
        return any(is_sample(centre.note) for centre in self.centres)


async def export(
    database: Database,
    path: Path,
    today: date,
    *,
    district: str | None = None,
    subdistrict: str | None = None,
) -> None:
    """Write the directory, of one district or subdistrict alone where one is named, in the form that the
    ending of `path` names. The file is replaced whole or not at all. Raises KeyError for an ending that is
    not in WRITERS."""
    write = WRITERS[path.suffix]
    listing = await listing_of(database, district, subdistrict)
    await asyncio.to_thread(write, listing, path, today)


def _write_workbook(listing: Listing, path: Path) -> None:
    """The workbook that imports to the same directory."""
    write_workbook(
        path,
        [centre_entry(row) for row in listing.centres],
        [service_entry(row) for row in listing.services],
        [activity_entry(row) for row in listing.activities],
        [kiosk_entry(row) for row in listing.kiosks],
        sample=listing.is_sample,
    )


def _write_hsds(listing: Listing, path: Path, today: date) -> None:
    """HSDS JSON (Open Referral): organizations, and services with everything that belongs to them.

    One object `{"organizations": […], "services": […]}`; each member is valid against its HSDS schema.
    """
    hsds = Hsds(listing.centres, today)
    head = {
        "specification": "Human Services Data Specification (Open Referral)",
        "generated_on": today.isoformat(),
        "directory_version": listing.version,
        "is_sample": listing.is_sample,
    }
    lists = {
        "organizations": (hsds.organization(row) for row in listing.centres),
        "services": hsds.services(listing.services, listing.activities, listing.kiosks),
    }
    with _open(path) as stream:
        _write_object(stream, head, lists)


def _write_geojson(listing: Listing, path: Path) -> None:
    """Centres and kiosks as a FeatureCollection of points (RFC 7946: WGS-84, longitude first)."""
    head = {"type": "FeatureCollection", "is_sample": listing.is_sample}
    with _open(path) as stream:
        _write_object(stream, head, {"features": _features(listing)})


def _write_tables(listing: Listing, path: Path) -> None:
    entries: Mapping[RowKind, Sequence[Entry]] = {
        RowKind.CENTRE: [centre_entry(row) for row in listing.centres],
        RowKind.SERVICE: [service_entry(row) for row in listing.services],
        RowKind.ACTIVITY: [activity_entry(row) for row in listing.activities],
        RowKind.KIOSK: [kiosk_entry(row) for row in listing.kiosks],
    }
    with replacing(path) as part:
        write_tables(part, entries, sample=listing.is_sample)


WRITERS: Mapping[str, Callable[[Listing, Path, date], None]] = {
    ".xlsx": lambda listing, path, _: _write_workbook(listing, path),
    ".json": _write_hsds,
    ".geojson": lambda listing, path, _: _write_geojson(listing, path),
    ".zip": lambda listing, path, _: _write_tables(listing, path),
}


async def listing_of(
    database: Database, district: str | None = None, subdistrict: str | None = None
) -> Listing:
    async with database.read() as tx:
        version = await directory_store.version(tx)
        held = await changes.unsettled(tx)
        centres = overlaid(await directory_store.centres(tx), "centre", held)
        services = overlaid(await directory_store.services(tx), "service", held)
        activities = overlaid(await directory_store.activities(tx), "activity", held)
        kiosks = await directory_store.kiosks(tx)
    chosen = [
        centre
        for centre in centres
        if district in (None, centre.district) and subdistrict in (None, centre.subdistrict)
    ]
    ids = {centre.id for centre in chosen}
    return Listing(
        version,
        tuple(sorted(chosen, key=lambda row: (row.district, row.position))),
        tuple(sorted((s for s in services if s.centre_id in ids), key=lambda row: row.position)),
        tuple(sorted((a for a in activities if a.centre_id in ids), key=lambda row: row.position)),
        tuple(sorted((k for k in kiosks if k.centre_id in ids), key=lambda row: row.position)),
    )


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    with replacing(path) as part, part.open("w", encoding="utf-8") as stream:
        yield stream


def _write_object(stream: TextIO, head: Mapping[str, object], lists: Mapping[str, Iterable[object]]) -> None:
    """A JSON object whose lists are written item by item, a line each, so that size costs no memory."""
    stream.write(json.dumps(head, ensure_ascii=False)[:-1])
    for name, items in lists.items():
        stream.write(f', "{name}": [')
        for number, item in enumerate(items):
            stream.write(",\n" if number else "\n")
            stream.write(json.dumps(item, ensure_ascii=False, allow_nan=False))
        stream.write("\n]")
    stream.write("}\n")


def _features(listing: Listing) -> Iterator[dict[str, Any]]:
    places = {centre.id: centre for centre in listing.centres}
    for centre in listing.centres:
        yield _feature(
            centre,
            centre.id,
            {
                "feature": "centre",
                "name": centre.name,
                "subdistrict": centre.subdistrict,
                "community": centre.community,
                "kind": centre.kind,
                "status": centre.status,
                "opened_on": centre.opened_on.isoformat() if centre.opened_on else None,
                "address": centre.address,
                "phone": centre.phone,
                "hours": centre.hours_text,
                "accessibility": centre.accessibility,
                "transport": centre.transport,
                "note": centre.note,
            },
        )
    for kiosk in listing.kiosks:
        yield _feature(
            places[kiosk.centre_id],
            kiosk.id,
            {
                "feature": "kiosk",
                "name": kiosk.name,
                "centre_id": kiosk.centre_id,
                "location": kiosk.location,
                "hours": kiosk.hours_text,
                "can_do": kiosk.can_do,
            },
        )


def _feature(place: CentreRow, key: str, properties: dict[str, object]) -> dict[str, Any]:
    latitude, longitude = to_wgs84((place.latitude, place.longitude))
    return {
        "type": "Feature",
        "id": key,
        "geometry": {"type": "Point", "coordinates": [round(longitude, 6), round(latitude, 6)]},
        "properties": properties | {"is_sample": is_sample(place.note)},
    }

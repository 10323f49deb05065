"""Multiplies the sample workbook into a district of any size, every row under its own key."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

from messages.workbook import (
    ActivityEntry,
    CentreEntry,
    KioskEntry,
    ServiceEntry,
    WorkbookRead,
    read_workbook,
)
from messages.workbook_write import write_workbook

SAMPLE = Path(__file__).parent.parent / "handlers" / "data" / "fengze.xlsx"


def write_big_workbook(path: Path, centres: int, *, prefix: str = "FZ") -> None:
    """A workbook of `centres` centres with what the sample's centres offer, spread over the map."""
    sample = read_workbook(SAMPLE)
    copies = -(-centres // len(sample.centres))
    wanted = set(
        islice((_key(c.id, copy, prefix) for copy in range(copies) for c in sample.centres), centres)
    )
    write_workbook(
        path,
        [c for copy in range(copies) for c in _centres(sample, copy, prefix) if c.id in wanted],
        [s for copy in range(copies) for s in _services(sample, copy, prefix) if s.centre_id in wanted],
        [a for copy in range(copies) for a in _activities(sample, copy, prefix) if a.centre_id in wanted],
        [k for copy in range(copies) for k in _kiosks(sample, copy, prefix) if k.centre_id in wanted],
        sample=True,
    )


def _key(key: str, copy: int, prefix: str) -> str:
    return f"{prefix}{copy:04d}{key.removeprefix('FZ')}"


def _centres(sample: WorkbookRead, copy: int, prefix: str) -> list[CentreEntry]:
    north, east = (copy % 20) * 0.01, (copy // 20) * 0.01
    return [
        replace(
            centre,
            id=_key(centre.id, copy, prefix),
            name=f"{centre.name}{copy}",
            address=f"{centre.address}-{copy}",
            latitude=round(centre.latitude + north, 5),
            longitude=round(centre.longitude + east, 5),
        )
        for centre in sample.centres
    ]


def _services(sample: WorkbookRead, copy: int, prefix: str) -> list[ServiceEntry]:
    return [replace(s, centre_id=_key(s.centre_id, copy, prefix)) for s in sample.services]


def _activities(sample: WorkbookRead, copy: int, prefix: str) -> list[ActivityEntry]:
    return [
        replace(a, id=_key(a.id, copy, prefix), centre_id=_key(a.centre_id, copy, prefix))
        for a in sample.activities
    ]


def _kiosks(sample: WorkbookRead, copy: int, prefix: str) -> list[KioskEntry]:
    return [
        replace(
            k,
            id=f"{prefix}-{k.id}-{copy}",
            centre_id=_key(k.centre_id, copy, prefix),
            location=f"{k.location}-{copy}",
        )
        for k in sample.kiosks
    ]

"""Between the rows of a workbook and the rows of the directory's tables, in both directions."""

from handlers.directory_plan import Fresh
from messages.workbook import ActivityEntry, CentreEntry, Entry, KioskEntry, ServiceEntry
from storage.directory import ActivityRow, CentreRow, KioskRow, ServiceRow


class WrongKind(TypeError):
    """A row of one kind came where another was meant: a mistake in the code."""


def centre_row(fresh: Fresh, district: str) -> CentreRow:
    entry = fresh.entry
    if not isinstance(entry, CentreEntry):
        raise WrongKind(f"{fresh.id} is no centre")
    return CentreRow(
        id=fresh.id,
        district=district,
        position=fresh.position,
        name=entry.name,
        subdistrict=entry.subdistrict,
        community=entry.community,
        kind=entry.kind,
        status=entry.status,
        opened_on=entry.opened_on,
        address=entry.address,
        latitude=entry.latitude,
        longitude=entry.longitude,
        phone=entry.phone,
        hours_text=entry.hours_text,
        accessibility=entry.accessibility,
        transport=entry.transport,
        note=entry.note,
        row_hash=fresh.row_hash,
        updated_on=fresh.updated_on,
        withdrawn_at=None,
        population=entry.population,
    )


def service_row(fresh: Fresh) -> ServiceRow:
    entry = fresh.entry
    if not isinstance(entry, ServiceEntry):
        raise WrongKind(f"{fresh.id} is no service")
    return ServiceRow(
        id=fresh.id,
        centre_id=entry.centre_id,
        position=fresh.position,
        name=entry.name,
        category=entry.category,
        hours_text=entry.hours_text,
        fee=entry.fee,
        audience=entry.audience,
        bring=entry.bring,
        how=entry.how,
        words=entry.words,
        note=entry.note,
        row_hash=fresh.row_hash,
        updated_on=fresh.updated_on,
        withdrawn_at=None,
    )


def activity_row(fresh: Fresh) -> ActivityRow:
    entry = fresh.entry
    if not isinstance(entry, ActivityEntry):
        raise WrongKind(f"{fresh.id} is no activity")
    return ActivityRow(
        id=fresh.id,
        centre_id=entry.centre_id,
        position=fresh.position,
        name=entry.name,
        category=entry.category,
        time_text=entry.time_text,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        places=entry.places,
        audience=entry.audience,
        fee=entry.fee,
        room=entry.room,
        teacher=entry.teacher,
        opens_text=entry.opens_text,
        cancel_text=entry.cancel_text,
        note=entry.note,
        row_hash=fresh.row_hash,
        updated_on=fresh.updated_on,
        withdrawn_at=None,
    )


def kiosk_row(fresh: Fresh) -> KioskRow:
    entry = fresh.entry
    if not isinstance(entry, KioskEntry):
        raise WrongKind(f"{fresh.id} is no kiosk")
    return KioskRow(
        id=fresh.id,
        centre_id=entry.centre_id,
        position=fresh.position,
        name=entry.name,
        location=entry.location,
        hours_text=entry.hours_text,
        can_do=entry.can_do,
        row_hash=fresh.row_hash,
        updated_on=fresh.updated_on,
        withdrawn_at=None,
    )


def centre_entry(row: CentreRow) -> CentreEntry:
    return CentreEntry(
        id=row.id,
        name=row.name,
        subdistrict=row.subdistrict,
        community=row.community,
        kind=row.kind,
        status=row.status,
        opened_on=row.opened_on,
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        phone=row.phone,
        hours_text=row.hours_text,
        accessibility=row.accessibility,
        transport=row.transport,
        note=row.note,
        row=row.position,
        population=row.population,
    )


def service_entry(row: ServiceRow) -> ServiceEntry:
    return ServiceEntry(
        centre_id=row.centre_id,
        name=row.name,
        category=row.category,
        hours_text=row.hours_text,
        fee=row.fee,
        audience=row.audience,
        bring=row.bring,
        how=row.how,
        words=row.words,
        note=row.note,
        row=row.position,
    )


def activity_entry(row: ActivityRow) -> ActivityEntry:
    return ActivityEntry(
        centre_id=row.centre_id,
        id=row.id,
        name=row.name,
        category=row.category,
        time_text=row.time_text,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        places=row.places,
        audience=row.audience,
        fee=row.fee,
        room=row.room,
        teacher=row.teacher,
        opens_text=row.opens_text,
        cancel_text=row.cancel_text,
        note=row.note,
        row=row.position,
    )


def kiosk_entry(row: KioskRow) -> KioskEntry:
    return KioskEntry(
        id=row.id,
        centre_id=row.centre_id,
        name=row.name,
        location=row.location,
        hours_text=row.hours_text,
        can_do=row.can_do,
        row=row.position,
    )


def entry_of(row: CentreRow | ServiceRow | ActivityRow | KioskRow) -> Entry:
    """A row of any kind."""
    match row:
        case CentreRow():
            return centre_entry(row)
        case ServiceRow():
            return service_entry(row)
        case ActivityRow():
            return activity_entry(row)
        case KioskRow():
            return kiosk_entry(row)

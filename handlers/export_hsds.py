"""Centres, services, activities and kiosks as objects of the Human Services Data Specification 3.x.

A centre is an organization with one physical location; services, activities and kiosks are services
at that location. Identifiers are UUIDv5 of our own keys, so that they stay the same from export to
export. Field names and code lists are those of the specification (docs.openreferral.org).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from handlers.export_schedules import is_suspended, schedule_fields
from handlers.export_words import ages, city_and_region, export_words, listed, prices
from messages.geo import to_wgs84
from messages.workbook_words import WordTable, forms_of, is_sample, word_for
from storage.directory import ActivityRow, CentreRow, KioskRow, ServiceRow

NAMESPACE: Final[UUID] = uuid5(NAMESPACE_URL, "urn:linli:directory")
OPEN: Final = "open"
CURRENCY: Final = "CNY"
COUNTRY: Final = "CN"

Json = dict[str, Any]


def uuid_of(*key: str) -> str:
    """The lasting identifier of a thing; `key` begins with what kind of thing it is."""
    return str(uuid5(NAMESPACE, "/".join(key)))


class Hsds:
    """Builds the objects; knows the centres that everything else stands at."""

    def __init__(self, centres: Sequence[CentreRow], today: date) -> None:
        self._centres = {centre.id: centre for centre in centres}
        self._today = today

    def organization(self, centre: CentreRow) -> Json:
        """A centre with its location, also one that is not open yet: its description says so."""
        return _bare_organization(centre) | {
            "locations": [_location(centre)],
            "phones": _phones(centre, "organization", uuid_of("organization", centre.id)),
        }

    def services(
        self,
        services: Iterable[ServiceRow],
        activities: Iterable[ActivityRow],
        kiosks: Iterable[KioskRow],
    ) -> Iterator[Json]:
        for service in services:
            yield self._service(service)
        for activity in activities:
            yield self._activity(activity)
        for kiosk in kiosks:
            yield self._kiosk(kiosk)

    def _service(self, row: ServiceRow) -> Json:
        own = uuid_of("service", row.id)
        told = {
            "alternate_name": row.words,
            "description": row.note,
            "application_process": row.how,
            "required_documents": [
                {"id": uuid_of("document", row.id, item), "service_id": own, "document": item}
                for item in listed(row.bring)
            ],
        }
        return self._common(own, row, row.hours_text, row.category) | _for_whom(own, row) | _filled(told)

    def _activity(self, row: ActivityRow) -> Json:
        """A class, club or camp: a service with dates."""
        own = uuid_of("activity", row.id)
        valid = {"valid_from": row.starts_on.isoformat(), "valid_to": row.ends_on.isoformat()}
        told = {
            "description": " ".join(text for text in (row.room, row.teacher, row.note) if text),
            "application_process": " ".join(text for text in (row.opens_text, row.cancel_text) if text),
        }
        made = self._common(own, row, row.time_text, row.category) | _for_whom(own, row) | _filled(told)
        made["schedules"] = [schedule | valid for schedule in made["schedules"]]
        if row.ends_on < self._today:
            made["status"] = "inactive"
        return made

    def _kiosk(self, row: KioskRow) -> Json:
        own = uuid_of("kiosk", row.id)
        made = self._common(own, row, row.hours_text, export_words()["kiosk_category"])
        made["description"] = row.can_do
        made["service_at_locations"][0]["description"] = row.location
        return made

    def _common(self, own: str, row: ServiceRow | ActivityRow | KioskRow, hours: str, category: str) -> Json:
        """What every service has: its organization, place, phone, hours, category and when it was checked."""
        centre = self._centres[row.centre_id]
        made: Json = {
            "id": own,
            "organization_id": uuid_of("organization", centre.id),
            "name": row.name,
            "status": _status(centre, hours),
            "assured_date": row.updated_on.isoformat(),
            "last_modified": f"{row.updated_on.isoformat()}T00:00:00.000+08:00",
            "organization": _bare_organization(centre),
            "phones": _phones(centre, "service", own),
            "schedules": _schedules(own, "service_id", hours),
            "service_at_locations": [
                {
                    "id": uuid_of("place", own),
                    "service_id": own,
                    "location_id": uuid_of("location", centre.id),
                    "location": _location(centre),
                }
            ],
            "attributes": [_attribute(own, category)],
        }
        if is_sample(centre.note):
            made["alert"] = export_words()["sample"]
        return made


def _status(centre: CentreRow, hours: str) -> str:
    if centre.status != OPEN:
        return "inactive"
    return "temporarily closed" if is_suspended(hours) else "active"


def _filled(values: Json) -> Json:
    """HSDS knows no null: what is not known is left out."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _bare_organization(centre: CentreRow) -> Json:
    described = export_words()["centre"].format(
        subdistrict=centre.subdistrict,
        community=centre.community or "",
        kind=word_for(WordTable.KINDS, centre.kind),
        status=word_for(WordTable.STATUSES, centre.status),
        note=centre.note or "",
    )
    if is_sample(centre.note):
        described += export_words()["sample"]
    made = {"id": uuid_of("organization", centre.id), "name": centre.name, "description": described}
    return made | ({"year_incorporated": centre.opened_on.year} if centre.opened_on else {})


def _location(centre: CentreRow) -> Json:
    own = uuid_of("location", centre.id)
    latitude, longitude = to_wgs84((centre.latitude, centre.longitude))
    city, region = city_and_region(centre.address)
    address = {
        "id": uuid_of("address", centre.id),
        "location_id": own,
        "address_1": centre.address,
        "city": city,
        "region": region,
        "state_province": export_words()["province"],
        "postal_code": "",
        "country": COUNTRY,
        "address_type": "physical",
    }
    access = {
        "id": uuid_of("accessibility", centre.id),
        "location_id": own,
        "description": centre.accessibility,
    }
    told = {
        "transportation": centre.transport,
        "accessibility": [access] if centre.accessibility else [],
        "phones": _phones(centre, "location", own),
    }
    return {
        "id": own,
        "location_type": "physical",
        "organization_id": uuid_of("organization", centre.id),
        "name": centre.name,
        "latitude": round(latitude, 6),
        "longitude": round(longitude, 6),
        "external_identifier": centre.id,
        "external_identifier_type": f"linli:{centre.district}",
        "addresses": [address],
        "schedules": _schedules(own, "location_id", centre.hours_text),
    } | _filled(told)


def _phones(centre: CentreRow, owner: str, owner_id: str) -> list[Json]:
    if not centre.phone:
        return []
    return [
        {"id": uuid_of("phone", owner_id), f"{owner}_id": owner_id, "number": centre.phone, "type": "voice"}
    ]


def _schedules(owner_id: str, owner: str, hours: str) -> list[Json]:
    if not hours:
        return []
    return [
        {"id": uuid_of("schedule", owner_id, str(number)), owner: owner_id} | fields
        for number, fields in enumerate(schedule_fields(hours))
    ]


def _for_whom(own: str, row: ServiceRow | ActivityRow) -> Json:
    """Fee and audience: the words, and the numbers where the words are plain."""
    least, most = ages(row.audience)
    options = [
        {"id": uuid_of("cost", own, str(number)), "service_id": own, "option": price.words}
        | ({} if price.amount is None else {"amount": price.amount, "currency": CURRENCY})
        | ({} if row.fee is None else {"amount_description": row.fee})
        for number, price in enumerate(prices(row.fee))
    ]
    return _filled(
        {
            "fees_description": row.fee,
            "cost_options": options,
            "eligibility_description": row.audience,
            "minimum_age": least,
            "maximum_age": most,
        }
    )


def _attribute(own: str, category: str) -> Json:
    """The category as a term of the 1+6+X taxonomy; its description holds the residents' words for it."""
    taxonomy = {
        "id": uuid_of("taxonomy"),
        "name": export_words()["taxonomy"],
        "description": export_words()["taxonomy_about"],
    }
    term_id = uuid_of("term", category)
    return {
        "id": uuid_of("attribute", own, category),
        "link_id": own,
        "link_type": "service_category",
        "link_entity": "service",
        "taxonomy_term_id": term_id,
        "taxonomy_term": {
            "id": term_id,
            "code": category,
            "name": word_for(WordTable.CATEGORIES, category),
            "description": ", ".join(forms_of(WordTable.CATEGORIES, category)),
            "taxonomy": taxonomy["name"],
            "taxonomy_id": taxonomy["id"],
            "taxonomy_detail": taxonomy,
            "language": "zh",
        },
    }

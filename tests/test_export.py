"""The directory as others get it: workbook, HSDS and GeoJSON, each valid and marked as the sample it is."""

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from handlers.directory_import import import_directory
from handlers.export import export
from messages.geo import distance_m, to_gcj02
from messages.workbook import read_workbook
from storage.database import Database
from tests.sample import sample_book
from tests.workbooks import CENTRES, SERVICES, Sheets, put, save, small

SAMPLE = Path(__file__).parent.parent / "handlers" / "data" / "fengze.xlsx"
SCHEMAS = Path(__file__).parent / "hsds"
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)


async def _filled(database: Database, workbook: Path = SAMPLE, *, district: str | None = None) -> None:
    read = sample_book() if workbook == SAMPLE else read_workbook(workbook, district=district)
    report = await import_directory(database, read, now=NOW)
    assert report.refused_reason is None


def _leftovers(folder: Path) -> list[Path]:
    """Files that an export began and did not finish."""
    return list(folder.glob(".*.part"))


def _cells(path: Path) -> dict[str, list[list[Any]]]:
    book = load_workbook(path)
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets
    }


async def test_the_exported_workbook_is_the_imported_one_cell_by_cell(
    database: Database, tmp_path: Path
) -> None:
    await _filled(database)
    path = tmp_path / "export.xlsx"
    await export(database, path, TODAY)
    before, after = _cells(SAMPLE), _cells(path)
    assert list(after) == list(before)
    notes = next(iter(before))
    assert {title: rows for title, rows in after.items() if title != notes} == {
        title: rows for title, rows in before.items() if title != notes
    }
    assert after[notes][1:] == before[notes][1:]
    assert _leftovers(tmp_path) == []


async def test_importing_the_export_changes_nothing(database: Database, tmp_path: Path) -> None:
    await _filled(database)
    path = tmp_path / "export.xlsx"
    await export(database, path, TODAY)
    report = await import_directory(database, read_workbook(path), now=NOW)
    assert (report.version, report.problems) == (1, ())


async def test_messy_cells_survive_the_round_trip(database: Database, tmp_path: Path) -> None:
    sheets = small()
    put(sheets, CENTRES, 2, "备注", "=HYPERLINK(1)\n第二行")
    put(sheets, CENTRES, 2, "开放日期", "2023年初")
    put(sheets, CENTRES, 2, "无障碍", True)
    put(sheets, SERVICES, 2, "服务时间", "看心情")
    put(sheets, SERVICES, 2, "费用", 30)
    put(sheets, SERVICES, 3, "费用", "#REF!")
    path = save(tmp_path / "book.xlsx", sheets)
    first = read_workbook(path)
    await _filled(database, path)
    await export(database, tmp_path / "export.xlsx", TODAY)
    second = read_workbook(tmp_path / "export.xlsx")
    assert (second.centres, second.services) == (first.centres, first.services)
    assert load_workbook(tmp_path / "export.xlsx")[CENTRES]["O2"].data_type == "s"


async def test_an_export_that_fails_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "folder.xlsx"
    path.mkdir()
    await _filled(database, save(tmp_path / "book.xlsx", small()))
    with pytest.raises(OSError, match=r"folder\.xlsx"):
        await export(database, path, TODAY)
    assert _leftovers(tmp_path) == []


async def test_only_a_sample_is_marked_as_one(database: Database, tmp_path: Path) -> None:
    sheets = small()
    put(sheets, CENTRES, 2, "备注", None)
    await _filled(database, save(tmp_path / "book.xlsx", sheets))
    await export(database, tmp_path / "export.xlsx", TODAY)
    notes = next(iter(_cells(tmp_path / "export.xlsx").values()))
    assert not any("示例" in str(cell) for row in notes for cell in row)
    hsds, maps = await _hsds(database), await _geojson(database)
    assert (hsds["is_sample"], maps["is_sample"]) == (False, False)
    assert not any("alert" in service for service in hsds["services"])
    assert not any(feature["properties"]["is_sample"] for feature in maps["features"])


async def test_one_district_of_two_can_be_exported(database: Database, tmp_path: Path) -> None:
    await _filled(database, save(tmp_path / "fz.xlsx", small("FZ")))
    await _filled(database, save(tmp_path / "lj.xlsx", small("LJ")))
    await export(database, tmp_path / "export.xlsx", TODAY, district="LJ")
    read = read_workbook(tmp_path / "export.xlsx")
    assert (read.district, len(read.centres), len(read.services)) == ("LJ", 2, 3)


async def _told(database: Database, ending: str, today: date = TODAY) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"all{ending}"
        await export(database, path, today)
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return told


async def _hsds(database: Database, today: date = TODAY) -> dict[str, Any]:
    return await _told(database, ".json", today)


@cache
def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    return schema


def _errors(schema: dict[str, Any], value: object) -> list[str]:
    """What the schema says, and names it does not know, which it would let pass."""
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(value)] + _unknown(schema, value, "")


def _unknown(schema: dict[str, Any], value: object, path: str) -> list[str]:
    match value:
        case dict():
            known: dict[str, Any] = schema.get("properties", {})
            found = [f"{path}.{name}" for name in value if name not in known]
            return found + [
                e for n in value if n in known for e in _unknown(known[n], value[n], f"{path}.{n}")
            ]
        case list():
            return [error for item in value for error in _unknown(schema["items"], item, path)]
        case _:
            return []


async def test_every_organization_and_service_is_valid_hsds(database: Database) -> None:
    await _filled(database)
    told = await _hsds(database)
    assert (len(told["organizations"]), len(told["services"])) == (85, 716 + 332 + 72)
    organization = _schema("service")["properties"]["organization"]
    assert [error for each in told["organizations"] for error in _errors(organization, each)] == []
    bare = [service["organization"] for service in told["services"][:50]]
    assert [error for each in bare for error in _errors(_schema("organization_list"), each)] == []
    # One of each hundred, and all kinds: the schema is large.
    chosen = [*told["services"][::97], *told["services"][-3:]]
    assert [error for each in chosen for error in _errors(_schema("service"), each)] == []
    # Identifiers are unique where they should be.
    ids = [service["id"] for service in told["services"]]
    assert len(set(ids)) == len(ids)


async def test_control_the_check_notices_what_is_not_hsds(database: Database, tmp_path: Path) -> None:
    await _filled(database, save(tmp_path / "book.xlsx", small()))
    service = (await _hsds(database))["services"][0]
    assert _errors(_schema("service"), service) == []
    assert _errors(_schema("service"), service | {"status": "open"}) != []
    assert _errors(_schema("service"), service | {"id": "FZ001"}) != []
    assert _errors(_schema("service"), service | {"colour": "red"}) == [".colour"]
    assert _errors(_schema("service"), {n: v for n, v in service.items() if n != "name"}) != []


async def test_a_service_in_hsds_keeps_what_the_office_wrote(database: Database) -> None:
    await _filled(database)
    told = await _hsds(database)
    hall = told["services"][0]
    assert (hall["name"], hall["status"]) == ("便民服务大厅", "active")
    assert hall["alternate_name"].startswith("办事、社保")
    assert hall["fees_description"] == "免费"
    assert [(c["amount"], c["currency"]) for c in hall["cost_options"]] == [(0.0, "CNY")]
    assert [d["document"] for d in hall["required_documents"]] == ["身份证"]
    assert hall["attributes"][0]["taxonomy_term"]["code"] == "admin"
    assert "事有所办" in hall["attributes"][0]["taxonomy_term"]["description"]
    assert "invented sample data" in hall["alert"]
    assert [(s["byday"], s["opens_at"], s["closes_at"]) for s in hall["schedules"]] == [
        ("MO,TU,WE,TH,FR", "08:30+08:00", "12:00+08:00"),
        ("MO,TU,WE,TH,FR", "14:30+08:00", "17:30+08:00"),
    ]
    assert {s["description"] for s in hall["schedules"]} == {
        "周一至周五 8:30-12:00，14:30-17:30（调休工作日照常）"
    }
    place = hall["service_at_locations"][0]["location"]
    assert (place["external_identifier"], place["addresses"][0]["city"]) == ("FZ002", "泉州市")
    assert place["accessibility"][0]["description"] == "有无障碍坡道"
    assert distance_m(to_gcj02((place["latitude"], place["longitude"])), (24.91695, 118.6032)) < 1
    dining = next(service for service in told["services"] if service["name"] == "长者食堂")
    assert dining["fees_description"] == "12元/份，80岁以上8元"
    assert [c["amount"] for c in dining["cost_options"]] == [12.0, 8.0]


async def test_activities_have_their_dates_and_ended_ones_are_inactive(database: Database) -> None:
    await _filled(database)
    told = await _hsds(database, date(2027, 2, 4))
    camps = [s for s in told["services"] if s["name"] == "寒假冬令营"]
    assert {camp["status"] for camp in camps} == {"inactive"}
    assert {(s["valid_from"], s["valid_to"]) for camp in camps for s in camp["schedules"]} == {
        ("2027-01-25", "2027-02-03")
    }
    before = [s for s in (await _hsds(database))["services"] if s["name"] == "寒假冬令营"]
    assert {camp["status"] for camp in before} == {"active"}
    assert [camp["id"] for camp in before] == [camp["id"] for camp in camps]


async def test_centres_that_are_not_open_are_said_to_be_so(database: Database, tmp_path: Path) -> None:
    await _filled(database, save(tmp_path / "book.xlsx", small()))
    told = await _hsds(database)
    assert "筹备中" in told["organizations"][1]["description"]
    policy = next(service for service in told["services"] if service["name"] == "政策咨询")
    assert policy["status"] == "inactive"


async def test_a_service_that_is_suspended_is_temporarily_closed(database: Database, tmp_path: Path) -> None:
    sheets: Sheets = small()
    put(sheets, SERVICES, 2, "服务时间", "暂停开放")
    put(sheets, SERVICES, 3, "服务时间", "看心情")
    put(sheets, CENTRES, 2, "开放时间", None)
    await _filled(database, save(tmp_path / "book.xlsx", sheets))
    hall, dining, _, *_ = (await _hsds(database))["services"]
    assert (hall["status"], dining["status"]) == ("temporarily closed", "active")
    assert [schedule["description"] for schedule in dining["schedules"]] == ["看心情"]
    assert "byday" not in dining["schedules"][0]
    assert dining["service_at_locations"][0]["location"]["schedules"] == []


async def _geojson(database: Database) -> dict[str, Any]:
    return await _told(database, ".geojson")


# RFC 7946, sections 3.2, 3.3 and 3.1.2, for collections of points; section 4 has WGS-84 without a "crs".
GEOJSON: dict[str, Any] = {
    "type": "object",
    "required": ["type", "features"],
    "not": {"anyOf": [{"required": [name]} for name in ("crs", "coordinates", "geometry", "properties")]},
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "geometry", "properties"],
                "not": {"anyOf": [{"required": ["features"]}, {"required": ["coordinates"]}]},
                "properties": {
                    "type": {"const": "Feature"},
                    "id": {"type": ["string", "number"]},
                    "properties": {"type": ["object", "null"]},
                    "geometry": {
                        "type": "object",
                        "required": ["type", "coordinates"],
                        "properties": {
                            "type": {"const": "Point"},
                            "coordinates": {
                                "type": "array",
                                "prefixItems": [
                                    {"type": "number", "minimum": -180, "maximum": 180},
                                    {"type": "number", "minimum": -90, "maximum": 90},
                                ],
                                "minItems": 2,
                                "maxItems": 3,
                            },
                        },
                    },
                },
            },
        },
    },
}


async def test_the_map_is_geojson_in_wgs84_with_centres_and_kiosks(
    database: Database, tmp_path: Path
) -> None:
    await _filled(database)
    path = tmp_path / "map.geojson"
    await export(database, path, TODAY)
    told = json.loads(path.read_text("utf-8"))
    assert list(Draft202012Validator(GEOJSON).iter_errors(told)) == []
    assert told["is_sample"] is True
    features = told["features"]
    assert [f["properties"]["feature"] for f in features] == ["centre"] * 85 + ["kiosk"] * 72
    second = features[1]
    longitude, latitude = second["geometry"]["coordinates"]
    assert distance_m(to_gcj02((latitude, longitude)), (24.91695, 118.6032)) < 1
    assert distance_m((latitude, longitude), (24.91695, 118.6032)) > 100
    assert second["properties"] | {"hours": None} == {
        "feature": "centre",
        "name": "东湖社区党建+邻里中心",
        "subdistrict": "东湖街道",
        "community": "东湖社区",
        "kind": "community",
        "status": "open",
        "opened_on": "2023-01-18",
        "address": "泉州市丰泽区东湖街道宝洲路468号",
        "phone": "0595-00000002",
        "hours": None,
        "accessibility": "有无障碍坡道",
        "transport": "地下停车场前1小时免费",
        "note": "示例数据",
        "is_sample": True,
    }


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "Features"},
        {"crs": {}},
        {"features": [{"type": "Feature", "geometry": None}]},
        {"features": 1},
    ],
)
async def test_control_the_map_check_notices_what_is_not_geojson(
    database: Database, tmp_path: Path, broken: dict[str, Any]
) -> None:
    await _filled(database, save(tmp_path / "book.xlsx", small()))
    told = await _geojson(database)
    assert list(Draft202012Validator(GEOJSON).iter_errors(told)) == []
    assert list(Draft202012Validator(GEOJSON).iter_errors(told | broken)) != []

"""The yearly audit pack: what is counted, what is not told, and that no column is forgotten."""

import re
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from PIL import Image

from bot import audit_pack
from bot.ids import new_id
from bot.jobs import JOBS
from bot.linli import Linli
from handlers import roster
from handlers.audit_files import FILES, SUMS, write_pack
from handlers.audit_pack import RETENTION
from handlers.audit_promises import PROMISES
from handlers.inventory import HELD, OF_NOBODY, STAFF
from handlers.permissions import Role
from handlers.roster import Viewer
from messages.audit_words import code
from messages.words import words
from storage.database import Database
from storage.statements import statement
from tests.audit_rows import DAY, DAYS, FACTS, counted_of
from tests.clerk import at_the_desk
from tests.cli import ROOT, Here
from tests.desk import House
from tests.family_talk import named
from tests.sample import NOW as LINLI_NOW
from tests.sample import Mishap

COLUMNS = {
    "sqlite": "SELECT m.name AS tab, c.name AS col FROM sqlite_master AS m, pragma_table_info(m.name) AS c "
    "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'",
    "postgresql": "SELECT table_name AS tab, column_name AS col FROM information_schema.columns "
    "WHERE table_schema = 'public'",
}
PET_NAME = statement("test.pet_name", "UPDATE participant SET alias = '鹂鹂宝' WHERE id = :id")


# Every column


def unaccounted(live: Mapping[str, set[str]]) -> set[str]:
    """Columns of the schema that stand nowhere or twice, and those that stand somewhere and are none."""
    listed = [(each.table, each.columns) for each in HELD]
    listed += [*STAFF.items(), *OF_NOBODY.items()]
    counted = Counter(f"{table}.{column}" for table, columns in listed for column in columns.split())
    there = {f"{table}.{column}" for table, columns in live.items() for column in columns}
    return {name for name in {*counted, *there} if counted[name] != 1 or name not in there}


async def live_columns(database: Database) -> dict[str, set[str]]:
    async with database.read() as tx:
        rows = await tx.rows(statement("test.columns", COLUMNS[database.engine]))
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["tab"], set()).add(row["col"])
    return found


async def test_every_column_of_the_schema_is_accounted_for(database: Database) -> None:
    assert unaccounted(await live_columns(database)) == set()


async def test_a_new_column_or_table_is_noticed(database: Database) -> None:
    """The control."""
    await database.write(lambda tx: tx.script("ALTER TABLE participant ADD COLUMN nickname TEXT"))
    await database.write(lambda tx: tx.script("CREATE TABLE school (name TEXT PRIMARY KEY)"))
    assert unaccounted(await live_columns(database)) == {"participant.nickname", "school.name"}


def test_every_code_of_the_inventory_has_words_and_every_job_is_there() -> None:
    jobs_there = {job.name for job in JOBS}
    for each in HELD:
        for group in ("what", "purpose", "ground", "seen_by", "kept"):
            assert code(group, getattr(each, group), DAYS) != getattr(each, group), (each.table, group)
        for end in each.ends.split():
            assert code("ends", end) != end
            assert end in jobs_there | {"erase", "stays"}, end
    assert {*RETENTION} <= jobs_there
    assert all(next(job for job in JOBS if job.name == name).period for name in RETENTION)


def test_every_promise_has_words_and_tests_that_exist() -> None:
    assert {*PROMISES} == {*words("zh", "audit")["promises"]} == {*words("en", "audit")["promises"]}
    missing = []
    for path, _, name in (test.partition("::") for tests in PROMISES.values() for test in tests):
        source = (ROOT / path).read_text("utf-8") if (ROOT / path).is_file() else ""
        if not re.search(rf"^(async )?def {name}\(", source, re.MULTILINE):
            missing.append(f"{path}::{name}")
    assert missing == []
    assert not re.search(
        r"^(async )?def test_nobody_wrote\(", (ROOT / "tests/test_roster.py").read_text(), re.MULTILINE
    )


def test_both_languages_say_the_same_things() -> None:
    def keys(of: object, path: str = "") -> set[str]:
        if not isinstance(of, dict):
            return {path}
        return {found for name, each in of.items() for found in keys(each, f"{path}.{name}")}

    assert keys(words("zh", "audit")) == keys(words("en", "audit"))


# The folder


def texts_of(folder: Path) -> str:
    """Everything that can be read in a pack, what is packed in workbooks as well."""
    found = []
    for path in sorted(folder.iterdir()):
        found.append(path.read_bytes().decode("utf-8", "replace"))
        if path.suffix == ".xlsx":
            with ZipFile(path) as inside:
                found += [inside.read(name).decode("utf-8") for name in inside.namelist()]
    return "\n".join(found)


async def test_nobody_s_name_alias_or_id_is_in_any_file(linli: Linli, tmp_path: Path) -> None:
    """Whatever the database knows of somebody: ids, addresses, an alias, a name, receipts, words."""
    house = House(linli)
    await house.join("mei", Role.CENTRE_MANAGER, "FZ040")
    parent = await named(linli, name="林金鹂")
    [child] = [each for each in await parent.people() if each.kind == "child"]
    await linli.database.write(lambda tx: tx.run(PET_NAME, {"id": child.id}))
    async with linli.database.read() as tx:
        session_id = await tx.value(statement("test.session", "SELECT session_id FROM booking"))
    viewer = Viewer("S-0001", "FZ040")
    await linli.database.write(
        lambda tx: roster.roster(tx, linli.safe.keys, session_id, viewer, LINLI_NOW, new_id)
    )
    for text in ("你好", "删除我的数据", "好的"):
        await house.say(text, "gone")
    (tmp_path / "pack").mkdir()
    await audit_pack.write_into(
        tmp_path / "pack", linli.database, linli.settings, 2026, lambda: LINLI_NOW + DAY
    )
    private = {"林金鹂", "金鹂", "鹂鹂宝", child.id, child.family_id, "S-0001", "ding", "mei"}
    ids = statement(
        "test.ids",
        "SELECT id FROM conversation UNION SELECT id FROM booking UNION SELECT id FROM consent "
        "UNION SELECT id FROM view_log UNION SELECT id FROM audit UNION SELECT receipt FROM erasure",
    )
    async with linli.database.read() as tx:
        private |= {row["id"] for row in await tx.rows(ids)}
        assert await tx.rows(statement("test.erased", "SELECT receipt FROM erasure"))
    text = texts_of(tmp_path / "pack")
    assert {each for each in private if re.search(rf"\b{re.escape(each)}\b", text)} == set()
    assert "FZ040" in text  # the control: what is in a workbook is read
    assert "鹂" not in text


def test_the_command_writes_all_files_once(here: Here, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    done, out, err = here("audit-pack", folder)
    assert (done, err) == (0, "")
    assert {path.name for path in folder.iterdir()} == {*FILES, SUMS}
    assert out.split() == [str(folder / name) for name in sorted((*FILES, SUMS))]
    for line in (folder / SUMS).read_text().splitlines():
        told, name = line.split("  ")
        assert sha256((folder / name).read_bytes()).hexdigest() == told
    for name in FILES:
        if name.endswith(".xlsx"):
            for sheet in load_workbook(folder / name).worksheets:
                assert all("\n" in str(cell.value) for cell in sheet[1]), (name, sheet.title)
    text = (folder / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in text for name in FILES if name != "README.md")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    done, _, err = here("audit-pack", folder)
    assert (done, f"{folder} is not empty" in err) == (2, True)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_an_empty_folder_is_taken(here: Here, tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    assert here("audit-pack", tmp_path / "pack", "--year", "2025")[0] == 0
    assert "2025年：2025-01-01至2025-12-31" in (tmp_path / "pack" / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("where", "more", "said"),
    [
        ("nowhere/pack", (), "there is no such folder to make pack in"),
        ("linli.db", (), "linli.db is a file"),
        ("pack", ("--year", "9999"), "--year 9999: that year has not begun"),
        ("pack", ("--year", "1999"), "--year 1999: there was no Linli before 2024"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_left(
    here: Here, tmp_path: Path, where: str, more: tuple[str, ...], said: str
) -> None:
    done, out, err = here("audit-pack", tmp_path / where, *more)
    assert (done, out) == (2, "")
    assert said in err
    assert not (tmp_path / "pack").exists()
    assert not list(tmp_path.glob(".*part"))


async def test_what_fails_half_way_leaves_nothing(sqlite_linli: Linli, tmp_path: Path) -> None:
    """Whatever the reason: a clock that fails is as good as a disk that is full."""
    told = [LINLI_NOW]

    def clock() -> datetime:
        if not told:
            raise Mishap("no clock")
        return told.pop()

    with pytest.raises(Mishap):
        await audit_pack.make_pack(
            sqlite_linli.settings, Namespace(folder=tmp_path / "pack", year=2026), clock
        )
    assert not (tmp_path / "pack").exists()
    assert not (tmp_path / ".pack.part").exists()


async def test_the_summary_is_drawn_on_pages_of_a4(sqlite_database: Database, tmp_path: Path) -> None:
    write_pack(tmp_path, await counted_of(sqlite_database), FACTS)
    pdf = (tmp_path / "summary.pdf").read_bytes()
    found = re.search(rb"/Count (\d+)", pdf)
    assert found
    assert 1 <= int(found[1]) <= 2
    assert pdf.count(b"MediaBox [ 0 0 595.2 841.92 ]") == int(found[1])
    first = Image.open(BytesIO(pdf[pdf.index(b"\xff\xd8\xff") :])).convert("L")
    assert first.size == (1240, 1754)
    ink = first.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert ink
    left, top, right, bottom = ink
    assert min(left, top) >= 90
    assert right <= 1240 - 90
    assert bottom <= 1754 - 60


# At the desk


async def test_the_operator_downloads_it_and_it_is_written_down(linli: Linli) -> None:
    house = House(linli)
    await house.join("op", Role.OPERATOR)
    await house.join("sun", Role.DISTRICT)
    async with at_the_desk(house, "op") as op:
        await op.open("/desk/machine/audit")
        assert "还没有做过" in op.text
        await op.press("下载（zip）", year="2026")
        assert op.page
        assert op.page.headers["content-type"] == "application/zip"
        assert 'filename="linli-audit-2026.zip"' in op.page.headers["content-disposition"]
        with ZipFile(BytesIO(op.page.content)) as inside:
            assert {*inside.namelist()} == {f"linli-audit-2026/{name}" for name in (*FILES, SUMS)}
        await op.open("/desk/machine/audit")
        assert "2026年，在这里下载的" in op.text
        csrf = op.form("退出").fields["csrf"]
        for year in ("1999", "9999", "2027", "x", "", "２０２６", "-2026"):
            await op.send("/desk/machine/pack", csrf=csrf, year=year)
            assert op.page.status_code == 404, year
        await op.send("/desk/machine/pack", csrf="x", year="2026")
        assert op.page.status_code == 403
    async with at_the_desk(house, "sun") as sun:
        await sun.send("/desk/machine/pack", csrf=sun.form("退出").fields["csrf"], year="2026")
        assert sun.page
        assert sun.page.status_code == 404
    assert [each.subjects for each in await house.audit() if each.what == audit_pack.MADE] == ["2026"]

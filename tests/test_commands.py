"""The commands of an operator: what they do, what they print, how they end."""

import json
import sqlite3
from pathlib import Path

import pytest

from bot.wiring import SAMPLE
from tests.cli import Here, environment, linli
from tests.sample import Sample
from tests.workbooks import ACTIVITIES, put, save, small


@pytest.fixture
def empty(tmp_path: Path, here: Here) -> Here:
    """The same commands over a database that is not there yet."""
    (tmp_path / "linli.db").unlink()
    return here


def tables(path: Path) -> dict[str, list[object]]:
    """What an import may change, without the time at which it was looked at."""
    connection = sqlite3.connect(path)
    try:
        names = ("centre", "service", "activity", "kiosk", "directory_version", "closure")
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}
    finally:
        connection.close()


def centre_of(path: Path) -> str:
    return str(tables(path)["centre"][0][0])  # type: ignore[index]


def test_an_import_fills_an_empty_database_and_a_second_one_changes_nothing(
    empty: Here, tmp_path: Path
) -> None:
    code, out, _ = empty("import")
    assert code == 0
    assert "imported" in out
    before = tables(tmp_path / "linli.db")
    assert len(before["centre"]) == 85
    code, out, _ = empty("import", SAMPLE)
    assert code == 0
    assert tables(tmp_path / "linli.db") == before


def test_a_dry_run_says_what_would_happen_and_changes_nothing(empty: Here, tmp_path: Path) -> None:
    code, out, _ = empty("import", "--dry-run")
    assert code == 0
    assert "would be imported" in out
    assert tables(tmp_path / "linli.db")["centre"] == []


def test_an_import_names_the_file_and_the_cell_of_a_rule_nobody_can_read(here: Here, tmp_path: Path) -> None:
    sheets = small("LJ")
    put(sheets, ACTIVITIES, 2, "取消规定", "联系老师")
    code, out, _ = here("import", save(tmp_path / "luojiang.xlsx", sheets))
    assert code == 0
    assert "luojiang.xlsx: 1 problems" in out
    assert all(part in out for part in (ACTIVITIES, " 2 ", "取消", "联系老师"))


@pytest.mark.parametrize("content", [None, b"", b"not a workbook"])
def test_a_file_that_is_no_workbook_is_named(here: Here, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "offices.xlsx"
    if content is not None:
        path.write_bytes(content)
    code, _, err = here("import", path)
    assert code == 2
    assert "offices.xlsx" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["linli.xlsx", "linli.json", "linli.geojson", "linli.zip"])
def test_the_directory_is_written_in_each_form(here: Here, tmp_path: Path, name: str) -> None:
    code, out, _ = here("export", tmp_path / name)
    assert (code, out) == (0, f"wrote {tmp_path / name}\n")
    written = (tmp_path / name).read_bytes()
    assert written.startswith(b"PK") if name.endswith(("xlsx", "zip")) else json.loads(written)


def test_an_exported_workbook_can_be_imported_and_changes_nothing(here: Here, tmp_path: Path) -> None:
    before = tables(tmp_path / "linli.db")
    assert here("export", tmp_path / "out.xlsx")[0] == 0
    assert here("import", tmp_path / "out.xlsx")[0] == 0
    assert tables(tmp_path / "linli.db") == before


def test_another_ending_is_refused(here: Here, tmp_path: Path) -> None:
    code, _, err = here("export", tmp_path / "linli.csv")
    assert code == 2
    assert "'.csv' must be .xlsx, .json (HSDS), .geojson or .zip (CSV)" in " ".join(err.split())
    assert not (tmp_path / "linli.csv").exists()


@pytest.mark.parametrize("name", ["linli.xlsx", "linli.json", "linli.geojson"])
def test_an_export_to_a_folder_that_is_not_there_says_so(here: Here, tmp_path: Path, name: str) -> None:
    code, _, err = here("export", tmp_path / "nowhere" / name)
    assert code == 2
    assert "nowhere" in err


def test_a_holiday_notice_is_taken_into_the_calendar(here: Here, tmp_path: Path) -> None:
    notice = tmp_path / "2027.yaml"
    notice.write_text(
        "year: 2027\nsource: a notice\noff:\n"
        "  - {holiday: new_year, from: 2027-01-01, to: 2027-01-03}\n"
        "  - {holiday: spring, from: 2027-02-05, to: 2027-02-11}\n"
        "  - {holiday: qingming, from: 2027-04-03, to: 2027-04-05}\n"
        "  - {holiday: labour, from: 2027-05-01, to: 2027-05-05}\n"
        "  - {holiday: dragon_boat, from: 2027-06-09, to: 2027-06-09}\n"
        "  - {holiday: mid_autumn, from: 2027-09-15, to: 2027-09-15}\n"
        "  - {holiday: national, from: 2027-10-01, to: 2027-10-07}\n",
        "utf-8",
    )
    assert here("calendar", "import", notice)[0] == 0
    connection = sqlite3.connect(tmp_path / "linli.db")
    assert connection.execute("SELECT source FROM calendar_year WHERE year = 2027").fetchall() == [
        ("a notice",)
    ]
    connection.close()


@pytest.mark.parametrize("content", [None, "year: soon", "[", "just words"])
def test_a_notice_that_cannot_be_read_is_named(here: Here, tmp_path: Path, content: str | None) -> None:
    notice = tmp_path / "2027.yaml"
    if content is not None:
        notice.write_text(content, "utf-8")
    code, _, err = here("calendar", "import", notice)
    assert code == 2
    assert "2027.yaml" in err


def test_a_centre_is_closed_for_some_days_and_opened_again(here: Here, tmp_path: Path) -> None:
    centre = centre_of(tmp_path / "linli.db")
    code, out, _ = here("close", centre, "2026-12-01", "2026-12-03", "--reason", "台风")
    assert code == 0
    assert centre in out
    code, out, _ = here("closings")
    [line] = out.splitlines()
    assert line.split()[1:] == [centre, "2026-12-01", "to", "2026-12-03", "closed", "台风"]
    assert here("reopen", line.split()[0])[0] == 0
    assert here("closings")[1] == ""


def test_other_hours_for_a_day_are_kept_as_written(here: Here, tmp_path: Path) -> None:
    centre = centre_of(tmp_path / "linli.db")
    assert here("close", centre, "2026-12-01", "--hours", "9:00-12:00", "--reason", "停电")[0] == 0
    assert "2026-12-01 to 2026-12-01  9:00-12:00  停电" in here("closings")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("close", "ZZ999", "2026-12-01", "--reason", "x"),
        ("close", "FZ001", "2026-12-03", "2026-12-01", "--reason", "x"),
        ("close", "FZ001", "2026-12-01", "--hours", "whenever", "--reason", "x"),
        ("reopen", "nothing"),
    ],
)
def test_an_exception_that_cannot_be_is_refused(here: Here, arguments: tuple[str, ...]) -> None:
    code, _, err = here(*arguments)
    assert code == 2
    assert err
    assert "Traceback" not in err
    assert here("closings")[1] == ""


def test_a_database_in_order_is_said_to_be(here: Here) -> None:
    assert here("check") == (0, "the database is in order\n", "")


def test_a_broken_invariant_is_told(here: Here, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "linli.db")
    connection.execute("DELETE FROM directory_version")
    connection.commit()
    connection.close()
    code, out, err = here("check")
    assert (code, out) == (1, "1 problems\n")
    assert "no version" in err


def test_a_schema_of_a_later_version_is_refused_by_every_command(here: Here, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "linli.db")
    connection.execute("INSERT INTO schema_migration VALUES (999, 'later', 'x', '2027-01-01T00:00:00+00:00')")
    connection.commit()
    connection.close()
    for arguments in (("check",), ("ask", "你好"), ("closings",)):
        code, _, err = here(*arguments)
        assert code == 2
        assert "999" in err


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "linli.db").write_bytes(b"this is not a database" * 100)
    done = linli("check", env=environment(f"sqlite:///{tmp_path}/linli.db", tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "file is not a database" in done.stderr


def test_a_copy_is_made_once(here: Here, tmp_path: Path) -> None:
    assert here("backup", tmp_path / "copy.db") == (0, f"copied to {tmp_path}/copy.db\n", "")
    assert tables(tmp_path / "copy.db") == tables(tmp_path / "linli.db")
    code, _, err = here("backup", tmp_path / "copy.db")
    assert code == 2
    assert "exists already" in " ".join(err.split())
    assert here("backup", tmp_path / "nowhere" / "copy.db")[0] == 2


def test_settings_are_listed_with_their_meanings(here: Here) -> None:
    code, out, _ = here("settings")
    assert code == 0
    for part in ("LINLI_PORT", "8080", "DATABASE_URL", "Port the web server listens on"):
        assert part in out


def test_settings_do_not_show_the_password_of_the_database(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://linli:hunter2@127.0.0.1:1/linli?password=hunter3")
    code, out, err = here("settings")
    assert code == 0
    assert "hunter" not in out + err


def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://linli:hunter2@127.0.0.1:1/linli")
    code, out, err = here("check")
    assert code == 2
    assert "127.0.0.1" in err
    assert "hunter2" not in out + err


def test_wrong_settings_are_told_together(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_PORT", "eighty")
    monkeypatch.setenv("LINLI_REFRESH_S", "-1")
    code, _, err = here("check")
    assert code == 2
    assert "LINLI_PORT: " in err
    assert "LINLI_REFRESH_S: " in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["close", "FZ001"],
        ["close", "FZ001", "soon", "--reason", "x"],
        ["calendar", "export", "x"],
        ["backup"],
    ],
)
def test_arguments_that_do_not_fit_end_with_2_and_the_usage(
    here: Here, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        here(*arguments)
    assert ended.value.code == 2
    assert "usage: linli" in capsys.readouterr().err


def test_the_command_works_as_a_process(sample: Sample, tmp_path: Path) -> None:
    env = environment(sample.copy_to(tmp_path / "linli.db"), tmp_path)
    done = linli("check", env=env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "the database is in order\n", "")
    talk = linli("talk", env=env, said="你好\n最近的老年食堂\n\n")
    assert (talk.returncode, talk.stderr) == (0, "")
    assert talk.stdout.count("\n> ") == 3


def test_an_export_can_be_of_one_district_alone(here: Here, tmp_path: Path) -> None:
    whole, none = tmp_path / "whole.geojson", tmp_path / "none.geojson"
    assert here("export", whole, "--district", "FZ")[0] == 0
    assert here("export", none, "--district", "QZ")[0] == 0
    assert [len(json.loads(each.read_text("utf-8"))["features"]) for each in (whole, none)] == [157, 0]

"""What README shows works as it is shown."""

import re
from pathlib import Path

import pytest

from bot.metrics import Metrics
from bot.settings import Settings
from handlers.calendar_import import read_calendar_file, seed_days
from handlers.lottery import list_text, read_list

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
OPERATING = (ROOT / "docs/operating.md").read_text("utf-8")


def test_the_calendar_file_that_readme_shows_is_the_notice_that_ships_with_linli(tmp_path: Path) -> None:
    [shown] = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "2026.yaml"
    path.write_text(shown, "utf-8")
    notice = read_calendar_file(path)
    shipped = {(day.on, day.kind, day.holiday) for day in seed_days()[1] if day.on.year == 2026}
    assert {(day.on, day.kind, day.holiday) for day in notice.days} == shipped
    assert [term.name for term in notice.terms] == ["2026-2027 second term"]


def test_the_list_of_entrants_that_readme_shows_is_one_that_can_be_drawn_from() -> None:
    [shown] = re.findall(r"```\n(linli lottery .*?)```", README, re.DOTALL)
    assert list_text(read_list(shown)) == shown


@pytest.mark.parametrize(("text", "folder"), [(README, ROOT), (OPERATING, ROOT / "docs")])
def test_every_file_that_is_named_is_there(text: str, folder: Path) -> None:
    named = set(re.findall(r"\]\(([^)#]+)\)", text)) - {"https://semver.org"}
    assert named
    assert [name for name in sorted(named) if not (folder / name).exists()] == []


@pytest.mark.parametrize("text", [README, OPERATING])
def test_every_command_that_is_named_exists(text: str) -> None:
    from bot.__main__ import parser  # noqa: PLC0415 - the whole program, needed here only

    known = parser().format_help()
    named = set(re.findall(r"(?:`|^)linli ([a-z]+)", text, re.MULTILINE))
    assert named
    for command in named:
        assert re.search(rf"^\s+{command}\b", known, re.MULTILINE), command


def test_every_figure_and_setting_that_operators_are_told_of_exists() -> None:
    figures = Metrics().text().decode()
    named = set(re.findall(r"`(?:rate\()?(linli_[a-z_]+)", OPERATING))
    assert {"linli_pushes_total", "linli_outbox_rows"} <= named
    assert [name for name in sorted(named) if f"# TYPE {name} " not in figures] == []
    known = {f"LINLI_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"LINLI_[A-Z_]+", OPERATING)) <= known

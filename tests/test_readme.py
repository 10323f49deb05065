"""What README shows works as it is shown."""

import re
from pathlib import Path

from handlers.calendar_import import read_calendar_file, seed_days
from handlers.lottery import list_text, read_list

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


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


def test_every_file_that_readme_names_is_there() -> None:
    named = set(re.findall(r"\]\(([^)#]+)\)", README)) - {"https://semver.org"}
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_command_that_readme_names_exists() -> None:
    from bot.__main__ import parser  # noqa: PLC0415 - the whole program, needed here only

    known = parser().format_help()
    for command in set(re.findall(r"`linli ([a-z]+)", README)):
        assert re.search(rf"^\s+{command}\b", known, re.MULTILINE), command

"""Looks for a string wherever it could have been kept: every row of every table, every byte of every file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import ZipFile, is_zipfile

from storage.database import Database
from storage.statements import statement

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    "postgresql": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
}


async def rows_with(database: Database, *wanted: str) -> list[str]:
    """The tables that have a row in which one of `wanted` stands."""
    found = []
    async with database.read() as tx:
        for table in await tx.rows(statement("test.tables", TABLES[database.engine])):
            rows = await tx.rows(statement("test.all", f"SELECT * FROM {table['name']}"))
            text = "\n".join(str(value) for row in rows for value in row.values())
            found += [table["name"]] if any(each in text for each in wanted) else []
    return found


def files_with(folder: Path, *wanted: str) -> list[str]:
    """The files below `folder` that hold one of `wanted`, in UTF-8 or as JSON escapes it; also those that are
    packed, as workbooks are."""
    forms = [form for each in wanted for form in (each.encode(), ascii_json(each))]
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(form in content for content in _contents(path) for form in forms)
    )


def _contents(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if is_zipfile(path):
        with ZipFile(path) as archive:
            yield from map(archive.read, archive.namelist())


def ascii_json(text: str) -> bytes:
    return text.encode("unicode_escape")


def texts_with(texts: Iterable[str], *wanted: str) -> list[str]:
    return [text for text in texts if any(each in text for each in wanted)]

"""The files of the yearly audit pack: workbooks, a summary, and what each promise is proven by.

Nobody's name, alias or id goes into any of them; numbers that could tell of somebody are told as small.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from handlers.audit_pack import AMONG, AT_LEAST, USUAL_TIMES, Counted
from handlers.audit_promises import PROMISES
from handlers.inventory import HELD, OF_NOBODY, STAFF
from messages.audit_sheets import Sheet, Value, write_book
from messages.audit_summary import summary_pdf
from messages.audit_words import both, code, pair, shown, total
from messages.calendar import SHANGHAI
from messages.words import words

Row = tuple[Value, ...]
SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database does not tell. `days`: how long what is kept, by the blanks of the words."""

    made_at: datetime
    version: str
    engine: str
    days: Mapping[str, int]
    has_responsible: bool
    has_telegram: bool


def write_pack(folder: Path, counted: Counted, facts: Facts) -> tuple[str, ...]:
    """All files into a folder that is there; their names. Raises OSError, and NoFont without a font."""
    for name, write in FILES.items():
        write(folder / name, counted, facts)
    sums = (f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in sorted(FILES))
    (folder / SUMS).write_text("".join(sums), "utf-8")
    return (*FILES, SUMS)


def _inventory(path: Path, counted: Counted, facts: Facts) -> None:
    held = (
        (
            each.table, each.columns.replace(" ", ", "), code("what", each.what),
            code("purpose", each.purpose), code("ground", each.ground), code("seen_by", each.seen_by),
            code("kept", each.kept, facts.days), "\n".join(code("ends", end) for end in each.ends.split()),
            shown(counted.rows[each.table]),
        )
        for each in HELD
    )  # fmt: skip
    others = (
        (table, columns.replace(" ", ", "), both(f"of.{of}"))
        for of, listed in (("staff", STAFF), ("nobody", OF_NOBODY))
        for table, columns in listed.items()
    )
    wide = ("columns", 44), ("what", 34), ("purpose", 28), ("ground", 34), ("seen_by", 30), ("kept", 30)
    write_book(
        path,
        [
            Sheet("inventory", (("table", 20), *wide, ("ends", 34), "rows"), held),
            Sheet("other", (("table", 20), ("columns", 80), ("of", 30)), others),
        ],
    )


def _consents(path: Path, counted: Counted, _: Facts) -> None:
    months: list[Row] = [
        (
            each.month,
            code("consent", each.purpose),
            each.text_version,
            shown(each.given),
            shown(each.withdrawn),
        )
        for each in counted.consents
    ]
    given, withdrawn = (
        total(getattr(each, name) for each in counted.consents) for name in ("given", "withdrawn")
    )
    months.append((both("total"), None, None, given, withdrawn))
    channels = (
        (code("consent", each.purpose), code("channel", each.channel), total(each.given))
        for each in counted.channels
    )
    standing = (
        (code("consent", each.purpose), each.text_version, shown(each.times)) for each in counted.standing
    )
    write_book(
        path,
        [
            Sheet("by_month", ("month", ("consent", 28), "version", "given", "withdrawn"), months),
            Sheet("by_channel", (("consent", 28), "channel", "given"), channels),
            Sheet("standing", (("consent", 28), "version", "standing"), standing),
        ],
    )


def _access(path: Path, counted: Counted, _: Facts) -> None:
    def of(kind: str) -> Iterator[Row]:
        for each in counted.looks:
            if each.kind == kind:
                role, what = code("role", each.role), code(kind, each.what)
                yield each.month, each.centre_id, role, what, shown(each.times)

    outliers = (
        (each.month, each.centre_id, code("role", each.role), _looked_at(each.what), each.times, each.usual)
        for each in counted.outliers
    )
    values = {"times": USUAL_TIMES, "least": AT_LEAST, "among": AMONG}
    rules = ((both(f"rules.{each}", values),) for each in ("child", "list", "outlier"))
    columns = "month", "centre", ("role", 20), ("looked_at", 26), "times"
    write_book(
        path,
        [
            Sheet("children", columns, of("child")),
            Sheet("lists", columns, of("list")),
            Sheet("outliers", (*columns, ("usual", 24)), outliers),
            Sheet("rule", (("rule", 110),), rules),
        ],
    )


def _looked_at(what: str) -> str:
    return code("child" if what in words("zh", "audit")["codes"]["child"] else "list", what)


def _erasures(path: Path, counted: Counted, _: Facts) -> None:
    columns = "requests", "at_once", "in_time", "late", "unscrubbed"
    rows: list[Row] = [
        (each.month, code("kind", each.kind), *(shown(getattr(each, name)) for name in columns))
        for each in counted.erasures
    ]
    sums = (total(getattr(each, name) for each in counted.erasures) for name in columns)
    rows.append((both("total"), None, *sums))
    write_book(path, [Sheet("erasures", ("month", ("kind", 22), *((name, 20) for name in columns)), rows)])


def _retention(path: Path, counted: Counted, _: Facts) -> None:
    runs = (
        (
            f"{each.job}\n{code('job', each.job)}",
            each.month,
            each.runs,
            each.failed,
            each.days_without,
            each.deleted,
        )
        for each in counted.runs
    )
    keys = (
        (each.centre_id, each.term, each.destroyed_at.astimezone(SHANGHAI).date(), shown(each.names))
        for each in counted.destroyed
    )
    write_book(
        path,
        [
            Sheet(
                "runs", (("job", 34), "month", "runs", "failed", ("days_without", 22), ("deleted", 24)), runs
            ),
            Sheet("keys", ("centre", ("term", 28), "destroyed", ("names", 26)), keys),
        ],
    )


def _tests(path: Path, _: Counted, facts: Facts) -> None:
    lines = [
        f"# {' '.join(pair('promises_heading'))}",
        "",
        *_paragraph("promises_how", {"version": facts.version}),
    ]
    for promise, tests in PROMISES.items():
        lines += [f"## {pair(f'promises.{promise}')[0]}", "", pair(f"promises.{promise}")[1], ""]
        lines += [*(f"- `{test}`" for test in tests), ""]
    path.write_text("\n".join(lines), "utf-8")


def _paragraph(key: str, values: Mapping[str, object] | None = None) -> list[str]:
    zh, en = pair(key, values)
    return [zh, "", en, ""]


def _about(counted: Counted, facts: Facts) -> Iterator[tuple[str, str]]:
    """What it is of, when it was made, what it is and what it is not."""
    last = (counted.until_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    values = {
        "year": counted.year, "first": counted.from_at.astimezone(SHANGHAI).date(), "last": last,
        "moment": f"{facts.made_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", "version": facts.version,
        "schema": counted.schema, "engine": facts.engine,
    }  # fmt: skip
    yield pair("covers", values)
    if (last.month, last.day) != (12, 31):
        yield pair("so_far")
    yield pair("made", values)
    yield pair("about")
    yield pair("hidden")


def points(counted: Counted, facts: Facts) -> Iterator[tuple[str, str]]:
    """What is wrong first, then what somebody has to judge in any case."""
    late = total(each.late for each in counted.erasures)
    unscrubbed = total(each.unscrubbed for each in counted.erasures)
    jobs = ", ".join(counted.jobs_missed)
    found: tuple[tuple[str, bool, dict[str, object]], ...] = (
        ("outdated", bool(counted.outdated), {"count": shown(counted.outdated)}),
        ("late", late != 0, {"count": late}),
        ("unscrubbed", unscrubbed != 0, {"count": unscrubbed}),
        ("keys", bool(counted.overdue_keys), {"count": counted.overdue_keys}),
        ("jobs", bool(jobs), {"jobs": jobs}),
        ("no_runs", not counted.runs, {}),
        ("outliers", bool(counted.outliers), {"count": len(counted.outliers)}),
        ("responsible", not facts.has_responsible, {}),
        ("abroad", facts.has_telegram, {}),
        ("postgresql", facts.engine == "postgresql", {}),
        *((each, True, {}) for each in ("impact", "grounds", "no_term", "approval", "adolescents")),
    )
    return (pair(f"open.{name}", values) for name, is_so, values in found if is_so)


def _numbers(counted: Counted) -> list[tuple[str, str]]:
    looks = {kind: total(e.times for e in counted.looks if e.kind == kind) for kind in ("child", "list")}
    numbers: dict[str, int | str] = {
        "children": shown(counted.children),
        "names": shown(counted.rows["sealed_name"]),
        "standing": total(each.times for each in counted.standing),
        "given": total(each.given for each in counted.consents),
        "withdrawn": total(each.withdrawn for each in counted.consents),
        "looks": looks["child"],
        "lists": looks["list"],
        "outliers": len(counted.outliers),
        "erasures": total(each.requests for each in counted.erasures),
        "at_once": total(each.at_once for each in counted.erasures),
        "late": total(each.late for each in counted.erasures),
        "destroyed": len(counted.destroyed),
        "runs": sum(each.runs for each in counted.runs),
        "failed": sum(each.failed for each in counted.runs),
    }
    return [(name, f"{value:,}" if isinstance(value, int) else value) for name, value in numbers.items()]


def _summary(path: Path, counted: Counted, facts: Facts) -> None:
    path.write_bytes(summary_pdf(_about(counted, facts), _numbers(counted), points(counted, facts)))


def _readme(path: Path, counted: Counted, facts: Facts) -> None:
    lines = [f"# {pair('title')[0]}", "", pair("title")[1], ""]
    for zh, en in _about(counted, facts):
        lines += [zh, "", en, ""]
    lines += _section("files_heading", ((f"`{name}`: {zh}", en) for name, (zh, en) in _named("files")))
    lines += _section("open_heading", points(counted, facts))
    lines += _section("law_heading", (said for _, said in _named("law")))
    path.write_text("\n".join(lines), "utf-8")


def _named(group: str) -> Iterator[tuple[str, tuple[str, str]]]:
    return ((name, pair(f"{group}.{name}")) for name in words("zh", "audit")[group])


def _section(heading: str, listed: Iterator[tuple[str, str]]) -> list[str]:
    lines = [f"## {' '.join(pair(heading))}", ""]
    for zh, en in listed:
        lines += [f"- {zh}", f"  {en}"]
    return [*lines, ""]


FILES: dict[str, Callable[[Path, Counted, Facts], None]] = {
    "README.md": _readme,
    "inventory.xlsx": _inventory,
    "consents.xlsx": _consents,
    "access.xlsx": _access,
    "erasures.xlsx": _erasures,
    "retention.xlsx": _retention,
    "tests.md": _tests,
    "summary.pdf": _summary,
}

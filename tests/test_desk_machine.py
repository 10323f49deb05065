"""How the channels and the copies are, as the operator sees them, on both engines."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot import channel_health, copies
from bot.channel_health import ChannelLine, Channels
from bot.jobs import JOBS, back_up, run
from bot.linli import Linli
from handlers.permissions import Role
from storage import care, channels
from storage.care import BackupError
from storage.database import Transaction
from storage.statements import statement
from tests.clerk import at_the_desk
from tests.desk import House
from tests.engines import opened
from tests.sample import NOW, Sample, linli_over, message, settings_for

TALK = statement(
    "test.talk",
    "INSERT INTO conversation (id, channel, address, version, last_number, state, created_at, seen_at) "
    "VALUES (:id, :channel, :id, 0, 0, '{}', :now_at, :now_at)",
)
SAID = statement(
    "test.said",
    "INSERT INTO outbox (id, conversation_id, number, unique_key, view, state, due_at, attempts, last_error, "
    "created_at, sent_at) "
    "VALUES (:id, :talk, :number, :id, '', :state, :made_at, 1, :why, :made_at, :sent_at)",
)
WINDOW = statement("test.window", "INSERT INTO wechat_window VALUES (:talk, 'message', 'm', 4, :closes_at)")
NOTICE = statement(
    "test.notice",
    "INSERT INTO wechat_notice (conversation_id, number, route, template_id, state, sent_at) "
    "VALUES (:talk, 1, 'template', 't', 'failed', :sent_at)",
)
# Whatever is secret, unmistakable.
SECRETS = {
    "telegram_token": "77:QUETZAL-token",
    "telegram_secret": "QUETZALsecret0123456",
    "wechat_token": "QUETZALwechat",
    "wechat_secret": "QUETZALappsecret",
}
HOUR = timedelta(hours=1)


def over(linli: Linli, sample: Sample, tmp_path: Path, **changed: object) -> Linli:
    settings = settings_for(linli.settings.database_url, tmp_path, **changed)
    return linli_over(linli.database, sample, settings)


async def said(
    linli: Linli, channel: str, *rows: tuple[str, str | None, timedelta], talk: str | None = None
) -> None:
    """Messages of a conversation: state, why, and how long ago."""
    talk = talk or f"talk {channel}"

    async def work(tx: Transaction) -> None:
        await tx.run(TALK, {"id": talk, "channel": channel, "now_at": NOW - 9 * HOUR})
        for number, (state, why, ago) in enumerate(rows, 1):
            made = NOW - ago
            await tx.run(
                SAID,
                {
                    "id": f"{talk} {number}", "talk": talk, "number": number, "state": state, "why": why,
                    "made_at": made, "sent_at": made if state == "sent" else None,
                },
            )  # fmt: skip

    await linli.database.write(work)


def line_of(shown: Channels, name: str) -> ChannelLine:
    return next(line for line in shown.lines if line.name == name)


def failing_of(line: ChannelLine) -> dict[tuple[str, str], tuple[int, int]]:
    return {(each.state, each.cause): (each.of_day, each.of_week) for each in line.failing}


async def test_what_did_not_arrive_is_counted_by_state_and_cause(linli: Linli) -> None:
    await said(
        linli, "wechat",
        ("dead", "unreachable: 43004", HOUR), ("dead", "unreachable: 43019", 30 * HOUR),
        ("dead", "unreachable: 43004", timedelta(days=8)), ("waiting", "window: 45015", HOUR),
        ("waiting", "window: 45047", timedelta(days=9)), ("expired", None, 2 * HOUR),
        ("sent", None, 3 * HOUR),
        ("waiting", "pushes.py:77 KeyError", HOUR),
    )  # fmt: skip
    await said(linli, "wechat", ("dead", "unreachable: 40003", HOUR), talk="another")
    line = line_of(await channel_health.show(linli, {}), "wechat")
    assert failing_of(line) == {
        ("dead", "unreachable"): (2, 3),
        ("waiting", "window"): (1, 1),
        ("waiting", "broken"): (1, 1),
        ("expired", ""): (1, 1),
    }
    assert line.waiting == 3  # however long ago
    assert line.unreachable == 3  # one of them for two codes
    assert line.sent_at == NOW - 3 * HOUR


async def test_what_came_in_last_is_told_of_each_channel(linli: Linli) -> None:
    assert all(line.heard_at is None for line in (await channel_health.show(linli, {})).lines)
    await linli.hear(message("你好"))
    later = linli.over(linli.database, lambda: NOW + HOUR)
    await later.hear(message("你好", channel="telegram"))
    shown = await channel_health.show(later, {})
    assert {line.name: line.heard_at for line in shown.lines} == {
        "web": NOW, "telegram": NOW + HOUR, "wechat": None,
    }  # fmt: skip
    assert line_of(shown, "web").sent_at == NOW
    assert line_of(shown, "telegram").sent_at is None  # it waits for the worker
    assert line_of(shown, "telegram").waiting == 1


async def test_the_newest_messages_alone_are_looked_at(sqlite_linli: Linli) -> None:
    await said(sqlite_linli, "telegram", ("sent", None, HOUR), talk="a")
    await said(sqlite_linli, "web", *(("sent", None, HOUR),) * channels.NEWEST, talk="b")
    shown = await channel_health.show(sqlite_linli, {})
    assert line_of(shown, "telegram").sent_at is None
    assert line_of(shown, "web").sent_at == NOW - HOUR


@pytest.mark.parametrize(
    ("changed", "name", "way", "missing", "is_wrong"),
    [
        ({}, "telegram", None, {"LINLI_TELEGRAM_TOKEN"}, False),
        ({}, "wechat", None, {"LINLI_WECHAT_TOKEN"}, False),
        ({}, "web", "page", {"LINLI_PUBLIC_URL"}, False),
        ({"public_url": "https://x.cn"}, "web", "page", set(), False),
        ({"telegram_token": "77:q"}, "telegram", "polling", {"LINLI_PUBLIC_URL"}, False),
        (
            {"telegram_token": "77:q", "telegram_secret": "q" * 16},
            "telegram", None, {"LINLI_PUBLIC_URL"}, True,
        ),
        (
            {"telegram_token": "77:q", "telegram_secret": "q" * 16, "public_url": "https://x.cn"},
            "telegram", "webhook", set(), False,
        ),
        (
            {"wechat_token": "q", "wechat_mode": "plain"},
            "wechat", "webhook",
            {"LINLI_WECHAT_APPID", "LINLI_WECHAT_SECRET", "LINLI_WECHAT_CAN", "LINLI_PUBLIC_URL"}, False,
        ),
        (
            {"wechat_token": "q"}, "wechat", None,
            {
                "LINLI_WECHAT_APPID", "LINLI_WECHAT_SECRET", "LINLI_WECHAT_CAN", "LINLI_PUBLIC_URL",
                "LINLI_WECHAT_AES_KEY",
            },
            True,
        ),
    ],
)  # fmt: skip
async def test_what_is_missing_is_named(
    sqlite_linli: Linli, sample: Sample, tmp_path: Path, changed: dict[str, object], name: str,
    way: str | None, missing: set[str], is_wrong: bool,
) -> None:  # fmt: skip
    line = line_of(await channel_health.show(over(sqlite_linli, sample, tmp_path, **changed), {}), name)
    assert (line.way, set(line.missing), bool(line.wrong)) == (way, missing, is_wrong)
    assert ("wrong" in line.advice) is is_wrong
    assert ("off" in line.advice) is (way is None and not is_wrong)


@pytest.mark.parametrize(
    ("why", "token", "advice"),
    [
        ("operator: 40125", "refused", "token_wechat"),
        ("not allowed: 48001", "refused", "token_wechat"),
        ("fault: 40033", "set", "fault"),
        ("no answer: ConnectTimeout", "set", "no answer"),
        ("the quota of the day is used up", "set", "quota"),
        ("window: 45015", "set", None),
    ],
)
async def test_each_cause_has_what_to_do(
    sqlite_linli: Linli, sample: Sample, tmp_path: Path, why: str, token: str, advice: str | None
) -> None:
    linli = over(
        sqlite_linli, sample, tmp_path, wechat_token="q", wechat_mode="plain",
        wechat_appid="wx0123456789abcdef", wechat_secret="q",
    )  # fmt: skip
    await said(linli, "wechat", ("waiting", why, HOUR))
    line = line_of(await channel_health.show(linli, {}), "wechat")
    assert line.token == token
    assert line.advice == tuple(each for each in (advice if token == "refused" else None, "quiet_wechat",
                                                  advice if token == "set" else None) if each)  # fmt: skip


async def test_the_operator_reads_it_all_and_no_secret(linli: Linli, sample: Sample, tmp_path: Path) -> None:
    whole = over(
        linli, sample, tmp_path, public_url="https://linli.example", wechat_appid="wx0123456789abcdef",
        wechat_mode="plain", wechat_can="customer_service", **SECRETS,
    )  # fmt: skip
    house = House(whole)
    await house.join("op", Role.OPERATOR)
    causes = sorted(channel_health.KNOWN)
    await said(whole, "wechat", *(("dead", f"{why}: 1", HOUR) for why in causes), ("waiting", "x.py:1", HOUR))

    async def work(tx: Transaction) -> None:
        await tx.run(WINDOW, {"talk": "talk wechat", "closes_at": NOW + HOUR})
        await tx.run(NOTICE, {"talk": "talk wechat", "sent_at": NOW - HOUR})

    await whole.database.write(work)
    async with at_the_desk(house, "op") as op:
        for language, words in (("zh", "1位居民，共4条"), ("en", "4 messages to 1 residents")):
            op.visitor.http.cookies.set("linli_language", language)
            await op.open("/desk/machine/channels")
            assert words in op.text
            assert "QUETZAL" not in op.html
            assert "wx0123456789abcdef" not in op.html
        await op.open("/desk/machine/backups")
        assert "QUETZAL" not in op.html


# Copies


async def test_a_copy_that_was_made_was_read_again(linli: Linli) -> None:
    [job] = [each for each in JOBS if each.name == "backup"]
    none = await copies.show(linli, {})
    assert (none.newest, none.is_old, none.kept) == (None, True, 0)
    outcome = await run(job, linli, NOW)
    if linli.database.engine != "sqlite":
        assert outcome == "left to pg_dump"
        return
    shown = await copies.show(linli, {})
    assert shown.newest
    assert shown.newest.is_whole
    assert shown.newest.bytes > 100_000
    assert shown.kept == 1
    assert shown.free
    assert not shown.is_low
    (linli.settings.backup_dir / "linli-99991231-000000.db").write_bytes(b"from elsewhere")
    newest = (await copies.show(linli, {})).newest
    assert newest
    assert not newest.is_whole  # the control: nobody read this one


async def test_a_dump_of_postgresql_is_seen_and_not_judged(linli: Linli) -> None:
    folder = linli.settings.backup_dir
    folder.mkdir()
    (folder / "linli-20261124-180000.dump").write_bytes(b"PGDMP")
    shown = await copies.show(linli, {})
    if linli.database.engine == "sqlite":
        assert shown.newest is None
    else:
        assert shown.newest
        assert (shown.newest.name, shown.newest.is_whole) == ("linli-20261124-180000.dump", False)


@pytest.mark.parametrize(("age", "is_old"), [(35, False), (36, False), (37, True), (2_000, True)])
async def test_an_old_copy_is_warned_of(sqlite_linli: Linli, age: int, is_old: bool) -> None:
    await back_up(sqlite_linli, NOW)
    [copy] = sqlite_linli.settings.backup_dir.iterdir()
    made = (NOW - age * HOUR).timestamp()
    os.utime(copy, (made, made))
    shown = await copies.show(sqlite_linli, {})
    assert (shown.hours, shown.is_old) == (age, is_old)
    house = House(sqlite_linli)
    await house.join("op", Role.OPERATOR)
    async with at_the_desk(house, "op") as op:
        await op.open("/desk/machine/backups")
        assert ("已经超过36小时" in op.text) is is_old
        assert "密钥" in op.text


def damaged(path: Path, place: int) -> None:
    """A page of rows whose kind is unknown (0), or that counts wrongly (5)."""
    pages = bytearray(path.read_bytes())
    page = len(pages) - 20 * 4096
    pages[page + place : page + place + 2] = b"\xff\xff"
    path.write_bytes(pages)


@pytest.mark.parametrize("place", [0, 5])
async def test_a_damaged_copy_counts_as_none(
    sample: Sample, sqlite_linli: Linli, tmp_path: Path, place: int
) -> None:
    folder = sqlite_linli.settings.backup_dir
    sample.copy_to(tmp_path / "worn.db")
    damaged(tmp_path / "worn.db", place)
    await back_up(sqlite_linli, NOW - timedelta(days=1))
    [before] = folder.iterdir()
    async with opened(f"sqlite:///{tmp_path}/worn.db") as worn:
        with pytest.raises(BackupError, match="damaged|cannot be opened"):
            await back_up(sqlite_linli.over(worn, sqlite_linli.clock), NOW)
    assert list(folder.glob("linli-*.db")) == [before]


async def test_what_is_no_copy_is_named(tmp_path: Path, sqlite_linli: Linli) -> None:
    (tmp_path / "text.db").write_text("no database at all, but longer than its header would be " * 20)
    (tmp_path / "empty.db").touch()
    for name in ("text.db", "empty.db", "nowhere.db"):
        with pytest.raises(BackupError, match=f"{name} cannot be opened"):
            await care.verify_copy(tmp_path / name)
    await care.backup(sqlite_linli.database, tmp_path / "whole.db")
    assert await care.verify_copy(tmp_path / "whole.db") > 0
    assert not any((tmp_path / f"whole.db-{each}").exists() for each in ("wal", "shm"))

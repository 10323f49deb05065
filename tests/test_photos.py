"""Photos of ratings and cases on both engines: who adds them, who sees them, and when they are gone."""

import asyncio
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.clock import fixed_clock
from bot.forgetting import forget_photos
from bot.ids import new_id
from bot.linli import Linli
from bot.photos import Photos
from handlers import ledger_check
from handlers.erasing import erase_again, to_erase_again
from handlers.notices import office_of
from handlers.permissions import Role
from handlers.photos import KEPT_ALONE
from messages.photo import Photo, Problem
from storage import audit, care
from storage.audit import Entry
from storage.statements import statement
from tests.case_talk import ordered, staffed, talk_of
from tests.desk import CENTRE, House
from tests.engines import opened
from tests.photo_talk import kept, looks, sends, tokens, told_tokens
from tests.photos import clean_photo, heic, jpeg
from tests.sample import NOW, message, rows_of

COMPLAINT = ("东湖社区邻里中心", "我要投诉", "登记投诉", "书法班的桌子坏了", "就这样写")
CASE = "/photo case G-0001"
CHANGED = statement("test.changed", "UPDATE photo SET content = :content")
STOLEN = statement("test.stolen", "DELETE FROM photo")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    return await staffed(linli)


async def complained(house: House, who: str = "lin") -> None:
    for said in COMPLAINT:
        await house.say(said, who)


async def faults(linli: Linli) -> list[str]:
    assert await care.check(linli.database) == []
    return list((await ledger_check.check(linli.database)).faults)


async def entries(linli: Linli) -> list[Entry]:
    async with linli.database.read() as tx:
        return [entry for entry in await audit.everything(tx) if entry.what == "photo"]


async def test_a_resident_adds_a_photo_to_a_case_and_its_parties_alone_see_it(house: House) -> None:
    linli = house.linli
    await house.join("other", Role.CENTRE_MANAGER, "FZ004")
    await house.join("desk", Role.CENTRE_STAFF, CENTRE)
    await complained(house)
    taken = await sends(linli, "lin", said=CASE)
    assert (taken.view, taken.intent) == ("PhotoTaken", "photo")
    [own] = tokens(taken)
    photo = await looks(linli, "lin", own)
    assert photo is not None
    assert photo.startswith(b"\xff\xd8\xff")
    for who in ("wang", "zhao", "sun"):
        [token] = tokens(await house.say("G-0001", who))
        assert await looks(linli, who, token) == photo
        for another in ("lin", "desk", "other", "nobody"):
            assert await looks(linli, another, token) is None
    for who in ("desk", "other"):
        assert tokens(await house.say("G-0001", who)) == []
    assert any("发来了照片" in text for text in await house.told("wang"))
    assert await faults(linli) == []


async def test_a_case_that_goes_up_takes_its_photos_out_of_the_centres_sight(house: House) -> None:
    linli = house.linli
    await complained(house)
    await sends(linli, "lin", said=CASE)
    [before] = tokens(await house.say("G-0001", "wang"))
    await ordered(house, "wang", "G-0001 说明：修过了")
    await house.say("/verdict G-0001 not", "lin")
    assert await looks(linli, "wang", before) is None
    assert tokens(await house.say("G-0001", "wang")) == []
    [token] = tokens(await house.say("G-0001", "zhao"))
    assert await looks(linli, "zhao", token)


async def test_a_post_is_asked_about_at_the_moment_of_looking(house: House) -> None:
    linli = house.linli
    await complained(house)
    await sends(linli, "lin", said=CASE)
    [token] = tokens(await house.say("G-0001", "wang"))
    assert await looks(linli, "wang", token)
    await house.join("wang", Role.CENTRE_MANAGER, "FZ004")
    assert await looks(linli, "wang", token) is None


async def test_evidence_before_an_answer_is_seen_with_it(house: House) -> None:
    linli = house.linli
    await complained(house)
    assert (await house.say("G-0001", "wang")).rendered.photo == CASE
    taken = await sends(linli, "wang")
    assert taken.view == "PhotoTaken"
    assert "居民会和您的答复一起看到" in taken.rendered.text
    assert await told_tokens(linli, "lin") == []
    assert tokens(await house.say("G-0001", "lin")) == []
    assert await ordered(house, "wang", "G-0001 已整改：换了新桌子") == "DeskDone"
    [token] = await told_tokens(linli, "lin")
    assert await looks(linli, "lin", token)
    assert "附照片1张" in (await linli.lines("web", "lin", after=0))[-1].rendered.text


async def test_evidence_after_an_answer_is_told_at_once(house: House) -> None:
    linli = house.linli
    await complained(house)
    await ordered(house, "wang", "G-0001 已整改：换了新桌子")
    assert await told_tokens(linli, "lin") == []
    taken = await sends(linli, "wang")
    assert "已经告诉居民" in taken.rendered.text
    [token] = await told_tokens(linli, "lin")
    assert await looks(linli, "lin", token)
    [shown] = tokens(await house.say("G-0001", "lin"))
    assert await looks(linli, "lin", shown)


async def test_a_photo_between_an_order_and_its_yes_takes_nothing_away(house: House) -> None:
    await complained(house)
    await house.say("G-0001", "wang")
    assert (await house.say("G-0001 已整改：换了", "wang")).view == "DeskProposed"
    assert (await sends(house.linli, "wang", said=CASE)).view == "PhotoTaken"
    assert (await house.say("是", "wang")).view == "DeskDone"
    assert len(await told_tokens(house.linli, "lin")) == 1


async def test_of_a_rating_without_a_case_the_district_alone_sees_it_and_each_look_is_noted(
    house: House,
) -> None:
    linli = house.linli
    rated = await house.say("给东湖社区打五星", "lin")
    assert rated.rendered.photo is not None
    assert rated.rendered.photo.startswith("/photo rating ")
    [own] = tokens(await sends(linli, "lin", said=rated.rendered.photo))
    assert await looks(linli, "lin", own)
    assert await entries(linli) == []
    [photo] = await kept(linli)
    for who in ("wang", "zhao"):
        assert tokens(await house.say("评价照片", who)) == []
        about = ("photo", photo.id, await talk_of(house, who))
        assert await looks(linli, who, linli.safe.addresses.make(about, NOW + KEPT_ALONE)) is None
    [token] = tokens(await house.say("评价照片", "sun"))
    assert await looks(linli, "sun", token)
    assert await looks(linli, "sun", token)
    noted = await entries(linli)
    assert [(entry.centre_id, entry.who[:2]) for entry in noted] == [(CENTRE, "S-")] * 2
    assert await faults(linli) == []


async def test_a_bad_rating_brings_the_photos_of_its_visit_into_its_case(house: House) -> None:
    linli = house.linli
    good = await house.say("给东湖社区打五星", "lin")
    await sends(linli, "lin", said=good.rendered.photo or "")
    bad = await house.say("给东湖社区打一星", "lin")
    assert (await sends(linli, "lin", said=bad.rendered.photo or "")).view == "PhotoTaken"
    shown = tokens(await house.say("G-0001", "wang"))
    assert [await looks(linli, "wang", token) is not None for token in shown] == [True, True]
    assert tokens(await house.say("评价照片", "sun")) == []
    assert await faults(linli) == []


@pytest.mark.parametrize(
    ("content", "words"), [(heic(), "HEIC"), (b"<html>", "不是照片"), (jpeg()[:1500], "打不开")]
)
async def test_what_is_no_photo_changes_nothing_and_is_answered_kindly(
    house: House, content: bytes, words: str
) -> None:
    await complained(house)
    tables = ("photo", "case_file", "case_step", "ledger")
    before = await rows_of(house.linli.database, *tables)
    refused = await sends(house.linli, "lin", content, said=CASE)
    assert (refused.view, refused.rendered.photo) == ("PhotoRefused", CASE)
    assert words in refused.rendered.text
    assert "12345" in refused.rendered.text
    assert await rows_of(house.linli.database, *tables) == before


async def test_nobody_adds_to_what_is_not_theirs(house: House) -> None:
    linli = house.linli
    await complained(house)
    rated = await house.say("给东湖社区打五星", "lin")
    for who, said in (
        ("chen", CASE),
        ("zhao", CASE),
        ("chen", rated.rendered.photo or ""),
        ("chen", "/photo case G-9999"),
        ("chen", ""),
    ):
        assert (await sends(linli, who, said=said)).view == "PhotoRefused"
    assert await kept(linli) == []


async def test_a_photo_without_a_word_goes_to_what_was_spoken_of_or_to_the_open_case(house: House) -> None:
    linli = house.linli
    await house.say("给东湖社区打五星", "lin")
    await sends(linli, "lin")
    await complained(house)
    await house.say("你好", "lin")
    await sends(linli, "lin")
    assert [(bool(each.rating_id), bool(each.case_id)) for each in await kept(linli)] == [
        (True, False),
        (False, True),
    ]


async def test_who_asks_for_it_in_words_is_told_what_to_mind_and_may_leave_it(house: House) -> None:
    await complained(house)
    asked = await house.say("发照片", "lin")
    assert (asked.view, asked.rendered.photo) == ("PhotoAsked", CASE)
    assert "不要拍到孩子的脸" in asked.rendered.text
    assert (await house.say("先不发", "lin")).view == "NothingDone"
    assert await kept(house.linli) == []


async def test_a_photo_that_comes_twice_is_answered_once(house: House) -> None:
    linli = house.linli
    await complained(house)
    once = message(CASE, id="twice-twice", address="lin")
    replies = [await linli.photos.hear(once, jpeg()) for _ in range(2)]
    assert replies[0].rendered == replies[1].rendered
    assert len(await kept(linli)) == 1


async def test_a_closed_case_takes_no_photos(house: House) -> None:
    await complained(house)
    await house.say("/verdict G-0001 solved", "lin")
    assert (await sends(house.linli, "lin", said=CASE)).view == "PhotoRefused"
    assert (await sends(house.linli, "wang", said=CASE)).view == "PhotoRefused"


async def test_photos_go_so_many_days_after_the_case_was_closed(house: House) -> None:
    linli = house.linli
    await complained(house)
    [token] = tokens(await sends(linli, "lin", said=CASE))
    late = NOW + timedelta(days=365)
    assert await forget_photos(linli, late) == "forgot 0 photos"
    await house.say("/verdict G-0001 solved", "lin")
    after = NOW + timedelta(days=linli.settings.photo_days)
    assert await forget_photos(linli, after) == "forgot 0 photos"
    assert await looks(linli, "lin", token)
    assert await forget_photos(linli, after + timedelta(seconds=1)) == "forgot 1 photos"
    assert await looks(linli, "lin", token) is None
    [photo] = await kept(linli)
    assert (photo.gone, photo.sha256) == ("expired", None)
    assert await faults(linli) == []


async def test_photos_of_ratings_without_a_case_go_after_ninety_days(house: House) -> None:
    linli = house.linli
    rated = await house.say("给东湖社区打五星", "lin")
    await sends(linli, "lin", said=rated.rendered.photo or "")
    assert await forget_photos(linli, NOW + KEPT_ALONE) == "forgot 0 photos"
    assert await forget_photos(linli, NOW + KEPT_ALONE + timedelta(seconds=1)) == "forgot 1 photos"
    assert await faults(linli) == []


async def test_an_address_ends_after_a_week(house: House) -> None:
    linli = house.linli
    await complained(house)
    [token] = tokens(await sends(linli, "lin", said=CASE))
    over = linli.over(linli.database, fixed_clock(NOW + timedelta(days=7)), safe=linli.safe)
    assert await looks(over, "lin", token) is None
    assert await looks(linli, "lin", token[:-1] + ("1" if token.endswith("0") else "0")) is None
    [again] = tokens(await House(over).say("G-0001", "lin"))
    assert await looks(over, "lin", again)


async def test_who_erases_their_data_erases_their_photos_and_those_of_their_cases(house: House) -> None:
    linli = house.linli
    await house.say("给华城社区打五星", "lin")
    await sends(linli, "lin")
    await complained(house)
    await sends(linli, "lin", said=CASE)
    await sends(linli, "wang", said=CASE)
    await complained(house, "chen")
    [other] = tokens(await sends(linli, "chen", said="/photo case G-0002"))
    assert "照片2张" in (await house.say("隐私", "lin")).rendered.text
    assert "照片2张" in (await house.say("导出我的数据", "lin")).rendered.text
    shown = [*await told_tokens(linli, "lin"), *tokens(await house.say("G-0001", "wang"))]
    await house.say("删除我的数据", "lin")
    assert (await house.say("确认删除", "lin")).view == "DataErased"
    assert sorted(str(each.gone) for each in await kept(linli)) == ["None", "erased", "erased", "erased"]
    for who, token in ((who, token) for who in ("lin", "wang", "sun") for token in shown):
        assert await looks(linli, who, token) is None
    assert await looks(linli, "chen", other)
    assert await faults(linli) == []


@pytest.mark.parametrize("doing", ["changed", "stolen"])
async def test_the_ledger_tells_when_a_photo_was_changed_or_taken_away(house: House, doing: str) -> None:
    linli = house.linli
    await complained(house)
    await sends(linli, "lin", said=CASE)
    assert await faults(linli) == []
    query, params = {"changed": (CHANGED, {"content": b"another"}), "stolen": (STOLEN, {})}[doing]
    await linli.database.write(lambda tx: tx.run(query, params))
    [fault] = await faults(linli)
    assert "was changed" in fault or "is missing" in fault


async def test_the_ledger_holds_no_hash_of_a_photo(house: House) -> None:
    linli = house.linli
    await complained(house)
    await sends(linli, "lin", said=CASE)
    [photo] = await kept(linli)
    assert photo.sha256
    assert photo.sha256 not in str(await rows_of(linli.database, "ledger", "case_step", "audit", "outbox"))


async def test_photos_are_made_clean_one_at_a_time_and_beside_the_turns(sqlite_linli: Linli) -> None:
    """While one is in work another waits, and residents are answered."""
    begun, go_on, at_once, most = threading.Event(), threading.Event(), 0, 0

    def slow(content: bytes) -> Photo | Problem:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        begun.set()
        go_on.wait(20)
        at_once -= 1
        return clean_photo()

    press = Photos(sqlite_linli, slow)
    waiting = [
        asyncio.create_task(press.hear(message("", address=f"lin {number}"), b"")) for number in range(3)
    ]
    await asyncio.to_thread(begun.wait, 20)
    assert (await sqlite_linli.hear(message("你好", address="chen"))).view == "Greeted"
    assert not any(each.done() for each in waiting)
    go_on.set()
    assert [reply.view for reply in await asyncio.gather(*waiting)] == ["PhotoRefused"] * 3
    assert most == 1


async def test_a_backup_does_not_bring_photos_back(sqlite_linli: Linli, tmp_path: Path) -> None:
    house = await staffed(sqlite_linli)
    await complained(house)
    await sends(sqlite_linli, "lin", said=CASE)
    assert await sqlite_linli.database.scrub()
    copied = tmp_path / "older.db"
    shutil.copyfile(tmp_path / "linli.db", copied)
    await house.say("删除我的数据", "lin")
    await house.say("确认删除", "lin")
    async with opened(f"sqlite:///{copied}") as older:
        back = sqlite_linli.over(older, sqlite_linli.clock, safe=sqlite_linli.safe)
        assert [each.gone for each in await kept(back)] == [None]
        missing = await to_erase_again(older, sqlite_linli.safe.journal)
        await erase_again(older, office_of(back.world(NOW), new_id), missing)
        assert [each.gone for each in await kept(back)] == ["erased"]
        assert await faults(back) == []

"""The directory's file on a page: read back, taken after a yes, written down, on both engines."""

import asyncio
import json
import threading
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import pytest_asyncio

from bot import forgetting
from bot.linli import Linli
from bot.office import KEPT, TRAYS, Office
from bot.web.desk.papers import MEDIA
from handlers.permissions import Act, Reach, Role, reach_of
from messages.workbook_words import RowKind
from storage.statements import statement
from tests.case_talk import AREA
from tests.clerk import Clerk, at_the_desk, desk_site
from tests.desk import CENTRE, House
from tests.office import IMPORT, bomb, book_of, hand_in
from tests.workbooks import ACTIVITIES, CENTRES, KIOSKS, SERVICES, Sheets, put, small

KEPT_FILES = statement("test.kept_files", "SELECT COUNT(*) FROM upload")
YES, NO = "确定导入", "不导入，删掉这份文件"
OF_TWO = "centre:2/0/0 service:3/0/0 activity:1/0/0 kiosk:1/0/0"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("sun", Role.DISTRICT)
    await there.join("qian", Role.DISTRICT)
    return there


async def kept(house: House) -> int:
    async with house.linli.database.read() as tx:
        number: int = await tx.value(KEPT_FILES)
    return number


def is_offered(clerk: Clerk) -> bool:
    """Whether there is something to say yes to."""
    return any(YES in form.buttons for form in clerk.forms())


async def imported(clerk: Clerk, sheets: Sheets) -> None:
    await hand_in(clerk, book_of(sheets))
    await clerk.press(YES)
    assert "办好了" in clerk.text


async def test_nothing_is_changed_before_a_yes_and_all_of_it_after(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, book_of(small("LJ")), "洛江.xlsx")
        assert "洛江.xlsx" in sun.text
        assert "服务 · 新增 3" in sun.text
        assert "长者食堂 LJ001" in sun.text
        assert "LJ001" not in house.linli.directory.centres
        assert await kept(house) == 1
        await sun.press(YES)
        assert "办好了" in sun.text
        assert "S-0001 LJ 邻里中心：新增2，改动0，下架0" in sun.text
        assert "LJ001" in house.linli.directory.centres
        assert await kept(house) == 0
    entry = (await house.audit())[-1]
    assert (entry.who, entry.what, entry.subjects, entry.became) == ("S-0001", "import", "LJ", OF_TWO)
    assert entry.done_at == house.linli.clock()
    assert await house.problems() == []


async def test_a_no_deletes_the_file(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, book_of(small("LJ")))
        await sun.press(NO)
        assert not is_offered(sun)
    assert await kept(house) == 0
    assert "LJ001" not in house.linli.directory.centres


async def test_what_changes_is_told_field_by_field_and_what_is_wrong_cell_by_cell(house: House) -> None:
    sheets = small("LJ")
    async with at_the_desk(house, "sun") as sun:
        await imported(sun, sheets)
        put(sheets, SERVICES, 3, "费用", "10元/份")
        put(sheets, CENTRES, 3, "状态", "在建")
        put(sheets, CENTRES, 3, "电话", "不详")
        put(sheets, ACTIVITIES, 2, "名额", "很多")
        await hand_in(sun, book_of(sheets))
        assert "费用 12元/份 → 10元/份" in sun.text
        assert "状态 筹备中 → 建设中" in sun.text  # in the words of the workbook, whatever form was written
        assert "活动 第2行 名额 很多 大于 0 的整数 这一行不导入" in sun.text
        assert "邻里中心 第3行 电话 不详" in sun.text
        assert "照写的导入" in sun.text
        assert "1处问题使该行不能导入" in sun.text
        await sun.press(YES)
    assert (await house.audit())[-1].became == "centre:0/1/0 service:0/1/0 activity:0/0/0 kiosk:0/0/0"


async def test_a_file_that_says_what_is_there_already_has_nothing_to_say_yes_to(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await imported(sun, small("LJ"))
        await hand_in(sun, book_of(small("LJ")))
        assert "没有要改的" in sun.text
        assert not is_offered(sun)


async def test_so_many_rows_gone_want_their_number(house: House) -> None:
    sheets = small("LJ")
    async with at_the_desk(house, "sun") as sun:
        await imported(sun, sheets)
        del sheets[SERVICES][3], sheets[KIOSKS]
        await hand_in(sun, book_of(sheets))
        assert "缺这些工作表，或者读不出列标题：便民服务一体机" in sun.text
        for wrong in ("", "1", "x"):
            await sun.press(YES, number=wrong)
            assert "数目不对" in sun.text
        assert "政策咨询 LJ002" in sun.text  # among what would be withdrawn
        await sun.press(YES, number="2")
        assert "办好了" in sun.text
    assert (await house.audit())[-1].became == "centre:0/0/0 service:0/0/1 activity:0/0/0 kiosk:0/0/1"


async def test_the_managers_word_holds_until_the_office_decides_for_its_file(house: House) -> None:
    sheets = small("LJ")
    async with at_the_desk(house, "sun") as sun:
        await imported(sun, sheets)
        await house.manager("改电话 0595-22001234", "是", of="LJ002")
        put(sheets, CENTRES, 3, "电话", "0595-22005678")
        await hand_in(sun, book_of(sheets))
        assert "LJ002 邻里中心 第3行 电话 0595-22001234 0595-22005678 按管理员的。" in sun.text
        await sun.press(YES)
        assert house.linli.directory.centres["LJ002"].phone == "0595-22001234"
        await hand_in(sun, book_of(sheets))
        await sun.open(f"{IMPORT}?take=M-0001+M-0999")
        assert "按文件。 按管理员的（M-0001）" in sun.text
        await sun.press(YES)
        assert "办好了" in sun.text
    assert house.linli.directory.centres["LJ002"].phone == "0595-22005678"
    entries = [(each.who, each.what, each.subjects) for each in await house.audit()]
    assert set(entries[-2:]) == {("S-0001", "take_file", "M-0001"), ("S-0001", "import", "LJ")}


async def test_what_is_not_as_it_was_read_back_is_read_back_again(house: House) -> None:
    sheets, other = small("LJ"), small("LJ")
    async with at_the_desk(house, "sun") as sun, at_the_desk(house, "qian") as qian:
        await imported(sun, sheets)
        put(sheets, SERVICES, 3, "费用", "10元/份")
        put(other, SERVICES, 3, "费用", "15元/份")
        await hand_in(sun, book_of(sheets))
        await imported(qian, other)
        await sun.press(YES)
        assert "什么都没有改" in sun.text
        assert "费用 15元/份 → 10元/份" in sun.text
        await sun.press(YES)
        assert "办好了" in sun.text
    fees = [each.fee for each in house.linli.directory.services.values() if each.centre_id == "LJ001"]
    assert "10元/份" in fees


async def test_what_touches_no_row_of_the_file_is_in_nobodys_way(house: House) -> None:
    """Managers work while the office reads: only what would come to something else is read back again."""
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, book_of(small("LJ")))
        await house.manager("改电话 0595-22001234", "是")
        await sun.press(YES)
        assert "办好了" in sun.text


async def test_a_file_that_was_replaced_in_another_window_is_not_taken_unread(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, book_of(small("LJ")))
        first = sun.form(YES)
        await hand_in(sun, book_of(small("QG")))
        await sun.send(first.action, **first.fields)
        assert "什么都没有改" in sun.text
        assert "QG001" in sun.text
        await sun.press(YES)
    assert "QG001" in house.linli.directory.centres
    assert "LJ001" not in house.linli.directory.centres


async def test_any_process_takes_what_another_was_given(house: House) -> None:
    """They have the database in common and nothing else."""
    site = desk_site(house.linli)
    async with at_the_desk(house, "sun", site) as sun:
        await hand_in(sun, book_of(small("LJ")))
        site.app = desk_site(house.at(house.linli.clock()).linli).app
        form = sun.form(YES)
        async with at_the_desk(house, "sun", desk_site(house.at(house.linli.clock()).linli)) as elsewhere:
            await elsewhere.open(IMPORT)
            await elsewhere.press(YES)
            assert "办好了" in elsewhere.text
        await sun.send(form.action, **form.fields)
        assert "什么都没有改" in sun.text  # it was taken already


async def test_a_file_is_kept_for_an_hour_and_one_of_each_person(house: House) -> None:
    async with at_the_desk(house, "sun") as sun, at_the_desk(house, "qian") as qian:
        for prefix in ("LJ", "QG"):
            await hand_in(sun, book_of(small(prefix)))
        await hand_in(qian, book_of(small("QG")))
        assert await kept(house) == 2
        form = sun.form(YES)
    late = house.later(KEPT)
    async with at_the_desk(late, "sun") as sun:
        await sun.open(IMPORT)
        assert not is_offered(sun)
        await sun.send(form.action, csrf=sun.form("退出").fields["csrf"], plan=form.fields["plan"])
        assert sun.page
        assert sun.page.status_code == 403  # it was sealed for another sign-in
    before = house.later(KEPT - timedelta(seconds=1))
    assert await forgetting.forget_uploads(before.linli, before.linli.clock()) == "forgotten 0"
    assert await forgetting.forget_uploads(late.linli, late.linli.clock()) == "forgotten 2"
    assert await kept(house) == 0


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"", 422, "没有收到文件"),
        (b"hello", 422, "不是.xlsx工作簿"),
        (b"\xd0\xcf\x11\xe0 an old one", 422, "不是.xlsx工作簿"),
        (b"PK\x03\x04 and nothing more", 422, "坏了"),
        (bomb(), 413, "文件太大"),
        (b"PK" + bytes(TRAYS["import"].most_bytes), 413, "文件太大"),
        (b"PK" + bytes(TRAYS["import"].most_bytes + (1 << 20)), 413, "文件太大"),
        (book_of({"别的": [["甲", "乙"], [1, 2]]}), 422, "没有认得的工作表"),
        (book_of(small("LJ") | {CENTRES: [*small("LJ")[CENTRES], small("QG")[CENTRES][1]]}), 422, "哪个区"),
    ],
    ids=["none", "text", "old", "damaged", "bomb", "large", "larger", "another", "two districts"],
)
async def test_what_is_not_to_be_used_is_told_at_once_and_not_kept(
    house: House, content: bytes, status: int, told: str
) -> None:
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, content)
        assert sun.page
        assert sun.page.status_code == status
        assert told in sun.text
        assert "Traceback" not in sun.text
    assert await kept(house) == 0


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "C:\\x\\目录.xlsx", "<b>.xlsx", "x" * 400, "\x00\n"]
)
async def test_a_file_may_be_called_anything(house: House, name: str) -> None:
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, book_of(small("LJ")), name or "-")
        assert "服务 · 新增 3" in sun.text
        assert "<b>" not in sun.html.partition("<main")[2].replace("<b>名", "")
        assert "etc/" not in sun.text


async def test_files_are_read_one_after_the_other_beside_what_others_wait_for(house: House) -> None:
    office, seen, most = Office(house.linli), set(), 0
    running = 0

    def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        seen.add(threading.get_ident())
        running -= 1

    await asyncio.gather(*(office.work_out(work) for _ in range(8)))
    assert threading.get_ident() not in seen
    assert most == 1


async def test_only_the_office_hands_in_and_takes(house: House) -> None:
    """Every role, every form, with and without what its page gives it."""
    area = house.linli.directory.centres[CENTRE].subdistrict
    for role in Role:
        centre = CENTRE if role in (Role.CENTRE_STAFF, Role.CENTRE_MANAGER) else None
        await house.join(role, role, centre, area if role is Role.SUBDISTRICT else None)
    site = desk_site(house.linli)
    for role in Role:
        async with at_the_desk(house, role, site) as clerk:
            csrf = clerk.form("退出").fields["csrf"]
            for name, tray in TRAYS.items():
                is_theirs = reach_of(role, tray.act) is Reach.EVERYWHERE
                for token in (csrf, "", "x"):
                    expected = (422 if token == csrf else 403) if is_theirs else 404
                    clerk.page = await clerk.visitor.http.post(
                        f"/desk/area/{name}/hand-in", data={"csrf": token}, files={"file": ("x", b"x: [")}
                    )
                    assert clerk.page.status_code == expected, (role, name, token)
                for what in ("take", "leave"):
                    for token in (csrf, "x"):
                        await clerk.send(f"/desk/area/{name}/{what}", csrf=token, plan="x")
                        assert clerk.page
                        allowed = 403 if what == "take" else 200
                        expected = (allowed if is_theirs else 404) if token == csrf else 403
                        assert clerk.page.status_code == expected, (role, name, what)
            for ending in MEDIA:
                await clerk.open(f"/desk/area/exports/linli.{ending}")
                assert clerk.page
                is_open = reach_of(role, Act.EXPORT) in (Reach.SUBDISTRICT, Reach.EVERYWHERE)
                assert (clerk.page.status_code == 200) is is_open, (role, ending)
            await clerk.open("/desk/area/exports/linli.db")
            assert clerk.page
            assert clerk.page.status_code == 404
    assert await kept(house) == 0


async def test_a_plan_is_good_on_its_own_page_alone(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await hand_in(sun, book_of(small("LJ")))
        form = sun.form(YES)
        for plan in ("", "x", form.fields["plan"] + "x", form.fields["plan"].replace("import", "calendar")):
            await sun.send(form.action, csrf=form.fields["csrf"], plan=plan)
            assert sun.page
            assert sun.page.status_code == 403
    assert "LJ001" not in house.linli.directory.centres


async def test_a_subdistrict_downloads_its_own_centres_and_the_district_all(house: House) -> None:
    await house.join("zhao", Role.SUBDISTRICT, area=AREA)
    centres = house.linli.directory.centres
    own = {each.id for each in centres.values() if each.subdistrict == AREA}
    async with at_the_desk(house, "sun") as sun, at_the_desk(house, "zhao") as zhao:
        for clerk, expected in ((sun, set(centres)), (zhao, own)):
            await clerk.open("/desk/area/exports")
            assert f"{len(expected)}个中心" in clerk.text
            await clerk.open("/desk/area/exports/linli.geojson")
            assert clerk.page
            features = json.loads(clerk.page.content)["features"]
            assert {one["id"] for one in features if one["properties"]["feature"] == "centre"} == expected
            await clerk.open("/desk/area/exports/linli.zip")
            with ZipFile(BytesIO(clerk.page.content)) as archive:
                text = archive.read(f"{CENTRES}.csv").decode("utf-8-sig")
            assert len(text.splitlines()) == len(expected) + 1
            assert clerk.page.headers["content-disposition"] == 'attachment; filename="linli.zip"'
            assert len(archive.namelist()) == len(RowKind) + 1


async def test_a_download_handed_in_again_changes_nothing(house: House) -> None:
    async with at_the_desk(house, "sun") as sun:
        await sun.open("/desk/area/exports/linli.xlsx")
        assert sun.page
        await hand_in(sun, sun.page.content)
        assert "没有要改的" in sun.text


async def test_nothing_of_residents_and_staff_is_in_a_download(house: House) -> None:
    await house.session()
    await house.book("lin", "chen")
    await house.say("我叫林金鹂，电话13800138000", "lin")
    async with at_the_desk(house, "sun") as sun:
        for ending in MEDIA:
            await sun.open(f"/desk/area/exports/linli.{ending}")
            assert sun.page
            files = [sun.page.content]
            if ending in ("zip", "xlsx"):
                with ZipFile(BytesIO(sun.page.content)) as archive:
                    files = [archive.read(each) for each in archive.namelist()]
            for private in ("林金鹂", "13800138000", "S-0001", "child1"):
                assert not any(private.encode() in each for each in files), (ending, private)

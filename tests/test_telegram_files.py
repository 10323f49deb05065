"""Charts and workbooks go out with their answer; whatever becomes of them, the words arrive."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import StringIO

import httpx
import pytest

from bot.channels.telegram.deliveries import TRIES
from bot.channels.telegram.enclosures import KEPT, Enclosures
from bot.channels.telegram.wording import CAPTION_UNITS, letters_of
from bot.clock import fixed_clock
from bot.digests import DigestFile
from bot.linli import Linli
from handlers.digest_files import GOOD_FOR, addresses_of
from handlers.saying import say
from messages.digest_chart import chart_png
from messages.digest_workbook import workbook_of
from messages.render import Link, Renderer
from messages.view_parts import Choice
from messages.views_digest import DigestShown
from storage import conversations
from storage.transaction import Transaction
from tests.digests import DIGEST
from tests.sample import Sample, linli_over
from tests.telegram_town import DING, Call, Fault, Town, refused, town, town_of
from tests.test_digest_files import kept
from tests.test_logs import lines, stream
from tests.test_render import variants

__all__ = ["stream", "town"]
PAGE = "https://linli.example"
HELP = Choice("@help", "/help")
SHORT = replace(DIGEST, choices=(HELP,))
LONG = replace(SHORT, quote="老师很有耐心，" * 200)
DAY = timedelta(days=1)


async def tell(town: Town, view: DigestShown) -> None:
    """Linli says a digest, with the addresses of its files, of its own accord."""
    await town.say("你好")
    linli = town.linli
    chart, workbook = addresses_of(await kept(linli), "zh", linli.world(linli.clock()), linli.safe)
    view = replace(view, chart=chart, workbook=workbook)

    async def work(tx: Transaction) -> None:
        talk = await conversations.find(tx, "telegram", str(DING))
        assert talk
        await say(tx, talk.id, view, key="digest", now=linli.clock(), new_id="digest", within=DAY)

    await linli.database.write(work)
    town.fake.calls.clear()


def file_in(call: Call) -> bytes:
    return next(value for value in call.values() if isinstance(value, bytes))


async def test_a_digest_brings_its_chart_and_its_workbook(town: Town) -> None:
    await tell(town, LONG)
    assert await town.deliver() == 1
    *words, chart, workbook = town.fake.calls
    assert {method for method, _ in words} == {"sendMessage"}
    assert (chart[0], chart[1]["caption"], file_in(chart[1])) == (
        "sendPhoto",
        "看图表",
        chart_png(DIGEST, "zh"),
    )
    assert (workbook[0], workbook[1]["caption"]) == ("sendDocument", "下载表格（xlsx）")
    assert file_in(workbook[1])[:2] == workbook_of(DIGEST, "zh")[:2] == b"PK"


async def test_few_words_stand_below_the_chart_with_their_buttons(town: Town) -> None:
    await tell(town, SHORT)
    assert await town.deliver() == 1
    assert town.fake.methods == ["sendPhoto", "sendDocument"]
    [photo] = town.fake.named("sendPhoto")
    assert DIGEST.centre.name in photo["caption"]
    assert len(photo["caption"]) <= CAPTION_UNITS
    [button, *_] = [row[0] for row in photo["reply_markup"]["inline_keyboard"]]
    press = town.updates.press(button["callback_data"])
    press["callback_query"]["message"]["photo"] = [
        {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
    ]
    await town.take(press)
    [edit] = town.fake.named("editMessageCaption")
    assert "已选" in edit["caption"]
    assert town.fake.named("editMessageText") == []


@pytest.fixture
async def known(sample_url: str, sample: Sample, linli: Linli) -> AsyncIterator[Town]:
    """A town that residents reach from outside."""
    settings = linli.settings.model_copy(update={"public_url": PAGE})
    async with town_of(linli_over(linli.database, sample, settings)) as town:
        yield town


@pytest.mark.parametrize("view", [LONG, SHORT], ids=["long", "short"])
@pytest.mark.parametrize("method", ["sendPhoto", "sendDocument"])
async def test_the_words_arrive_with_their_link_where_telegram_takes_no_file(
    known: Town, view: DigestShown, method: str, stream: StringIO
) -> None:
    refusals: list[Fault] = [refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS") for _ in range(3)]
    await tell(known, view)
    known.fake.faults[method] = refusals
    assert await known.deliver() == 1
    assert await known.states() == []
    words = [*known.fake.texts, *(call["caption"] for call in known.fake.named("sendPhoto"))]
    assert any(f'href="{PAGE}/digest/' in each for each in words)
    other = {"sendPhoto": "sendDocument", "sendDocument": "sendPhoto"}[method]
    assert len(known.fake.named(other)) == 1
    assert not any("没有发成" in each for each in words)
    assert any(line["event"] == "Telegram did not take a file" for line in lines(stream))
    assert DIGEST.centre.name not in stream.getvalue()


@pytest.mark.parametrize("view", [LONG, SHORT], ids=["long", "short"])
async def test_where_there_is_no_link_either_a_sentence_says_so(town: Town, view: DigestShown) -> None:
    await tell(town, view)
    town.fake.faults["sendPhoto"] = [refused(400, "Bad Request: IMAGE_PROCESS_FAILED") for _ in range(2)]
    assert await town.deliver() == 1
    assert town.fake.texts[-1] == "“看图表”没有发成，请过一会儿再要一次。"
    assert town.fake.methods[-1] == "sendDocument"


async def test_an_address_that_is_over_leaves_the_words_alone(known: Town) -> None:
    await tell(known, LONG)
    later = known.linli.over(known.linli.database, fixed_clock(known.now + GOOD_FOR), safe=known.linli.safe)
    async with town_of(later) as late:
        late.now = known.now + timedelta(hours=1)
        later.clock = fixed_clock(known.now + GOOD_FOR)
        assert await late.deliver() == 1
        assert set(late.fake.methods) == {"sendMessage"}


@pytest.mark.parametrize("fault", [refused(502, "Bad Gateway"), httpx.ReadTimeout("x")])
async def test_a_file_that_failed_for_a_moment_is_sent_again_alone(town: Town, fault: Fault) -> None:
    await tell(town, LONG)
    town.fake.faults["sendDocument"] = [fault]
    assert await town.deliver(1) == 0
    before = len(town.fake.calls)
    town.later(minutes=1)
    assert await town.deliver() == 1
    assert [method for method, _ in town.fake.calls[before:]] == ["sendDocument"]


@pytest.mark.parametrize("view", [LONG, SHORT], ids=["long", "short"])
async def test_a_file_that_never_gets_through_is_given_up_and_holds_up_nothing(
    town: Town, view: DigestShown
) -> None:
    """A relay before Telegram may take nothing that is large."""
    await tell(town, view)
    town.fake.faults["sendPhoto"] = [refused(413, "Request Entity Too Large") for _ in range(20)]
    assert await town.deliver(1) == 0
    assert DIGEST.centre.name in town.fake.texts[0]
    for _ in range(TRIES):
        town.later(minutes=10)
        await town.deliver(1)
    assert await town.states() == []
    assert len(town.fake.named("sendDocument")) == 1
    assert sum(DIGEST.centre.name in each for each in town.fake.texts) == 1


async def test_a_flood_leaves_the_rest_for_later_and_sends_nothing_twice(town: Town) -> None:
    await tell(town, SHORT)
    town.fake.faults["sendDocument"] = [refused(429, "Too Many Requests", retry_after=35)]
    assert await town.deliver(1) == 0
    town.later(seconds=36)
    town.time.now += 36
    assert await town.deliver() == 1
    assert town.fake.methods == ["sendPhoto", "sendDocument", "sendDocument"]


async def test_who_blocked_the_bot_is_sent_no_file_either(town: Town) -> None:
    await tell(town, SHORT)
    town.fake.faults["sendPhoto"] = [refused(403, "Forbidden: bot was blocked by the user")]
    assert await town.deliver() == 0
    assert town.fake.methods == ["sendPhoto"]
    assert await town.states() == ["dead"]


async def test_a_calendar_file_that_telegram_does_not_take_is_told(town: Town) -> None:
    for said in ("浔美社区", "我想报太极", "1", "1"):
        await town.say(said)
    [button] = [each["callback_data"] for each in town.fake.buttons() if "日历" in each["text"]]
    town.fake.faults["sendDocument"] = [refused(502, "Bad Gateway")]
    told = await town.answers_to(town.updates.press(button))
    assert told == ["日历文件没有发成，请过一会儿再点一次。"]
    assert await town.answers_to(town.updates.press(button)) == []
    assert len(town.fake.named("sendDocument")) == 2


@dataclass
class Counting:
    """Makes files when it may, and counts them."""

    may: asyncio.Event = field(default_factory=asyncio.Event)
    made: list[str] = field(default_factory=list)
    fails: int = 0

    async def digest_file(self, token: str, kind: str) -> DigestFile | None:
        self.made.append(token)
        await self.may.wait()
        if self.fails:
            self.fails -= 1
            raise RuntimeError("秘密")
        return DigestFile(b"x", DIGEST.first_on, f"a.{kind}")


async def nobody() -> str | None:
    return None


def chart_at(number: int) -> Link:
    return Link("图", f"{PAGE}/digest/d{number}.zh.1.abc.png", "chart")


async def test_a_file_is_made_once_however_often_it_is_wanted() -> None:
    counting = Counting()
    enclosures = Enclosures(counting, nobody)  # type: ignore[arg-type]
    both = [asyncio.create_task(enclosures.of(chart_at(1))) for _ in range(2)]
    await asyncio.sleep(0)
    both[0].cancel()
    await asyncio.wait({both[0]})
    counting.may.set()
    file = await both[1]
    assert file
    assert (file.name, file.content, file.is_picture) == ("a.png", b"x", True)
    assert await enclosures.of(chart_at(1)) is file
    assert counting.made == ["d1.zh.1.abc"]
    for number in range(2, KEPT + 2):
        await enclosures.of(chart_at(number))
    await enclosures.of(chart_at(1))
    assert counting.made.count("d1.zh.1.abc") == 2  # no more than so many are kept


async def test_a_file_whose_making_failed_is_made_anew_the_next_time(stream: StringIO) -> None:
    counting = Counting(fails=1)
    counting.may.set()
    enclosures = Enclosures(counting, nobody)  # type: ignore[arg-type]
    assert await enclosures.of(chart_at(1)) is None
    assert await enclosures.of(chart_at(1))
    [told] = [line for line in lines(stream) if line["event"] == "a file was not made"]
    assert told["file"] == "chart"
    assert "秘密" not in stream.getvalue()


def test_nothing_with_a_name_in_it_is_ever_a_file_to_be_sent() -> None:
    """Telegram keeps it abroad: lists, certificates, calls and photos stay behind their links."""
    renderer = Renderer()
    found: dict[str, set[str | None]] = {}
    for each in variants():
        view = each.values[0] if hasattr(each, "values") else each
        for link in renderer.render(view, "zh").links:
            found.setdefault(type(view).__name__, set()).add(link.file)
    assert found.pop("DigestShown") == {"chart", "workbook"}
    assert found.pop("DesertsShown") == {"map"}
    assert found.pop("DoorCodeShown") == {"door"}
    assert found.pop("BookingShown") == {"arrive"}  # what its link leads to: nothing of it is said
    assert {"NamesReady", "CertificatesReady", "FamiliesToCall", "CaseShown", "FetchCodesShown"} <= set(found)
    assert all(files == {None} for files in found.values())


async def test_a_link_to_names_is_followed_by_nobody() -> None:
    counting = Counting()
    enclosures = Enclosures(counting, nobody)  # type: ignore[arg-type]
    for path in ("/names/FZ002-01@2026-11-28", "/calls/FZ002", "/certificate/x.svg", "/digest/d1.png"):
        assert await enclosures.of(Link("名单", path)) is None
    assert counting.made == []


def test_files_change_nothing_of_what_stands_in_the_words() -> None:
    rendered = Renderer().render(replace(DIGEST, chart="/digest/a.png", workbook="/digest/a.xlsx"), "zh")
    *_, last = letters_of(1, rendered, PAGE)
    assert last.html.count("<a href") == 2

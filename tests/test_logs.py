"""Logs say what happened, as JSON, and never what was said nor a secret."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from bot.linli import Linli
from bot.logs import HIDDEN, METRONOME, QUIET, SILENT, Handler, log, scrub, set_up_logs, where
from handlers.intents import INTENTS
from tests.sample import Mishap, Sample, acting, linli_over, message
from tests.wechat_follower import following, route_over

BOT_TOKEN = "7012345678:AAF-kdh3_9sLmQwErTyUiOpAsDfGhJkLzXc"
APP_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
OPENID = "oX5p9t-LmN2qRs_TuVwXyZ01234-"
PHONE = "13800138000"
CANARIES = {"bot token": BOT_TOKEN, "AppSecret": APP_SECRET, "openid": OPENID, "phone": PHONE}

URLS = (
    f"https://api.telegram.org/bot{BOT_TOKEN}/sendMessage?text={PHONE}",
    f"https://api.weixin.qq.com/cgi-bin/token?appid=wx1&secret={APP_SECRET}&openid={OPENID}&x=1",
    f"https://api.telegram.org/bot{BOT_TOKEN.replace(':', '%3A')}/getMe",
    f"/wechat?openid={OPENID}",
)


def leaks(text: str) -> list[str]:
    """Which canaries stand in `text`, whole or without what divides them."""
    found = [name for name, canary in CANARIES.items() if canary in text]
    return found + [name for name, canary in CANARIES.items() if canary.split(":")[-1] in text]


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """Everything that is logged while the test runs, at the chattiest setting."""
    written = StringIO()
    set_up_logs("debug", written)
    yield written
    set_up_logs("warning")


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_push_of_wechat_leaves_nothing_of_it_in_the_logs(
    sqlite_linli: Linli, stream: StringIO
) -> None:
    said = "最近的老年食堂在哪里呀13800138000"
    async with following(route_over(sqlite_linli), openid=OPENID) as follower:
        await follower.say(said)
        await follower.say(said, id="not a number")
        forged = await follower.http.post("/wechat", params={"signature": said}, content=said.encode())
        await sqlite_linli.database.close()
        await follower.say(said)
    assert forged.status_code == 403
    events = {line["event"] for line in lines(stream)}
    assert {"turn", "a push was refused", "a message was not answered"} <= events
    assert leaks(stream.getvalue()) == []
    assert "食堂" not in stream.getvalue()


async def test_a_turn_is_logged_with_its_id_and_nothing_that_was_said(
    sqlite_linli: Linli, stream: StringIO
) -> None:
    said = "最近的老年食堂在哪里呀"
    reply = await sqlite_linli.hear(message(said, id="message-one", address="resident-one"))
    [line] = [line for line in lines(stream) if line["event"] == "turn"]
    assert line["turn"]
    assert (line["channel"], line["intent"], line["number"], line["repeated"]) == (
        "web",
        reply.intent,
        1,
        False,
    )
    for secret in (said, "食堂", "resident-one", "message-one", reply.rendered.text[:10]):
        assert secret not in stream.getvalue()


async def test_each_turn_has_an_id_of_its_own(sqlite_linli: Linli, stream: StringIO) -> None:
    for _ in range(3):
        await sqlite_linli.hear(message("你好"))
    assert len({line["turn"] for line in lines(stream) if line["event"] == "turn"}) == 3
    log("test").info("after")
    assert "turn" not in lines(stream)[-1]


async def test_a_failed_turn_says_where_and_not_what(
    sqlite_linli: Linli, sample: Sample, stream: StringIO
) -> None:
    failing = linli_over(sqlite_linli.database, sample, sqlite_linli.settings, intents=acting(fails=True))
    await failing.hear(message(f"你好 {PHONE}"))
    [line] = [line for line in lines(stream) if line["event"] == "turn failed"]
    assert line["turn"]
    assert str(line["error"]).startswith("Mishap < ")
    assert leaks(stream.getvalue()) == []


@pytest.mark.parametrize("name", [*QUIET, "uvicorn", "uvicorn.error", "somebody"])
def test_no_library_brings_a_secret_into_the_logs(name: str, stream: StringIO) -> None:
    logger = logging.getLogger(name)
    for url in URLS:
        logger.info('HTTP Request: POST %s "HTTP/1.1 200 OK"', url)
        logger.warning("failed: %s", url)
        logger.error(url)
        logger.warning("body %r", {"text": url, "ids": [OPENID, PHONE]})
    try:
        raise Mishap(" ".join(URLS))
    except Mishap:
        logger.exception("request to %s failed", URLS[0])
        logger.warning("again", exc_info=True)
    logger.warning("stack", stack_info=True)
    assert len(lines(stream)) >= 6
    assert leaks(stream.getvalue()) == []


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "telegram.Bot", "uvicorn.access"])
def test_what_carries_urls_and_bodies_is_not_logged_at_all_when_it_went_well(
    name: str, stream: StringIO
) -> None:
    logging.getLogger(name).info("GET https://example.org/private")
    logging.getLogger(name).debug("body: private")
    assert stream.getvalue() == ""


def test_python_telegram_bot_says_nothing_and_what_we_say_of_telegram_is_seen(stream: StringIO) -> None:
    """It quotes updates that it cannot read; its logger is called like the channel."""
    for name in (SILENT, f"{SILENT}.Bot", f"{SILENT}.ext.Application"):
        logging.getLogger(name).critical("Error while parsing updates! Received data was %r", PHONE)
    log("telegram").info("a push was refused")
    assert [(line["logger"], line["event"]) for line in lines(stream)] == [
        ("linli.telegram", "a push was refused")
    ]


@pytest.mark.parametrize("name", [*QUIET, SILENT, METRONOME])
def test_no_library_decides_what_of_ours_is_seen(name: str, stream: StringIO) -> None:
    log(name).info("ours")
    assert [line["event"] for line in lines(stream)] == ["ours"]


def test_nothing_of_ours_brings_a_secret_into_the_logs(stream: StringIO) -> None:
    class Thing:
        def __str__(self) -> str:
            return URLS[0]

    for value in (*URLS, *CANARIES.values(), int(PHONE), Thing(), Path(f"/x/{OPENID}"), Mishap(URLS[0])):
        log("test").warning(f"about {value}", value=value, listed=[value], named={str(value): value})
    try:
        raise Mishap(" ".join(URLS)) from ValueError(URLS[1])
    except Mishap as error:
        log("test").error("failed", exc_info=error)
        log("test").exception("failed")
    assert len(lines(stream)) == len(URLS) + len(CANARIES) + 6
    assert leaks(stream.getvalue()) == []


def test_a_line_that_cannot_be_made_is_told_without_its_contents(
    stream: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    [handler] = [each for each in logging.getLogger().handlers if isinstance(each, Handler)]
    handler.handle(logging.LogRecord("somebody", logging.WARNING, "x.py", 1, "%d", (URLS[0],), None))
    [line] = lines(stream)
    assert (line["event"], line["logger"]) == ("a log line could not be written", "somebody")
    captured = capsys.readouterr()
    assert leaks(stream.getvalue() + captured.out + captured.err) == []


async def test_a_turn_is_answered_even_when_nothing_can_be_logged(
    sqlite_linli: Linli, stream: StringIO
) -> None:
    stream.close()
    assert (await sqlite_linli.hear(message("你好"))).number == 1


async def test_no_metric_holds_a_secret(sqlite_linli: Linli, sample: Sample) -> None:
    for text in (*URLS, *CANARIES.values(), f"/{APP_SECRET}", f"/centre {OPENID}", f"我的电话是{PHONE}"):
        await sqlite_linli.hear(message(text, id=text, address=OPENID))
    figures = sqlite_linli.metrics.text().decode()
    assert "linli_turns_total{" in figures
    assert leaks(figures) == []


def test_the_place_of_an_exception_is_told_and_not_its_text() -> None:
    try:
        raise Mishap(URLS[0])
    except Mishap as error:
        told = where(error)
    assert told.startswith("Mishap < ")
    assert "test_logs.py" in told
    assert leaks(told) == []


def test_of_several_exceptions_together_the_place_of_the_first_is_told() -> None:
    try:
        raise Mishap(URLS[0])
    except Mishap as error:
        told = where(ExceptionGroup(URLS[1], [error, ValueError(PHONE)]))
    assert told.startswith("ExceptionGroup of 2: Mishap < ")
    assert leaks(told) == []


@pytest.mark.parametrize(
    "text",
    [
        *URLS,
        *CANARIES.values(),
        f"电话{PHONE}，谢谢",
        "138-0013-8000",
        "138 0013 8000",
        f"+86{PHONE}",
        f"86-{PHONE}",
        f"0086{PHONE}",
        f"({OPENID})",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    assert HIDDEN in scrub(text)
    assert leaks(scrub(text)) == []
    assert "0013" not in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25T09:30:00.123456Z",
        "01a210b4-23c4-7e98-8b2c-70ea2a1b81e6",
        "0595-22881234",
        "1764034200000",
        "FZ001",
    ],
)
def test_what_operators_need_is_left_alone(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize("value", [None, True, 3, 2.5, 1764034200])
def test_plain_values_stay_as_they_are(value: object) -> None:
    assert scrub(value) is value


def test_a_leak_would_be_noticed() -> None:
    """Without the scrubbing every canary arrives: the search finds each."""
    written = StringIO()
    plain = logging.StreamHandler(written)
    logger = logging.Logger("plain")
    logger.addHandler(plain)
    for url in URLS:
        logger.warning(url)
    assert set(leaks(written.getvalue())) == set(CANARIES)


def test_levels_below_the_setting_are_not_written(stream: StringIO) -> None:
    set_up_logs("error", stream)
    log("test").warning("quiet")
    log("test").error("loud")
    assert [line["event"] for line in lines(stream)] == ["loud"]


async def test_the_figures_are_those_that_are_documented(sqlite_linli: Linli) -> None:
    await sqlite_linli.hear(message("你好", id="1"))
    await sqlite_linli.hear(message("你好", id="1"))
    await sqlite_linli.hear(message("量子色动力学"))
    figures = sqlite_linli.metrics.text().decode()
    for expected in (
        'linli_turns_total{intent="greet",outcome="answered"} 1.0',
        'linli_turns_total{intent="greet",outcome="repeated"} 1.0',
        'linli_turn_seconds_count{channel="web"} 3.0',
        'linli_turn_seconds_bucket{channel="web",le="0.05"}',
        "linli_unknown_questions_total 1.0",
        f"linli_directory_version {float(sqlite_linli.directory.version)}",
        "# TYPE linli_outbox_rows gauge",
    ):
        assert expected in figures
    labels = {line.split('intent="')[1].split('"')[0] for line in figures.splitlines() if "intent=" in line}
    assert labels <= {*INTENTS, "none"}


def test_a_job_that_takes_longer_than_its_pause_is_no_news_and_one_that_fails_is(stream: StringIO) -> None:
    logger = logging.getLogger(METRONOME)
    logger.warning("maximum number of running instances reached")
    assert lines(stream) == []
    logger.error("the timetable is lost")
    assert [line["event"] for line in lines(stream)] == ["the timetable is lost"]

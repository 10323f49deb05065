"""Calendar files as another program reads them: what is booked, changed, cancelled, and nobody's name."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from messages.geo import distance_m, to_wgs84
from messages.ics import BookedEvent, Meeting, Reminders, calendar_feed, calendar_file, folded

SHANGHAI = ZoneInfo("Asia/Shanghai")
LANGUAGES = ("zh", "zh-Hant", "en")
SPOT = (24.8894, 118.6061)
MONDAY = Meeting(
    "1", datetime(2026, 10, 12, 16, 30, tzinfo=SHANGHAI), datetime(2026, 10, 12, 18, tzinfo=SHANGHAI)
)
CLASS = BookedEvent(
    booking_id="0199c1f0-7a3e-7c11-9d2f-3f1f5b8a6e01",
    revision=0,
    changed_at=datetime(2026, 10, 8, 1, 2, 3, tzinfo=UTC),
    activity="4点钟课堂",
    centre="东湖邻里中心",
    address="东湖街1号，近邻客厅旁; 北门",
    meetings=(MONDAY,),
    room="二楼\\书吧",
    phone="0595-22110001",
    spot=SPOT,
    cancel_by=datetime(2026, 10, 12, 4, tzinfo=UTC),
)
CAMP = replace(
    CLASS,
    booking_id="CAMP-7K2M",
    activity="暑期书法夏令营",
    meetings=tuple(
        Meeting(f"d{day}", MONDAY.starts_at + timedelta(days=day), MONDAY.ends_at + timedelta(days=day))
        for day in range(5)
    ),
)


def read(file: bytes) -> tuple[Any, list[Any]]:
    """The calendar and its events, each value as what it is meant to be and not as all it could be."""
    calendar = Calendar.from_ical(file)
    assert isinstance(calendar, Calendar)
    return calendar, calendar.events


def only(file: bytes) -> Any:
    (event,) = read(file)[1]
    return event


def unfolded(file: bytes) -> list[str]:
    """By the letter of RFC 5545 3.1, without the library."""
    return file.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def alarms(event: Any) -> list[timedelta]:
    return [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]


def test_another_program_reads_what_is_booked() -> None:
    calendar, (event,) = read(calendar_file([CLASS], "zh"))
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert event.errors == calendar.errors == []
    assert event["UID"] == "0199c1f0-7a3e-7c11-9d2f-3f1f5b8a6e01-1@linli"
    assert event["DTSTART"].dt == MONDAY.starts_at
    assert event["DTEND"].dt == MONDAY.ends_at
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == CLASS.changed_at
    assert (event["SEQUENCE"], event["STATUS"], event["CLASS"]) == (0, "CONFIRMED", "PRIVATE")
    assert event["SUMMARY"] == "4点钟课堂"
    assert event["LOCATION"] == "东湖邻里中心，二楼\\书吧，东湖街1号，近邻客厅旁; 北门"
    assert event["DESCRIPTION"].split("\n") == [
        "如果不能来，请在2026年10月12日12:00前取消，把名额留给别人。",
        "中心电话：0595-22110001",
    ]


def test_times_are_in_utc_and_name_no_zone() -> None:
    lines = unfolded(calendar_file([CLASS], "zh"))
    assert "DTSTART:20261012T083000Z" in lines
    assert not [line for line in lines if "TZID" in line or "VTIMEZONE" in line]


def test_a_calendar_reminds_the_evening_before_and_two_hours_before() -> None:
    event = only(calendar_file([CLASS], "zh"))
    first, second = alarms(event)
    assert MONDAY.starts_at + first == datetime(2026, 10, 11, 18, tzinfo=SHANGHAI)
    assert second == timedelta(hours=-2)
    assert {alarm["DESCRIPTION"] for alarm in event.walk("VALARM")} == {"4点钟课堂：2026年10月12日16:30开始"}


def test_the_evening_before_is_one_in_shanghai_whatever_zone_the_start_is_in() -> None:
    early = Meeting("1", datetime(2026, 3, 1, 0, 30, tzinfo=UTC), datetime(2026, 3, 1, 2, tzinfo=UTC))
    elsewhere = replace(
        early, starts_at=early.starts_at.astimezone(ZoneInfo("America/New_York")), ends_at=early.ends_at
    )
    files = {calendar_file([replace(CLASS, meetings=(each,))], "zh") for each in (early, elsewhere)}
    first, _ = alarms(only(files.pop()))
    assert early.starts_at + first == datetime(2026, 2, 28, 18, tzinfo=SHANGHAI)
    assert not files


def test_reminders_are_a_setting() -> None:
    reminders = Reminders(day_before_at=time(20, 15), before=timedelta(minutes=45))
    first, second = alarms(only(calendar_file([CLASS], "zh", reminders=reminders)))
    assert MONDAY.starts_at + first == datetime(2026, 10, 11, 20, 15, tzinfo=SHANGHAI)
    assert second == timedelta(minutes=-45)


def test_two_reminders_at_the_same_moment_are_one() -> None:
    reminders = Reminders(day_before_at=time(18), before=timedelta(hours=22, minutes=30))
    assert alarms(only(calendar_file([CLASS], "zh", reminders=reminders))) == [reminders.before * -1]


def test_alarms_are_the_last_in_an_event() -> None:
    lines = unfolded(calendar_file([CLASS], "zh"))
    inside = lines[lines.index("BEGIN:VALARM") : lines.index("END:VEVENT")]
    assert len(inside) == 2 * len(["BEGIN", "ACTION", "DESCRIPTION", "TRIGGER", "END"])


def test_the_place_is_given_in_wgs84_and_only_when_it_is_known() -> None:
    geo = only(calendar_file([CLASS], "zh"))["GEO"]
    assert distance_m((geo.latitude, geo.longitude), to_wgs84(SPOT)) < 1
    assert distance_m((geo.latitude, geo.longitude), SPOT) > 100
    assert "GEO" not in only(calendar_file([replace(CLASS, spot=None)], "zh"))


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    moved = replace(
        CLASS,
        revision=3,
        changed_at=CLASS.changed_at + timedelta(hours=1),
        meetings=(replace(MONDAY, starts_at=MONDAY.starts_at + timedelta(minutes=15)),),
    )
    before, after = only(calendar_file([CLASS], "zh")), only(calendar_file([moved], "zh"))
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == 3 > before["SEQUENCE"]
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt
    assert after["DTSTART"].dt > before["DTSTART"].dt


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cancelled_booking_is_taken_out_and_reminds_nobody(language: str) -> None:
    gone = replace(CLASS, revision=1, is_cancelled=True)
    calendar, (event,) = read(calendar_file([gone], language))
    assert calendar["METHOD"] == "CANCEL"
    assert event["UID"] == only(calendar_file([CLASS], language))["UID"]
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CANCELLED", 1, "TRANSPARENT")
    assert event["SUMMARY"].startswith(("已取消：", "Cancelled: "))
    assert alarms(event) == []
    assert "12:00" not in event["DESCRIPTION"]


def test_a_file_that_still_holds_something_booked_is_published_with_the_cancelled_marked() -> None:
    calendar, events = read(calendar_file([replace(CLASS, is_cancelled=True), CAMP], "zh"))
    assert calendar["METHOD"] == "PUBLISH"
    assert [event["STATUS"] for event in events].count("CANCELLED") == 1
    assert len(events) == 6


def test_a_camp_is_an_entry_for_each_day_with_uids_that_stay() -> None:
    without_tuesday = replace(
        CAMP, meetings=tuple(replace(each, is_cancelled=each.key == "d1") for each in CAMP.meetings)
    )
    before = read(calendar_file([CAMP], "zh"))[1]
    calendar, after = read(calendar_file([without_tuesday], "zh"))
    assert [event["UID"] for event in before] == [f"CAMP-7K2M-d{day}@linli" for day in range(5)]
    assert [event["UID"] for event in after] == [event["UID"] for event in before]
    assert [event["STATUS"] for event in after] == ["CONFIRMED", "CANCELLED"] + ["CONFIRMED"] * 3
    assert calendar["METHOD"] == "PUBLISH"


def test_a_provisional_session_says_so_wherever_it_is_read() -> None:
    event = only(calendar_file([replace(CLASS, is_provisional=True)], "zh"))
    assert event["STATUS"] == "TENTATIVE"
    assert "以放假通知为准" in event["SUMMARY"]
    assert "以放假通知为准" in event["DESCRIPTION"]
    assert "holiday notice" in only(calendar_file([replace(CLASS, is_provisional=True)], "en"))["SUMMARY"]


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(CLASS, room=None, phone=None, spot=None, cancel_by=None)
    event = only(calendar_file([bare], "en"))
    assert "DESCRIPTION" not in event
    assert event["LOCATION"] == "东湖邻里中心, 东湖街1号，近邻客厅旁; 北门"


def test_every_language_has_its_own_words() -> None:
    notes = {language: only(calendar_file([CLASS], language))["DESCRIPTION"] for language in LANGUAGES}
    assert "12:00 on 12 October 2026" in notes["en"]
    assert "請在2026年10月12日12:00前取消" in notes["zh-Hant"]
    assert only(calendar_file([CLASS], "zh-Hant"))["SUMMARY"] == "4點鐘課堂"


def test_a_feed_has_a_name_and_is_fetched_again_by_the_hour() -> None:
    gone = replace(CLASS, is_cancelled=True)
    calendar, events = read(calendar_feed([gone], "zh"))
    assert (calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("PUBLISH", "我的邻里预约")
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert [event["STATUS"] for event in events] == ["CANCELLED"]
    assert b"X-PUBLISHED-TTL:PT1H30M\r\n" in calendar_feed([], "en", refresh=timedelta(minutes=90))
    assert read(calendar_feed([], "en"))[1] == []


def test_a_download_has_no_name_that_would_open_another_calendar() -> None:
    assert "X-WR-CALNAME" not in read(calendar_file([CLASS], "zh"))[0]


def test_an_unchanged_calendar_is_the_same_bytes_in_whatever_order_it_was_asked_for() -> None:
    assert calendar_feed([CLASS, CAMP], "zh") == calendar_feed([CAMP, CLASS], "zh")


def test_nothing_to_take_along_is_no_file() -> None:
    with pytest.raises(ValueError, match="one booking or more"):
        calendar_file([], "zh")


def test_a_booking_has_no_place_for_a_participant() -> None:
    assert not {field.name for field in fields(BookedEvent)} & {
        "name",
        "alias",
        "participant",
        "child",
        "note",
    }


@pytest.mark.parametrize("key", ["王小明", "Wang Xiaoming", "", "a@b", "a\r\nATTENDEE:x", "x" * 65])
def test_a_name_is_refused_as_a_key_and_not_repeated(key: str) -> None:
    with pytest.raises(ValueError, match="never a name") as booking:
        replace(CLASS, booking_id=key)
    with pytest.raises(ValueError, match="never a name") as meeting:
        replace(MONDAY, key=key)
    if key:
        assert key not in f"{booking.value}{meeting.value}"


def test_what_would_be_a_wrong_entry_is_refused() -> None:
    naive = datetime(2026, 10, 12, 16, 30)
    with pytest.raises(ValueError, match="zone"):
        replace(MONDAY, starts_at=naive)
    with pytest.raises(ValueError, match="zone"):
        replace(CLASS, cancel_by=naive)
    with pytest.raises(ValueError, match="zone"):
        replace(CLASS, changed_at=naive)
    with pytest.raises(ValueError, match="ends after"):
        replace(MONDAY, ends_at=MONDAY.starts_at)
    with pytest.raises(ValueError, match="0 or more"):
        replace(CLASS, revision=-1)
    for meetings in ((), (MONDAY, MONDAY)):
        with pytest.raises(ValueError, match="a key of its own"):
            replace(CLASS, meetings=meetings)


WORDS = st.text(st.sampled_from('课堂😀é,;:\\"\r\n\t\x00\x0b\x85\u2028 ab') | st.characters(codec="utf-8"))


@settings(deadline=None)
@given(WORDS)
def test_a_line_is_folded_at_75_octets_and_never_inside_a_character(text: str) -> None:
    line = "SUMMARY:" + re.sub(r"[\r\n]", "", text) * 9
    pieces = folded(line).split(b"\r\n")
    assert all(len(piece) <= 75 for piece in pieces)
    assert "".join(piece.decode()[index > 0 :] for index, piece in enumerate(pieces)) == line
    # Nothing is folded that fits, and each piece but the last has no room for another character.
    assert all(len(piece) > 75 - 4 for piece in pieces[:-1])


@settings(deadline=None)
@given(WORDS, WORDS)
def test_any_text_comes_back_and_adds_nothing_to_the_file(activity: str, address: str) -> None:
    file = calendar_file([replace(CLASS, activity=activity, address=address, room=None)], "zh")
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", file) is None
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert [line.split(":")[0] for line in unfolded(file)] == [
        line.split(":")[0] for line in unfolded(calendar_file([CLASS], "zh"))
    ]
    kept = re.sub("\r\n?|[\v\f\x85\u2028\u2029]", "\n", activity)
    kept = re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]", "", kept)
    (said,) = (line for line in unfolded(file) if line.startswith("SUMMARY:"))
    unescaped = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], said[len("SUMMARY:") :])
    assert unescaped == kept
    assert only(file)["SUMMARY"] == kept


@settings(deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2032, 12, 31), timezones=st.just(SHANGHAI)),
    st.timedeltas(timedelta(minutes=1), timedelta(hours=12)),
)
def test_any_time_comes_back(starts_at: datetime, lasting: timedelta) -> None:
    starts_at = starts_at.replace(second=0, microsecond=0)
    meeting = Meeting("1", starts_at, starts_at + lasting + timedelta(seconds=1))
    event = only(calendar_file([replace(CLASS, meetings=(meeting,))], "zh"))
    assert event["DTSTART"].dt == starts_at
    evening = starts_at + alarms(event)[0]
    assert evening == datetime.combine(
        starts_at.astimezone(SHANGHAI).date() - timedelta(days=1), time(18), SHANGHAI
    )

"""Forms of the desk: what their fields order, to be read back and done as if it had been said in the chat."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from handlers import desk_reach
from handlers.asks import Ask, When
from handlers.desk import BY_FORM, ERRANDS, OVER_AREA
from handlers.desk_cases import BECOMES, NEEDS_WORDS
from handlers.desk_digest import CADENCES
from handlers.desk_handover import ADULT
from handlers.desk_site import Errand, Plan
from handlers.digest_rounds import NONE
from handlers.directory_changes import PLACES
from handlers.orders import BY_CODE, EVERYONE, MARKS, PHONE
from handlers.pages.dates import read_day
from messages.names import without_names
from messages.understand.case_orders import code_in
from messages.understand.normalise import clean
from messages.words import words

HOUR = 60
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
# What a number of a meeting or a session can be at most.
LONGEST_NUMBER = 12
MOST_WORDS = 500
WEEKDAYS = range(1, 8)
CASE_ACTS = frozenset(BECOMES) | NEEDS_WORDS
Fields = Mapping[str, str]
Order = Ask | Plan


@dataclass(frozen=True, slots=True)
class Form:
    """`read` makes an order of the fields, None of what no form of ours sends. `is_at_once`: which orders are
    done without being read back, as they touch one person who stands there, and can be taken back."""

    errand: Errand[Any]
    read: Callable[[Fields], Order | None]
    is_at_once: Callable[[Plan], bool] = lambda _: False


def _call_off(fields: Fields) -> Order | None:
    because = fields.get("because", "")
    if because not in _reasons():
        return None
    return Ask("desk_call_off", session=fields.get("session"), kind=because)


def _resize(fields: Fields) -> Order | None:
    places = number_in(fields, "places")
    return None if places is None else Ask("desk_resize", session=fields.get("session"), numbers=(places, 0))


def _move(fields: Fields) -> Order | None:
    """To a day and a clock, as long as it was."""
    day, clock = _day_in(fields, "day"), _clock_in(fields, "clock")
    if day is None or clock is None:
        return None
    return Ask("desk_move", session=fields.get("session"), numbers=(clock, -1, 0, day.toordinal()))


def _book(fields: Fields) -> Order | None:
    size = number_in(fields, "size")
    return Ask("desk_book", session=fields.get("session"), numbers=(size,)) if size else None


def _close(fields: Fields) -> Order | None:
    """Days, or hours of one day."""
    first, last, because = _day_in(fields, "first"), _day_in(fields, "last"), fields.get("because", "")
    if first is None or last is None or because not in _reasons():
        return None
    when = When("", first, last, _clock_in(fields, "start"), _clock_in(fields, "end"))
    return Ask("desk_close", when=when, kind=because)


def _hours(fields: Fields) -> Order | None:
    since, service = _day_in(fields, "since"), fields.get("service", "")
    if since is None:
        return None
    named = (service,) if service else ()
    return Ask("desk_hours", said=fields.get("text", ""), services=named, when=When("", since))


def _phone(fields: Fields) -> Order | None:
    found = PHONE.fullmatch(fields.get("phone", "").strip())
    return Ask("desk_phone", said=found[0] if found else None)


def _edit(fields: Fields) -> Order | None:
    since, field, value = _day_in(fields, "since"), fields.get("field", ""), fields.get("value", "")
    if since is None:
        return None
    places = number_in(fields, "value") if field == PLACES else None
    return Ask(
        "desk_edit",
        activities=(fields.get("activity", ""),),
        kind=field,
        said=value,
        numbers=() if places is None else (places, 0),
        when=When("", since),
    )


def _stop(fields: Fields) -> Order | None:
    since = _day_in(fields, "since")
    return Ask("desk_stop", activities=(fields.get("activity", ""),), when=When("", since)) if since else None


def _publish(fields: Fields) -> Order | None:
    first, last, places = _day_in(fields, "first"), _day_in(fields, "last"), number_in(fields, "places")
    name, times = clean(fields.get("name", "")), clean(fields.get("times", ""))
    if first is None or last is None or places is None:
        return None
    return Ask("desk_publish", said=f"{name}\n{times}", numbers=(places, first.toordinal(), last.toordinal()))


def _case(fields: Fields) -> Order | None:
    """What is ordered of a case as it was shown, with what is written and who else has it."""
    act, version, days = fields.get("act", ""), number_in(fields, "version"), fields.get("days", "")
    if act not in CASE_ACTS or version is None or (days and number_in(fields, "days") is None):
        return None
    other = code_in(fields.get("other", "")) or ""
    said = without_names(clean(fields.get("words", ""))[:MOST_WORDS])
    return Plan((fields.get("case", ""), act, other), (version, number_in(fields, "days") or 0), said)


def _invite(fields: Fields) -> Order | None:
    return Plan(text=fields.get("role", ""))


def _end_post(fields: Fields) -> Order | None:
    return Plan((fields.get("who", ""),))


def _deputy(fields: Fields) -> Order | None:
    last = _day_in(fields, "last")
    return Plan((fields.get("who", ""),), (last.toordinal(),)) if last else None


def _called(fields: Fields) -> Order | None:
    booking_id, _, said = fields.get("news", "").rpartition(" ")
    number = number_of(said)
    return Plan((booking_id,), (number,)) if booking_id and number is not None else None


def _answer(fields: Fields) -> Order | None:
    by = clean(fields.get("by", ""))
    return Plan((fields.get("code", ""), by), text=desk_reach.words_of(fields.get("words", "")))


def _digest(fields: Fields) -> Order | None:
    """When one's digest comes: of which length, on which day of the week, at which time."""
    cadence, weekday = fields.get("cadence", ""), number_in(fields, "weekday")
    clock = _clock_in(fields, "clock")
    if cadence not in (*CADENCES, NONE) or weekday is None or weekday not in WEEKDAYS or clock is None:
        return None
    return Ask("desk_digest_when", kind=cadence, when=When("", weekdays=(weekday,), start=clock))


def _check_in(fields: Fields) -> Order | None:
    """One person of one meeting, or those of one booking."""
    meeting, mark, who = number_in(fields, "meeting"), fields.get("mark", ""), fields.get("who", "").split()
    if meeting is None or mark not in MARKS or not who:
        return None
    return Plan((fields.get("session", ""), *who), (meeting,), mark)


def _tells_nobody(plan: Plan) -> bool:
    """Who fetched a child is told to its guardian, and read back before."""
    return plan.text != "left"


def _all_there(fields: Fields) -> Order | None:
    return Ask("desk_check_in", session=fields.get("session"), said=EVERYONE, kind="arrived")


def _word(fields: Fields) -> Order | None:
    return Ask("desk_word", services=(fields.get("service", ""),), said=fields.get("word", ""))


def _announce(fields: Fields) -> Order | None:
    """What is said, and until which day, where one is named."""
    last = _day_in(fields, "last")
    if fields.get("last") and last is None:
        return None
    return Ask("desk_announce", said=fields.get("words", ""), when=When("", last) if last else None)


def _walk_in(fields: Fields) -> Order | None:
    size = number_in(fields, "size")
    return Ask("desk_walk_in", session=fields.get("session"), numbers=(size,)) if size else None


def _by_code(fields: Fields) -> Order | None:
    return Ask("desk_hand_over", kind=BY_CODE, said=fields.get("code", "")[:MOST_WORDS])


def _to_adult(fields: Fields) -> Order | None:
    """To somebody whom the guardian named."""
    meeting, by = number_in(fields, "meeting"), fields.get("by", "")
    booking_id, _, participant_id = fields.get("who", "").rpartition(":")
    if meeting is None or not (by and booking_id and participant_id):
        return None
    return Plan((fields.get("session", ""), booking_id, participant_id, by), (meeting,), ADULT)


def _reasons() -> Collection[str]:
    found: Mapping[str, str] = words("zh", "labels")["reasons"]
    return found


def number_in(fields: Fields, name: str) -> int | None:
    return number_of(fields.get(name, "").strip())


def number_of(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) <= LONGEST_NUMBER else None


def _day_in(fields: Fields, name: str) -> date | None:
    return read_day(fields.get(name, ""))


def _clock_in(fields: Fields, name: str) -> int | None:
    """Minutes after midnight of a clock as browsers send it."""
    found = CLOCK.match(fields.get(name, ""))
    return int(found[1]) * HOUR + int(found[2]) if found else None


FORMS: Mapping[str, Form] = {
    "call_off": Form(ERRANDS["desk_call_off"], _call_off),
    "resize": Form(ERRANDS["desk_resize"], _resize),
    "move": Form(ERRANDS["desk_move"], _move),
    "book": Form(ERRANDS["desk_book"], _book),
    "close": Form(ERRANDS["desk_close"], _close),
    "hours": Form(ERRANDS["desk_hours"], _hours),
    "phone": Form(ERRANDS["desk_phone"], _phone),
    "edit": Form(ERRANDS["desk_edit"], _edit),
    "stop": Form(ERRANDS["desk_stop"], _stop),
    "publish": Form(ERRANDS["desk_publish"], _publish),
    "called": Form(BY_FORM["called"], _called, is_at_once=lambda _: True),
    "answer": Form(BY_FORM["answer"], _answer),
    "invite": Form(BY_FORM["invite"], _invite),
    "end_post": Form(BY_FORM["end_post"], _end_post),
    "deputy": Form(BY_FORM["deputy"], _deputy),
    "case": Form(ERRANDS["desk_case_move"], _case),
    "check_in": Form(ERRANDS["desk_check_in"], _check_in, is_at_once=_tells_nobody),
    "digest": Form(ERRANDS["desk_digest_when"], _digest),
    "all_there": Form(ERRANDS["desk_check_in"], _all_there),
    "word": Form(ERRANDS["desk_word"], _word),
    "announce": Form(ERRANDS["desk_announce"], _announce),
    "walk_in": Form(ERRANDS["desk_walk_in"], _walk_in),
    "by_code": Form(ERRANDS["desk_hand_over"], _by_code),
    "to_adult": Form(ERRANDS["desk_hand_over"], _to_adult),
}


# Of pages of several centres


def _appoint(fields: Fields) -> Order | None:
    """A role, and behind it the subdistrict of which it is to be, if of one."""
    role, _, subdistrict = fields.get("post", "").partition(" ")
    return Plan((subdistrict,) if subdistrict else (), text=role) if role else None


AREA_FORMS: Mapping[str, Form] = {
    "appoint": Form(OVER_AREA["appoint"], _appoint),
    "dismiss": Form(OVER_AREA["dismiss"], _end_post),
    "promised": Form(OVER_AREA["promised"], _answer),
}

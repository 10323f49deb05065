"""A dialogue never dead-ends: every kind of message in every state of a conversation has a way on."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeAlias

import pytest
import pytest_asyncio

from bot.clock import fixed_clock
from bot.ids import new_id
from bot.linli import Linli, Reply
from handlers import callbacks
from handlers.directory_load import load_directory
from handlers.message import Location, Message
from messages.geo import Datum
from messages.views import VIEWS
from messages.views_cases import StaffCaseView
from messages.views_digest import DigestView
from messages.views_staff import StaffView
from messages.views_topics import TopicView
from messages.words import words
from storage import scratch
from storage.statements import statement
from tests.engines import opened
from tests.sample import NOW, PREFIX, Sample, linli_over, settings_for
from tests.walk import MORE_STATES, OTHER_INPUTS, STATES

pytestmark = pytest.mark.asyncio(loop_scope="module")
# Of millions of lines nearly all were counted elsewhere.
often = pytest.mark.no_cover

SHARED = Location(24.907, 118.602, Datum.WGS84)
MOST_CHOICES = 3
# A list that asks which of some places is meant shows all of them.
LISTS = frozenset({"AskHowOld", "AskRelation", "AskWhichCentre", "AskWhomToErase", "RatingAsked"})
# What is asked in words needs no choice beside it.
QUESTIONS = frozenset({"AskHowOld", "AskWhere", "AskWhichCentre", "AskWhichService"})
# Where Linli could not help, a number to call stands in the answer itself.
FAILURES = frozenset(
    (
        "ChoiceGone",
        "NoBookings",
        "NoCallback",
        "NoCase",
        "NotBookable",
        "NoReceipt",
        "LinkRefused",
        "NothingFound",
        "NothingToRepeat",
        "NotReadable",
        "NotUnderstood",
        "OutOfScope",
        "PhotoRefused",
        "StayedCalm",
        "StaffCodeRefused",
        "WentWrong",
    )
)
PHONE = "12345"
# Each call-back has its own number, each booking its own code, and places become fewer.
OWN = re.compile(
    r"[0-9A-Z]{4}-[0-9A-Z]{4}|第\d+条（[^）]*）(?:：\w{12})?|[GH]-\d+"
    r"|签到码：?\w{4}|还剩\d+个|（\w{4}）|班 \w{4}"
)
# Said by a failure of ours, by staff's command, or by no wish at all; and to or by staff.
NOT_BY_WORDS = frozenset({"Busy", "WentWrong", "ConversationMoved", "StaffAnswered", "AskWhichService"})
STAFF_VIEWS = (StaffView, StaffCaseView, DigestView, TopicView)
TO_STAFF = {each.__name__ for views in STAFF_VIEWS for each in views.__args__}
TO_STAFF |= {"FamiliesToCall", "DesertsShown", "RatingsSeen", "StarsRanked"}
TO_STAFF -= {"StaffCodeRefused", "TopicFixedTold"}
# Said of Linli's own accord, or only after it was, after a camp, or to who talks in two chats.
NEWS = frozenset(
    (
        "AnnouncementTold",
        "ArrivalAsked",
        "ArrivalNoted",
        "ChildFetched",
        "CaseClosedQuietly",
        "CaseTold",
        "ChildMissed",
        "EntryClosed",
        "CertificatesReady",
        "NotFetched",
        "LinkAsked",
        "LinkProposed",
        "LinkWaits",
        "Linked",
        "LotDrawn",
        "MissNoted",
        "NotServed",
        "NumberNoted",
        "OfferOver",
        "PhotoRemoved",
        "PhotoTaken",
        "RatingPhotosListed",
        "PlaceOffered",
        "Reminded",
        "SessionCalledOff",
        "SessionMoved",
        "SessionsChanged",
        "TopicFixedTold",
        "UnlinkProposed",
        "Unlinked",
        "VerdictAsked",
    )
)

# Everybody on the walk books the same, and must find the same.
ROOM_FOR_ALL = statement("test.room_for_all", "UPDATE activity SET places = 1000000")

WORDS_FOR_A_PERSON = {"zh": "转人工", "en": "talk to a real person please"}


def inputs() -> tuple[str, ...]:
    examples = [
        sentence
        for language in ("zh", "en")
        for sentences in words(language, "examples").values()
        for sentence in sentences[:2]
    ]
    return tuple(dict.fromkeys([*examples, *(said for listed in OTHER_INPUTS.values() for said in listed)]))


def dead_ends(reply: Reply) -> list[str]:
    """Why nobody could go on from this answer; nothing when all is well."""
    text, choices = reply.rendered.text, reply.rendered.choices
    found = []
    if reply.number == 0:
        found.append("it failed")
    if not text.strip():
        found.append("it says nothing")
    if not choices and reply.view not in QUESTIONS:
        found.append("neither a choice nor a question")
    if reply.view in QUESTIONS and not {"?", "？"}.intersection(text):
        found.append("a question without its mark")
    if len(choices) > MOST_CHOICES and reply.view not in LISTS:
        found.append(f"{len(choices)} choices")
    if len({choice.label for choice in choices}) < len(choices):
        found.append("two choices read alike")
    if reply.view in FAILURES and PHONE not in text:
        found.append("a failure without a phone number")
    return found


@dataclass(frozen=True, slots=True)
class Resident:
    """One conversation with Linli."""

    linli: Linli
    address: str

    async def say(self, text: str, location: Location | None = None) -> Reply:
        return await self.linli.hear(Message("web", self.address, str(new_id()), text, location))

    async def say_all(self, texts: Iterable[str]) -> None:
        for text in texts:
            await self.say(text)


Again: TypeAlias = Callable[[], Awaitable[Resident]]


@dataclass(frozen=True, slots=True)
class Street:
    """Where residents come from, each with a conversation of its own."""

    linli: Linli
    numbers: "count[int]"

    async def resident(self, before: Sequence[str]) -> Resident:
        """Somebody who said all that `before`."""
        somebody = Resident(self.linli, f"resident {next(self.numbers)}")
        await somebody.say_all(before)
        return somebody

    @asynccontextmanager
    async def remembered(self, before: Sequence[str]) -> AsyncIterator[Again]:
        """Brings back the moment in which somebody had said all that `before`, as often as one likes; who had
        said nothing is somebody else each time, since Linli has the ids of conversations in its head."""
        somebody = await self.resident(before)
        moment = await scratch.clone(self.linli.database)
        then, now = moment.sqlite, self.linli.database.sqlite
        assert then is not None
        assert now is not None

        async def again() -> Resident:
            await then.copy_into(now)
            return somebody if before else await self.resident(())

        try:
            yield again
        finally:
            await moment.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """Linli over the sample in memory, finding by words alone."""
    folder = tmp_path_factory.mktemp("dead-ends")
    url = sample.copy_to(folder / "linli.db")
    async with opened(url) as source:
        await source.write(lambda tx: tx.run(ROOM_FOR_ALL))
        directory = await load_directory(source, sample_prefix=PREFIX)
        linli = linli_over(source, replace(sample, directory=directory), settings_for(url, folder))
        await linli.embed_directory()
        database = await scratch.template_of(source)
        yield Street(linli.over(database, fixed_clock(NOW)), count())
        await database.close()


@often
@pytest.mark.parametrize("state", STATES)
async def test_whatever_is_said_there_is_a_way_on(state: str, street: Street) -> None:
    found = []
    async with street.remembered(STATES[state]) as again:
        everything: list[str | Location] = [*inputs(), SHARED]
        for said in everything:
            found += [f"{said!r}: {why}" for why in await dead_ends_after(said, await again())]
    assert not found, "\n\n".join(found)


async def dead_ends_after(said: str | Location, somebody: Resident) -> list[str]:
    """Those of the answer, of its last choice, and of the wish for a person after that."""
    reply = await (somebody.say(said) if isinstance(said, str) else somebody.say("", said))
    found = [f"{reply.view}: {why}\n{reply.rendered.text}" for why in dead_ends(reply)]
    if reply.rendered.choices:
        taken = await somebody.say(str(len(reply.rendered.choices)))
        found += [f"its last choice: {taken.view}: {why}" for why in dead_ends(taken)]
        if taken.view == "ChoiceGone":
            found.append(f"{reply.view}: its last choice cannot be taken by number")
    person = await somebody.say(WORDS_FOR_A_PERSON[reply.rendered.language])
    if person.view != "HumanOffered":
        found.append(f"{reply.view}: no person afterwards but {person.view}")
    return found


@often
@pytest.mark.parametrize("state", [state for state, before in (STATES | MORE_STATES).items() if before])
async def test_numbers_labels_and_buttons_take_the_same_choice(state: str, street: Street) -> None:
    before = (STATES | MORE_STATES)[state]
    async with street.remembered(before[:-1]) as again:
        last = await (await again()).say(before[-1])
        assert last.rendered.choices or last.view in QUESTIONS
        assert dead_ends(last) == []
        for number in range(1, len(last.rendered.choices) + 1):
            taken = [
                await taken_by(how, number, before[-1], await again())
                for how in ("button", "number", "label")
            ]
            assert "ChoiceGone" not in {view for view, _ in taken}, number
            assert taken[1:] == taken[:1] * 2, number


async def taken_by(how: str, number: int, said: str, somebody: Resident) -> tuple[str, str]:
    """What a choice of the answer brings, without what differs from one time to the next."""
    choice = (await somebody.say(said)).rendered.choices[number - 1]
    reply = await somebody.say({"button": choice.say, "number": str(number), "label": choice.label}[how])
    return reply.view, OWN.sub("*", reply.rendered.text)


async def test_a_number_beyond_the_choices_says_so_and_goes_on(street: Street) -> None:
    somebody = await street.resident(("你好",))
    reply = await somebody.say("4")
    assert reply.view == "ChoiceGone"
    assert len(reply.rendered.choices) == MOST_CHOICES
    assert (await somebody.say("1")).view == "AskWhere"


async def test_every_answer_that_words_can_bring_was_met_on_the_walk(street: Street) -> None:
    met = set()
    for before in (STATES | MORE_STATES).values():
        if before:
            met.add((await (await street.resident(before[:-1])).say(before[-1])).view)
    met.add((await (await street.resident(())).say("", SHARED)).view)
    assert met == set(VIEWS) - NOT_BY_WORDS - TO_STAFF - NEWS


@often
@pytest.mark.parametrize("said", inputs())
async def test_there_is_a_way_on_after_staff_answered(said: str, street: Street) -> None:
    somebody = await street.resident(("东湖社区邻里中心",))
    promised = await somebody.say("/callback")
    [waiting] = [
        each
        for each in await callbacks.waiting(street.linli.database, NOW)
        if each.callback.code in promised.rendered.text
    ]
    await callbacks.answer(
        street.linli.database, waiting.callback.code, "可以来", by="小林", now=NOW, new_id=str(new_id())
    )
    assert not dead_ends(await somebody.say(said))
    assert (await somebody.say("/human")).view == "HumanOffered"


async def test_dead_ends_are_noticed(street: Street) -> None:
    """The control: answers nobody could go on from."""
    somebody = await street.resident(())
    good = await somebody.say("😀")
    assert not dead_ends(good)
    mute = replace(good, number=0, rendered=replace(good.rendered, text=" ", choices=()))
    assert dead_ends(mute) == [
        "it failed",
        "it says nothing",
        "neither a choice nor a question",
        "a failure without a phone number",
    ]
    [choice, *_] = good.rendered.choices
    crowded = replace(good, view="AskWhere", rendered=replace(good.rendered, text="!", choices=(choice,) * 4))
    assert dead_ends(crowded) == ["a question without its mark", "4 choices", "two choices read alike"]

"""What many complain of, over several centres: the chat's topics with their centres and weeks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.cards import short_name
from handlers.desk_cases import WAITS
from handlers.desk_site import Area
from handlers.topics import CENTRES, LEAST
from storage import topics
from storage.topics import InTopic, Topic


@dataclass(frozen=True, slots=True)
class OneTopic:
    """`centres` with how many cases each, the most first; `weeks` with how many came in each, by their
    Mondays; `waits` for an answer. `example`: what one of the residents wrote, None where they are fewer than
    a topic takes, or it was erased."""

    code: str
    since: date
    cases: tuple[InTopic, ...]
    centres: tuple[tuple[str, int], ...]
    weeks: tuple[tuple[date, int], ...]
    waits: int
    residents: int
    example: str | None


@dataclass(frozen=True, slots=True)
class Topics:
    """Those with most cases first; a topic takes so many residents and centres."""

    topics: tuple[OneTopic, ...]
    least: int
    centres: int


async def show(area: Area, _: Mapping[str, str]) -> Topics:
    tx = area.scene.tx
    cases: dict[str, list[InTopic]] = {}
    for each in await topics.cases_of_open(tx):
        cases.setdefault(each.topic_id, []).append(each)
    said = await topics.words_of_open(tx)
    listed = [_one(each, cases.get(each.id, []), said, area) for each in await topics.open_ones(tx)]
    return Topics(tuple(listed), LEAST, CENTRES)


def _one(topic: Topic, cases: Sequence[InTopic], said: Mapping[str, str], area: Area) -> OneTopic:
    zone, centres = area.world.now.tzinfo, area.world.directory.centres
    days = [each.opened_at.astimezone(zone).date() for each in cases]
    named = Counter(
        short_name(centres[each.centre_id]) if each.centre_id in centres else each.centre_id for each in cases
    )
    return OneTopic(
        topic.code,
        topic.opened_at.astimezone(zone).date(),
        tuple(cases),
        tuple(named.most_common()),
        tuple(sorted(Counter(day - timedelta(days=day.weekday()) for day in days).items())),
        sum(each.state in WAITS for each in cases),
        topic.residents,
        said.get(topic.id) if topic.residents >= LEAST else None,
    )

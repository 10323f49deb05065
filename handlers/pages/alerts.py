"""What at a centre cannot wait for the evening, each in one line with where it is seen to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.views_staff import DeskSession

# Of a session that begins so soon fewer than one of so many places are taken.
SOON = timedelta(hours=1)
ONE_OF = 3


@dataclass(frozen=True, slots=True)
class Alert:
    """`what` is 'few' or 'over' (a session, with `count` people), 'unfetched', 'due', 'calls' or 'callbacks'
    (so many of them). `where` is the page without the centre's address."""

    what: str
    count: int
    where: str
    name: str = ""
    at: datetime | None = None
    places: int = 0


def of_sessions(held: Iterable[DeskSession], now: datetime) -> list[Alert]:
    """Sessions that soon begin with few people, or to which more may come than it has places."""
    found = []
    for one in held:
        where, taken = f"session?session={one.id}", one.taken + one.offered
        if taken > one.places and now < one.ends_at:
            found.append(Alert("over", taken, where, one.name, one.starts_at, one.places))
        elif now < one.starts_at <= now + SOON and one.taken * ONE_OF < one.places:
            found.append(Alert("few", one.taken, where, one.name, one.starts_at, one.places))
    return found


def of_counts(**counted: int | None) -> list[Alert]:
    """Of what is counted, by its name; of nothing, and of what is not for this post, there is none."""
    return [Alert(what, count, WHERE[what]) for what, count in counted.items() if count]


WHERE = {"unfetched": "fetch", "due": "cases", "calls": "reach", "callbacks": "reach"}

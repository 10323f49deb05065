"""What hangs on the walls of a centre: its own poster, one that asks how it was, one for each activity."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from handlers.snapshot import Directory
from handlers.starts import payload_of_activity, payload_of_centre, payload_of_door
from messages.directory import Activity, Centre
from messages.poster import Code, Poster


@dataclass(frozen=True, slots=True)
class Hung:
    """A poster before its codes: `name` is that of its file, `kind` 'centre', 'rating' or 'activity', and
    `payload` what its codes open the chat with. `is_lasting`: it may have a code that is never taken back,
    of which WeChat gives an account a hundred thousand."""

    name: str
    kind: str
    payload: str
    centre: Centre
    activity: Activity | None = None

    @property
    def is_lasting(self) -> bool:
        return self.activity is None


def hung_at(centre: Centre, directory: Directory, today: date) -> tuple[Hung, ...]:
    """All of a centre, activities that are over left out."""
    return tuple(_hung(centre, directory, today))


def _hung(centre: Centre, directory: Directory, today: date) -> Iterator[Hung]:
    yield Hung(centre.id, "centre", payload_of_centre(centre.id), centre)
    yield Hung(f"{centre.id}-rating", "rating", payload_of_door(centre.id), centre)
    for activity in directory.activities_of.get(centre.id, ()):
        if activity.ends_on >= today:
            yield Hung(activity.id, "activity", payload_of_activity(activity.id), centre, activity)


def poster_of(hung: Hung, codes: tuple[Code, ...], help_line: str, *, is_sample: bool) -> Poster:
    centre, activity = hung.centre, hung.activity
    below = {
        "address": centre.address,
        "hours": centre.hours_text,
        "phone": centre.phone,
        "help_line": help_line,
    }
    if activity is None:
        return Poster(hung.kind, centre.name, codes, {}, below, is_sample=is_sample)
    above = {
        "times": activity.time_text,
        "whom": activity.audience,
        "fee": activity.fee,
        "room": activity.room,
    }
    dates = (activity.starts_on, activity.ends_on)
    below = {"centre": centre.name, **below}
    return Poster(hung.kind, activity.name, codes, above, below, dates, is_sample)

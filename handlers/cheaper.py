"""Less dear: the nearest service of the kind that costs less than what was named or just shown."""

from handlers.asks import Ask, Dialogue
from handlers.export_words import prices
from handlers.homes import LOOKS, homes_in
from handlers.snapshot import Directory
from handlers.suits import age_in
from handlers.things import named_in
from messages.directory import Service
from messages.understand.understand import Understanding

# What costs "at most ten" costs less than this much more.
A_CENT = 0.01


def base_price(fee: str | None) -> float | None:
    """What it costs in general, whatever some ages pay."""
    return next((price.amount for price in prices(fee)[:1]), None)


def cheaper_in(meant: Understanding, dialogue: Dialogue, directory: Directory) -> Ask | None:
    """A service of the kind that was named or shown, for less, near where the resident lives or looks."""
    on, shown = meant.on, _shown(dialogue, directory)
    if not (on.cheaper or on.less_than is not None or on.at_most is not None) or on.free_one:
        return None
    if on.less_than is None and on.at_most is None and _asks_a_discount(meant):
        return None
    places = homes_in(meant)
    names = named_in(meant).services
    most = None if on.at_most is None else on.at_most + A_CENT
    below = min((amount for amount in (on.less_than, most) if amount is not None), default=None)
    if not names and below is not None and places.tried:
        names = _costing(below, places.tried, directory)
    if not names and shown:
        names = (shown.name,)
    if below is None and shown and shown.name in names:
        below = base_price(shown.fee)
    if below is None or not any(_has_price(name, directory) for name in names):
        return None
    last = dialogue.last
    centres = places.home or (last.centres if last and not dialogue.near else ())
    if not centres and shown and not (dialogue.near and dialogue.near.name is None):
        centres = (shown.centre_id,)
    return Ask(
        "find_service",
        services=names,
        centres=centres[:1],
        around=True,
        nearest=True,
        facets=("price",),
        below=below,
    )


def _asks_a_discount(meant: Understanding) -> bool:
    """Whether it is asked if somebody of an age pays less here: 'my father is 84, is it less?'"""
    return age_in(meant) is not None and meant.cues.isdisjoint(LOOKS)


def _shown(dialogue: Dialogue, directory: Directory) -> Service | None:
    """The service on the last card."""
    focus = dialogue.focus
    if not focus or not focus.services or not focus.centres:
        return None
    offered = directory.services_of.get(focus.centres[0], ())
    return next((service for service in offered if service.name == focus.services[0]), None)


def _costing(amount: float, centres: tuple[str, ...], directory: Directory) -> tuple[str, ...]:
    """What costs so much there: somebody tells what they paid, and not what for."""
    offered = (service for centre in centres for service in directory.services_of.get(centre, ()))
    return tuple(service.name for service in offered if base_price(service.fee) == amount)


def _has_price(name: str, directory: Directory) -> bool:
    return any(base_price(service.fee) for service in directory.named.get(name, ()))

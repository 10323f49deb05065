"""Small talk, help, people to turn to, and honest answers when Linli cannot help."""

from collections.abc import Collection
from dataclasses import replace

from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name, opening_of
from handlers.danger import TO_A_PERSON
from handlers.find import example_place
from handlers.world import Outcome, World, suggestions
from messages.directory import Centre, Service
from messages.view_parts import Choice
from messages.views import Greeted, HelpShown, NothingFound, PlaceNoted, Thanked
from messages.views_people import EmergencyShown, HumanOffered, StayedCalm
from messages.views_unable import ChoiceGone, NothingToRepeat, NotReadable, NotUnderstood, OutOfScope
from messages.words import words


def greet(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    return Outcome(Greeted(suggestions(dialogue.language)), dialogue)


def show_help(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    return Outcome(HelpShown(example_place(world), suggestions(dialogue.language)), dialogue)


def thank(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    return Outcome(Thanked(suggestions(dialogue.language)), dialogue.answered)


def human(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """The phone of the centre that was spoken of, whether somebody is there now, the help line, and
    always a call-back."""
    centre = spoken_of(ask, dialogue, world)
    phone = centre.phone if centre else None
    is_complaint = ask.kind == "complaint"
    about = " complaint" if is_complaint else ""
    about_it = (Choice("@centre", f"/centre {centre.id}"),) if centre else ()
    if centre and is_complaint and (service := service_named(centre.id, ask.services, world)):
        about_it = (Choice("@rate_it", f"/rate {service.id}"),)
    here = f" {centre.id}" if centre else ""
    last = Choice("@complain", f"/complain complaint{here}") if is_complaint else Choice("@help", "/help")
    view = HumanOffered(
        centre=centre_name(centre) if centre else None,
        phone=phone,
        phone_is_sample=world.directory.is_sample(phone),
        opening=opening_of(centre.hours_text, centre, None, world) if centre else None,
        help_line=world.policy.help_line,
        choices=(Choice("@callback", f"/callback{about}"), *about_it, last),
        is_complaint=is_complaint,
    )
    return Outcome(view, dialogue.answered)


def stay_calm(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """The question that waits keeps waiting: one hot word ends no conversation."""
    centre = spoken_of(ask, dialogue, world)
    phone = centre.phone if centre else None
    view = StayedCalm(
        centre=centre_name(centre) if centre else None,
        phone=phone,
        phone_is_sample=world.directory.is_sample(phone),
        help_line=world.policy.help_line,
        choices=(Choice("@callback", "/callback complaint"), Choice("@human", "/human")),
    )
    return Outcome(view, dialogue)


def spoken_of(ask: Ask, dialogue: Dialogue, world: World) -> Centre | None:
    """The centre that is named now, else the one the last answer was about."""
    last = dialogue.last
    ids = ask.centres or (last.centres if last else ())
    return world.directory.centres.get(ids[0]) if ids else None


def service_named(centre_id: str, names: Collection[str], world: World) -> Service | None:
    """The service that was named, where the centre has it."""
    offered = world.directory.services_of.get(centre_id, ())
    return next((service for service in offered if service.name in names), None)


def emergency(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    return Outcome(EmergencyShown(ask.kind or "medical", (Choice("@human", TO_A_PERSON),)), dialogue)


def out_of_scope(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """Why not: another's data, another district, what no centre has (one was named), or anything else."""
    centre = world.directory.centres[ask.centres[0]] if ask.centres else None
    settles = _where_quarrels_are_settled(centre, world) if centre and ask.kind == "harm" else None
    there = (Choice(settles.name, f"/service {settles.id}"),) if settles else ()
    view = OutOfScope(
        world.policy.help_line,
        (*there, *suggestions(dialogue.language))[:3],
        why=ask.kind,
        centre=centre_name(centre) if centre and ask.kind is None else None,
        settles=settles.name if settles else None,
    )
    return Outcome(view, dialogue.answered)


def _where_quarrels_are_settled(centre: Centre, world: World) -> Service | None:
    told_by: list[str] = words("zh", "phrases")["settles"]  # names of the directory are Chinese
    offered = world.directory.services_of.get(centre.id, ())
    return next((service for service in offered if any(word in service.name for word in told_by)), None)


def not_understood(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """The question that waits keeps waiting; the resident may say it in other words."""
    if ask.centres and ask.said:
        centre = world.directory.centres[ask.centres[0]]
        choices = (Choice("@services", f"/services {centre.id}"), Choice("@human", "/human"))
        view = NothingFound(ask.said, centre_name(centre), world.policy.help_line, choices)
        return Outcome(view, replace(dialogue, last=ask))
    asked = dialogue.choices if dialogue.wants else ()  # what is still asked can be answered
    return Outcome(NotUnderstood(world.policy.help_line, asked or suggestions(dialogue.language)), dialogue)


def choice_gone(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    return Outcome(ChoiceGone(world.policy.help_line, suggestions(dialogue.language)), dialogue)


def set_language(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    kept = replace(dialogue, language=ask.kind or dialogue.language)
    return Outcome(Greeted(suggestions(kept.language)), kept)


def not_readable(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    return Outcome(
        NotReadable(ask.kind or "empty", world.policy.help_line, suggestions(dialogue.language)), dialogue
    )


def nothing_to_repeat(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    return Outcome(NothingToRepeat(world.policy.help_line, suggestions(dialogue.language)), dialogue)


def place_noted(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    name = dialogue.near.name if dialogue.near else None
    return Outcome(PlaceNoted(name, suggestions(dialogue.language)), dialogue)

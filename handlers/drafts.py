"""What waits for a yes: the actions, and what a yes or a no does. Nothing is done without one."""

from collections.abc import Awaitable, Callable, Mapping

from handlers import booking, booking_own, children, desk, desk_topics, links, my_cases, privacy, unlinking
from handlers.asks import Ask, Dialogue, Draft
from handlers.talk import choice_gone
from handlers.world import Outcome, Scene, World

Confirm = Callable[[Draft, Dialogue, World, Scene], Awaitable[Outcome]]

ACTIONS: Mapping[str, Confirm] = {
    booking.BOOK: booking.confirm,
    booking_own.CANCEL: booking_own.confirm_cancel,
    booking_own.CHANGE: booking_own.confirm_change,
    children.CONSENT: children.agree,
    privacy.ERASE: privacy.confirm_erase,
    privacy.WITHDRAW: privacy.confirm_withdraw,
    my_cases.CASE_WORDS: my_cases.send_words,
    desk_topics.FIX_TOPIC: desk_topics.confirm,
    links.LINK: links.want,
    links.LINK_AGREE: links.agree,
    unlinking.UNLINK: unlinking.confirm,
    **desk.ACTIONS,
}


async def say_yes(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Do what the newest card said. A yes to an older card does nothing, and says so."""
    draft = dialogue.draft
    if draft is None or ask.kind != draft.token or draft.action not in ACTIONS:
        return choice_gone(ask, dialogue, world)
    return await ACTIONS[draft.action](draft, dialogue, world, scene)


def say_no(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    return booking_own.do_nothing(dialogue)

"""What staff do from the chat: every act is read back first, and can be taken back for a while."""

from handlers.asks import Ask, Dialogue
from handlers.staff import welcome
from handlers.talk import choice_gone
from handlers.world import Outcome, Scene, World


async def show_desk(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What somebody may do here."""
    if scene.post is None:
        return choice_gone(ask, dialogue, world)
    return Outcome(welcome(scene.post, world), dialogue)

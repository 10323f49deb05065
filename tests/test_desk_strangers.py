"""What staff order is nobody else's: every act of the desk, from a conversation without a post."""

import pytest

from bot.ids import new_id
from bot.linli import Linli, staff_codes
from handlers.asks import Ask, Dialogue
from handlers.intents import INTENTS
from handlers.permissions import Role
from handlers.world import Outcome, Scene
from storage import conversations
from storage.staff import Post
from storage.transaction import Transaction
from tests.desk import CENTRE, House
from tests.sample import rows_of

# The stars of a centre are everybody's.
ORDERS = sorted(name for name in INTENTS if name.startswith("desk_") and name != "desk_stars")


MANAGER = Post("S-0001", Role.CENTRE_MANAGER.value, CENTRE)


async def ordered(name: str, linli: Linli, post: Post | None) -> str:
    """The view that an order gets, brought by a conversation with this post."""
    await House(linli).say("你好", "lin")

    async def work(tx: Transaction) -> Outcome:
        act, talk = INTENTS[name].act, await conversations.find(tx, "web", "lin")
        assert act is not None
        assert talk is not None
        hash_of = staff_codes(linli.settings).hash_of
        scene = Scene(tx, talk.id, "web", "", new_id, linli.safe, hash_of, post)
        ask = Ask(name, centres=(CENTRE,), case="Z-1", said="H-1")
        return await act(ask, Dialogue(), linli.world(linli.clock()), scene)

    return type((await linli.database.write(work)).view).__name__


@pytest.mark.parametrize("name", ORDERS)
async def test_an_order_of_staff_is_nothing_from_a_resident(name: str, sqlite_linli: Linli) -> None:
    before = await rows_of(sqlite_linli.database, "audit")
    assert await ordered(name, sqlite_linli, None) == "ChoiceGone"
    assert await rows_of(sqlite_linli.database, "audit") == before


@pytest.mark.parametrize("name", ["desk_help", "desk_cases", "desk_roster", "desk_close"])
async def test_the_same_order_is_something_from_a_manager(name: str, sqlite_linli: Linli) -> None:
    """The control: nothing else of what is brought makes it nothing."""
    assert await ordered(name, sqlite_linli, MANAGER) != "ChoiceGone"

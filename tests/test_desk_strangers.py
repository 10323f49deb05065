"""What staff order is nobody else's: every act of the desk, from a conversation without a post."""

import pytest

from bot.ids import new_id
from bot.linli import Linli, staff_codes
from handlers.asks import Ask, Dialogue
from handlers.intents import INTENTS
from handlers.world import Outcome, Scene
from storage import conversations
from storage.transaction import Transaction
from tests.desk import CENTRE, House
from tests.sample import rows_of

# The stars of a centre are everybody's.
ORDERS = sorted(name for name in INTENTS if name.startswith("desk_") and name != "desk_stars")


async def scene_of(linli: Linli, tx: Transaction) -> Scene:
    talk = await conversations.find(tx, "web", "lin")
    assert talk is not None
    hash_of = staff_codes(linli.settings).hash_of
    return Scene(tx, talk.id, "web", "", new_id, linli.safe, hash_of, None)


@pytest.mark.parametrize("name", ORDERS)
async def test_an_order_of_staff_is_nothing_from_a_resident(name: str, sqlite_linli: Linli) -> None:
    linli = sqlite_linli
    await House(linli).say("你好", "lin")

    async def work(tx: Transaction) -> Outcome:
        act = INTENTS[name].act
        assert act is not None
        ask = Ask(name, centres=(CENTRE,), case="Z-1", said="H-1")
        return await act(ask, Dialogue(), linli.world(linli.clock()), await scene_of(linli, tx))

    before = await rows_of(linli.database, "audit")
    outcome = await linli.database.write(work)
    assert type(outcome.view).__name__ == "ChoiceGone"
    assert await rows_of(linli.database, "audit") == before

"""Every page of the desk, with what it asks for, for tests and benchmarks that go round all of them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.linli import Linli
from bot.web.desk.table import CELLARS, HALLS, ROOMS
from handlers.permissions import Act, Role
from storage.statements import statement
from tests.clerk import Clerk, at_the_desk, desk_site
from tests.desk import CENTRE, House
from tests.web_visitor import Site

PEOPLE = {"mei": Role.CENTRE_MANAGER, "sun": Role.DISTRICT, "op": Role.OPERATOR}
BUSY = statement(
    "test.busy",
    "SELECT id FROM session WHERE centre_id = :centre_id ORDER BY taken DESC, held_on DESC, id LIMIT 1",
)
CASE = statement("test.case", "SELECT code FROM case_file WHERE centre_id = :centre_id ORDER BY code LIMIT 1")


async def addresses(linli: Linli) -> list[tuple[str, str]]:
    """Who opens which page. Names of record are of classes that need them, and left out."""
    async with linli.database.read() as tx:
        session = await tx.value(BUSY, {"centre_id": CENTRE})
        case = await tx.value(CASE, {"centre_id": CENTRE})
    about = f"?session={session}&code={case}"
    rooms = [f"/desk/centre/{CENTRE}/{room.name}{about}" for room in ROOMS if room.act is not Act.NAMES]
    return [
        *(("mei", each) for each in rooms),
        *(("sun", f"/desk/area/{hall.name}") for hall in HALLS),
        ("sun", "/desk/area/compare?a=FZ002&b=FZ004&c=FZ006"),
        *(("op", f"/desk/machine/{cellar.name}") for cellar in CELLARS),
    ]


@asynccontextmanager
async def staffed(linli: Linli, site: Site | None = None) -> AsyncIterator[dict[str, Clerk]]:
    """One of each role, signed in."""
    house, site = House(linli), site or desk_site(linli)
    async with AsyncExitStack() as stack:
        clerks = {}
        for who, role in PEOPLE.items():
            await house.join(who, role, CENTRE if role is Role.CENTRE_MANAGER else None)
            clerks[who] = await stack.enter_async_context(at_the_desk(house, who, site))
        yield clerks

"""Service deserts for tests: a small map, and wishes written down as residents' turns would."""

from datetime import date

from bot.linli import Linli
from handlers.deserts import monday_of
from messages.desert_map import DesertMap, Dot
from messages.view_parts import CentreName
from messages.views_deserts import DesertLine, DesertPlace
from storage import wishes

TODAY = date(2026, 11, 25)
HERE = CentreName("FZ002", "东湖社区", "东湖街道", "open")
THERE = CentreName("FZ030", "环山社区", "清源街道", "open")
LINES = (
    DesertLine("游泳", 14, (DesertPlace(HERE, 8, None), DesertPlace(THERE, 4, None)), 2),
    DesertLine("@elder", 8, (DesertPlace(HERE, 8, 1200),), 0),
    DesertLine("宠物", 4, (), 4),
)
DOTS = (
    Dot("FZ002", "东湖街道", 24.9100, 118.6100, True),
    Dot("FZ003", "东湖街道", 24.9150, 118.6130, False),
    Dot("FZ030", "清源街道", 24.9300, 118.5800, True),
    Dot("FZ085", "东海街道", 24.8700, 118.6600, True),
)
MAP = DesertMap(None, date(2026, 9, 7), TODAY, DOTS, LINES, 3, 1000)


async def wished(linli: Linli, thing: str, centre_id: str, times: int) -> None:
    """So many wishes in the week of `linli`'s day."""
    for _ in range(times):
        step = wishes.note_step(thing, centre_id, monday_of(linli.clock().date()))
        assert await linli.database.chain([step])

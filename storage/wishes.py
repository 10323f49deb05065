"""Wishes for what is not there or too far: counted by thing, nearest centre and week, without who wished."""

from dataclasses import dataclass
from datetime import date

from storage.statements import load_queries
from storage.transaction import Step, Transaction

SQL = load_queries("wishes")


@dataclass(frozen=True, slots=True)
class Wished:
    """How many `times` a thing was wished for near a centre."""

    thing: str
    near_centre_id: str
    times: int


def note_step(thing: str, near_centre_id: str, week_on: date) -> Step:
    """One more time in the week of that Monday, as a step of the turn in which it was wished for."""
    return SQL["note"], {"thing": thing, "near_centre_id": near_centre_id, "week_on": week_on}


async def since(tx: Transaction, since_on: date) -> list[Wished]:
    """All weeks from that Monday on together, in the order of things and centres."""
    return await tx.records(Wished, SQL["since"], {"since_on": since_on})

"""Finds cases that have one thing behind them, across centres, for the district to put right once.

Two complaints are alike when they mean nearly the same: the cosine of their sentence vectors. A case joins
those to which it is alike on average by ALIKE or more; else it waits for others. So many as LEAST, of more
than one centre and of as many residents, are a topic. ALIKE is chosen by tests/data/complaints.yaml
(tests/test_topics.py counts what it puts together there).

Without sentence vectors no topic is found; nothing else depends on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from messages.understand.vectors import Vector
from storage.topics import Told

ALIKE = 0.91
LEAST, CENTRES = 3, 2
# Older complaints have other reasons.
WITHIN = timedelta(days=60)


@dataclass(slots=True)
class Group:
    """Cases that are alike; `topic_id` where they are a topic already."""

    topic_id: str | None = None
    old: list[Told] = field(default_factory=list)
    new: list[Told] = field(default_factory=list)

    def likeness(self, to: Vector, vectors: Mapping[str, Vector]) -> float:
        """On average with those that are in it."""
        return float(np.mean([to @ vectors[each.case_id] for each in (*self.old, *self.new)]))

    @property
    def is_topic(self) -> bool:
        """Whether there are enough of them, of several centres and residents."""
        everyone = (*self.old, *self.new)
        centres = {each.centre_id for each in everyone}
        # Of who was erased nobody knows whether they were one: each counts.
        residents = {each.conversation_id or each.case_id for each in everyone}
        return len(everyone) >= LEAST and len(centres) >= CENTRES and len(residents) >= LEAST


def grouped(told: Sequence[Told], vectors: Mapping[str, Vector], alike: float = ALIKE) -> list[Group]:
    """Cases in groups, those of open topics with them; `vectors` are unit vectors by case. The order of
    `told` decides where one could join two groups that are equally near; pure."""
    groups: dict[str, Group] = {}
    for each in told:
        if each.topic_id:
            groups.setdefault(each.topic_id, Group(each.topic_id)).old.append(each)
    found = list(groups.values())
    for each in told:
        if each.topic_id or each.case_id not in vectors:
            continue
        near = max(found, key=lambda group: group.likeness(vectors[each.case_id], vectors), default=None)
        if near is None or near.likeness(vectors[each.case_id], vectors) < alike:
            near = Group()
            found.append(near)
        near.new.append(each)
    return found

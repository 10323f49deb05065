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

from messages.understand.vectors import DIMENSIONS, Vector
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

    @property
    def is_topic(self) -> bool:
        """Whether there are enough of them, of several centres and as many residents as cases are needed."""
        everyone = (*self.old, *self.new)
        centres = {each.centre_id for each in everyone}
        # Of those who were erased nobody knows how many they were: each of their cases counts for one.
        residents = {each.resident or each.case_id for each in everyone}
        return len(everyone) >= LEAST and len(centres) >= CENTRES and len(residents) >= LEAST


def grouped(told: Sequence[Told], vectors: Mapping[str, Vector], alike: float = ALIKE) -> list[Group]:
    """Cases in groups, those of open topics with them; `vectors` are unit vectors by case. The order of
    `told` decides where one could join two groups that are equally near; pure."""
    topics: dict[str, Group] = {}
    for each in told:
        if each.topic_id:
            topics.setdefault(each.topic_id, Group(each.topic_id)).old.append(each)
    found = list(topics.values())
    fresh = [each for each in told if not each.topic_id and each.case_id in vectors]
    # The mean of a group's vectors: its product with another is how alike that is on average.
    means = np.zeros((len(found) + len(fresh), DIMENSIONS))
    for at, group in enumerate(found):
        means[at] = np.mean([vectors[each.case_id] for each in group.old], axis=0)
    for each in fresh:
        vector = vectors[each.case_id]
        near = means[: len(found)] @ vector
        at = int(near.argmax()) if found and near.max() >= alike else len(found)
        if at == len(found):
            found.append(Group())
        known = len(found[at].old) + len(found[at].new)
        means[at] = (means[at] * known + vector) / (known + 1)
        found[at].new.append(each)
    return found

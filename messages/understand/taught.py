"""Puts together what a sentence comes nearest to and what sentences like it were examples of."""

import math

from messages.understand.intents import Ranked
from messages.understand.lexicon import Kind, Topic
from messages.understand.vectors import By, Ranking
from messages.words import words

# What one unit of log-probability weighs beside a cosine, or beside a score of shared letters.
WEIGHT = {By.MEANING: 0.008, By.WORDS: 0.4}
# How far below an even chance an example counts against a thing, in log-probability.
FLOOR = -2.0


def taught(ranking: Ranking[Topic], likely: Ranked) -> Ranking[Topic]:
    """`ranking` with what the examples say; a thing they do not know is as likely as an even chance."""
    if not ranking.matches or not likely:
        return ranking
    even = math.log(len(likely))
    machine = words("zh", "phrases")["machine"]
    says = {name: max(math.log(max(chance, 1e-9)) + even, FLOOR) for name, chance in likely}
    weight = WEIGHT[ranking.by]

    def score(topic: Topic, nearness: float) -> float:
        return nearness + weight * says.get(machine if topic[0] is Kind.KIOSK else topic[1], 0.0)

    matches = sorted(
        ((topic, score(topic, near)) for topic, near in ranking.matches), key=lambda each: -each[1]
    )
    return Ranking(tuple(matches), ranking.fit, ranking.by)

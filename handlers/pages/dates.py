"""Days as addresses and forms write them."""

from datetime import date

# What is planned or looked up lies near; what does not is a slip of the pen.
YEARS = range(2000, 2100)


def read_day(said: str) -> date | None:
    """A civil day in ISO form; None for whatever is none, or is too far away to be meant."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if day.year in YEARS else None

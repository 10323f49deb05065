"""The code by which staff name a resident's device: ten digits, short for its address on the page."""

import re

ADDRESSES = 16**32
"""A session's address is 32 hexadecimal digits, spread evenly."""
CODES = 10**10

_WRITTEN = re.compile(r"[0-9]{10}")
_BETWEEN = re.compile(r"[\s.·-]+")


def device_code(address: str) -> str:
    """The code of a session's address, as it is shown: `482-109-3755`. It opens nothing by itself."""
    digits = f"{int(address, 16) * CODES // ADDRESSES:010}"
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def addresses_of(code: str) -> tuple[str, str] | None:
    """The first address that has this code and the first after it; None for what is no code."""
    digits = _BETWEEN.sub("", code)
    if not _WRITTEN.fullmatch(digits):
        return None
    number = int(digits)
    return _first_of(number), _first_of(number + 1)


def _first_of(number: int) -> str:
    """`g` comes after every hexadecimal digit."""
    return f"{-(-number * ADDRESSES // CODES):032x}" if number < CODES else "g"

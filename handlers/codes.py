"""Short codes that people read out, write down and type."""

import secrets
from uuid import UUID

from messages.understand.fetch_codes import CODE_LETTERS

LETTERS = CODE_LETTERS
IN_SESSION = 4
"""One of 331,776: a session has few bookings, and one whose code is taken there gets another."""
LENGTH = 8
"""One of a hundred thousand million: nobody guesses it."""


def short_code(random: UUID) -> str:
    """The code of a booking, made of an id's random bits: `K7MW`."""
    return _letters(random.int, IN_SESSION)


def receipt_code(random: UUID) -> str:
    """A number to keep as proof, made of an id's random bits: `K7MW-4PXA`."""
    return _in_halves(_letters(random.int, LENGTH))


def secret_code() -> str:
    """A code that is worth something: no id and no other code tells anything of it."""
    return _in_halves("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))


def _letters(number: int, length: int) -> str:
    code = ""
    for _ in range(length):
        number, letter = divmod(number, len(LETTERS))
        code += LETTERS[letter]
    return code


def _in_halves(letters: str) -> str:
    return f"{letters[: LENGTH // 2]}-{letters[LENGTH // 2 :]}"

"""Keys made by the application: UUID version 7 (RFC 9562), which sort by the time they were made."""

import random
from uuid import UUID

from bot.clock import system_clock


def new_id() -> UUID:
    """48 bits of Unix milliseconds, version 7, variant, 74 random bits."""
    milliseconds = int(system_clock().timestamp() * 1000)
    value = (milliseconds & (2**48 - 1)) << 80 | random.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)

"""Keeps a process that serves for weeks from growing into holes.

asyncio reads from a socket into 256 KiB and gives back what was not needed. The first time that so large a
block is freed, glibc begins to take them from its heap (its M_MMAP_THRESHOLD moves, see mallopt(3)); the
little that is kept of what was read stands between holes then, and no next block fits into them. Over
PostgreSQL, whose every answer is read so, the heap doubled within 14,000 updates while what was in use
stayed alike. Said explicitly, the threshold stays where it began: such blocks are mapped, and given back.
"""

import ctypes
import platform

M_MMAP_THRESHOLD = -3
"""As in glibc's malloc.h."""
LARGE = 128 * 1024
"""Bytes: where glibc's threshold begins."""


def give_back_large_blocks() -> bool:
    """Once, as a process begins; whether its allocator could be told. Others than glibc's have other ways."""
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE))

"""That blocks as large as asyncio reads into are given back, in a process that begins."""

import platform
import subprocess
import sys

PROBE = """
import ctypes, platform, sys
from bot.memory import give_back_large_blocks

is_told = "told" in sys.argv and give_back_large_blocks()
if platform.libc_ver()[0] != "glibc":
    sys.exit(print(is_told))
FIELDS = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"


class Heap(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in FIELDS.split()]


libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes, libc.mallinfo2.restype = [ctypes.c_void_p], Heap
libc.free(libc.malloc(2**20))  # from here on glibc takes what is smaller from its heap
before = libc.mallinfo2().hblks
kept = libc.malloc(256 * 1024)
print(libc.mallinfo2().hblks - before == 1)
"""


def is_given_back(*words: str) -> bool:
    ran = subprocess.run([sys.executable, "-c", PROBE, *words], capture_output=True, text=True, check=True)
    return ran.stdout.strip() == "True"


def test_what_is_read_into_is_mapped_and_so_given_back() -> None:
    assert is_given_back("told") == (platform.libc_ver()[0] == "glibc")


def test_untold_it_is_not() -> None:
    """The control."""
    assert not is_given_back()

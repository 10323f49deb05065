"""Rubbish for what reads pushes: `make fuzz` plays it with atheris, tests/test_fuzz_targets.py without.

Each module named below has one TARGET (harness.py). The control has a bug on purpose, and it must be found.
"""

from importlib import import_module

from tests.fuzz.harness import Target

NAMES = ("wechat_xml", "wechat_seal", "telegram_payload", "telegram_update")
CONTROL = "planted"


def target_of(name: str) -> Target:
    """Imported when it is asked for: atheris has to be there before what it is to watch."""
    target: Target = import_module(f"tests.fuzz.{name}").TARGET
    return target

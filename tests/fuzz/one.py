"""One target under atheris: `python -m tests.fuzz.one NAME CORPUS -runs=N`, or NAME FILE for one input."""

import sys

import atheris

from tests.fuzz import target_of

WATCHED = ["bot", "defusedxml", "json", "telegram", "tests.fuzz"]
"""What is counted as covered, and so explored."""


def main() -> None:
    name, *given = sys.argv[1:]
    with atheris.instrument_imports(include=WATCHED):
        target = target_of(name)
        from bot.logs import set_up_logs  # noqa: PLC0415 - to be watched as well
    set_up_logs("critical")

    def feed(data: bytes) -> None:
        target.take(data)

    atheris.Setup([sys.argv[0], *given], feed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""The files of cases, and what must be true of those that are kept apart from the language code.

The first was written before anything could be booked; the second with the cards as they are now, after
much tuning. Nobody who works on the language code reads either.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.understanding.judge import Case, CaseError, read_case

HERE = Path(__file__).parent
KEPT_APART = (HERE / "kept_apart.jsonl", HERE / "kept_apart_second.jsonl")
EXAMPLE = HERE / "example.jsonl"

LEAST_CASES = 400
LEAST_A_SLICE = 40


def read_cases(path: Path) -> list[Case]:
    """The cases of a file. Raises CaseError naming the line, and nothing that stands in it."""
    cases = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            try:
                cases.append(read_case(line))
            except CaseError as error:
                raise CaseError(f"{path.name}, line {number}: {error}") from None
    return cases


def problems(path: Path, digest: Path | None, *, least: int, least_a_slice: int) -> list[str]:
    """What is wrong with a file of cases; nothing when it is as it was handed over and large enough."""
    found = []
    if digest is not None and digest_of(path) != expected_digest(digest):
        found.append(f"{path.name} is not what {digest.name} says")
    try:
        cases = read_cases(path)
    except CaseError as error:
        return [*found, str(error)]
    if len(cases) < least:
        found.append(f"{len(cases)} cases, {least} at least are needed")
    for name, count in sorted(Counter(case.slice for case in cases).items()):
        if count < least_a_slice:
            found.append(f"slice {name}: {count} cases, {least_a_slice} at least are needed")
    twice = sum(count > 1 for count in Counter(case.id for case in cases).values())
    if twice:
        found.append(f"{twice} ids stand for more than one case")
    return found


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def expected_digest(path: Path) -> str | None:
    """The first word of a file as sha256sum writes it; None without such a file."""
    return path.read_text("ascii").split()[0] if path.exists() else None


def hash_of(kept: Path) -> Path:
    """The file that says what a file of cases was when it was handed over."""
    return kept.with_suffix(".sha256")


def is_kept_apart(path: Path, kept: Sequence[Path] = KEPT_APART) -> bool:
    """Whether this is a file that nobody may look into, under whatever name."""
    return path.resolve() in kept or digest_of(path) in {expected_digest(hash_of(each)) for each in kept}

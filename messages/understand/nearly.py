"""Names that are nearly what was typed: one syllable is slightly wrong, doubled, or left out."""

from messages.understand.sounds import spelled

# A name so short must keep the others of its characters and sound nearly right.
SHORT = 2


def is_nearly(name: str, before: str) -> bool:
    """Whether `before` ends with what may have been meant for `name`, and not with the name itself."""
    if before.endswith(name) or len(name) < SHORT:
        return False
    said = before[-len(name) :]
    if len(said) == len(name):
        wrong = [(a, b) for a, b in zip(said, name, strict=True) if a != b]
        if len(wrong) == 1 and _sounds_nearly(*wrong[0]):
            return True
        if len(wrong) == 1 and len(name) > SHORT:
            return wrong[0][0] in name  # one of its characters twice, in place of another
    return before[-len(name) - 1 :] in _doubled(name)


def _doubled(name: str) -> set[str]:
    """The name with one of its characters twice."""
    return {name[: at + 1] + name[at:] for at in range(len(name))}


def _sounds_nearly(one: str, other: str) -> bool:
    """Whether one letter of the syllable's spelling is another, or is one more."""
    a, b = "".join(spelled(one)), "".join(spelled(other))
    if not a or not b or a[0] != b[0]:
        return False
    longer, shorter = sorted((a, b), key=len, reverse=True)
    if len(longer) == len(shorter):
        return sum(x != y for x, y in zip(longer, shorter, strict=True)) <= 1
    cuts = (longer[:at] + longer[at + 1 :] for at in range(len(longer)))
    return len(longer) == len(shorter) + 1 and shorter in cuts

"""Which centre or subdistrict a sentence means; what two places share is asked about, never guessed."""

from dataclasses import dataclass

from handlers.snapshot import Directory
from messages.understand.lexicon import Hit, Kind


@dataclass(frozen=True, slots=True)
class Places:
    """Centres by id, or one subdistrict. `unclear` when the resident has to say which is meant:
    then `centres` and `subdistrict` are the candidates."""

    centres: tuple[str, ...] = ()
    subdistrict: str | None = None
    unclear: bool = False
    said: str | None = None

    def __bool__(self) -> bool:
        return bool(self.centres or self.subdistrict)


def places_in(hits: tuple[Hit, ...], directory: Directory) -> Places:
    """The place that the hits name. A subdistrict narrows the centres named beside it."""
    centre_hits = [hit for hit in hits if hit.kind is Kind.CENTRE]
    areas = [hit for hit in hits if hit.kind is Kind.SUBDISTRICT]
    if not centre_hits:
        return Places(subdistrict=areas[0].ids[0]) if areas else Places()
    # A full name beats a stem beside it: 'the Xiamei community in Chengdong' is not about Chengdong.
    chosen = max(centre_hits, key=lambda hit: (hit.rank, -hit.start))
    same_words = next((a for a in areas if a.start == chosen.start and a.rank >= chosen.rank), None)
    centres = chosen.ids
    for area in areas:
        if area is not same_words:
            centres = tuple(i for i in centres if directory.centres[i].subdistrict in area.ids) or centres
    if same_words and not _inside(centres, same_words, directory):
        return Places(centres, same_words.ids[0], unclear=True, said=chosen.text)
    return Places(centres, None, unclear=len(centres) > 1, said=chosen.text)


def _inside(centres: tuple[str, ...], area: Hit, directory: Directory) -> bool:
    """Whether a community and a subdistrict of one name are the same neighbourhood."""
    return all(directory.centres[i].subdistrict in area.ids for i in centres)

"""Which centre or subdistrict a sentence means; what two places share is asked about, never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.snapshot import Directory
from messages.understand.lexicon import Hit, Kind
from messages.understand.terms import stem
from messages.understand.understand import Understanding


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


def places_of(meant: Understanding, directory: Directory) -> Places:
    """The place that a sentence names, or those it may mean where somebody is not sure of the name."""
    places = places_in(meant.hits, directory)
    centre_hits = [hit for hit in meant.hits if hit.kind is Kind.CENTRE]
    if meant.half:
        areas = [name for hit in meant.hits if hit.kind is Kind.SUBDISTRICT for name in hit.ids]
        return _remembered(meant.half, areas, directory) or places
    if "unsure" in meant.cues and not places.unclear:
        # One or the other: both were said, and the resident does not know which it is.
        either = tuple(dict.fromkeys(centre for hit in centre_hits for centre in hit.ids))
        if len(either) > 1 and len({hit.start for hit in centre_hits}) > 1:
            return Places(either, None, unclear=True, said=centre_hits[0].text)
    return places


def _remembered(half: tuple[str, str], areas: Sequence[str], directory: Directory) -> Places:
    """The communities, of these subdistricts if any, whose names begin and end so."""
    begins, ends = half
    names = {
        centre.id: stem(centre.community, "community")
        for centre in directory.centres.values()
        if centre.community and (not areas or centre.subdistrict in areas)
    }
    found = tuple(i for i, name in names.items() if name.startswith(begins) and name.endswith(ends))
    return Places(found, None, unclear=len(found) > 1, said=begins + ends) if found else Places()


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

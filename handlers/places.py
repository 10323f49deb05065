"""Which centre or subdistrict a sentence means; what two places share is asked about, never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from handlers.alike import sounding_alike, spelt, told_apart
from handlers.homes import homes_in
from handlers.snapshot import Directory
from messages.understand.lexicon import Hit, Kind
from messages.understand.nearly import is_nearly
from messages.understand.normalise import normalise
from messages.understand.terms import stem
from messages.understand.understand import Understanding
from messages.words import words

# So many letters in a row of an address say which of two places of one name is meant; so many at its end,
# with the number of the house, are a place by themselves.
STREET, FULL_ADDRESS = 3, 7
# More than so many that are nearly called so are too many to ask about.
MOST = 4


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
    left, said = told_apart(meant, directory)
    if left:
        return Places(left, None, unclear=len(left) > 1, said=said)
    places = _narrower(places_in(meant.hits, directory), meant, directory)
    homes = homes_in(meant)
    areas = [name for hit in meant.hits if hit.kind is Kind.SUBDISTRICT for name in hit.ids]
    if meant.half and (remembered := _remembered(meant.half, areas, directory)):
        return remembered
    if places.subdistrict and places.unclear:
        return places  # a community or the subdistrict of that name: nothing says which
    if len(homes.home) == 1 and (homes.tried or len(homes.goal) == 1):
        return Places(homes.goal or homes.home)
    centre_hits = [hit for hit in meant.hits if hit.kind is Kind.CENTRE]
    if meant.half:
        return places
    if "unsure" in meant.cues and not places.unclear:
        # One or the other: both were said, and the resident does not know which it is.
        either = tuple(dict.fromkeys(centre for hit in centre_hits for centre in hit.ids))
        if len(either) > 1 and len({hit.start for hit in centre_hits}) > 1:
            return Places(either, None, unclear=True, said=centre_hits[0].text)
    if not places and (found := spelt(meant, directory)):
        return Places(found, None, unclear=len(found) > 1)
    if len(places.centres) == 1 and not places.unclear:
        alike = sounding_alike(places.centres[0], meant, directory)
        return replace(places, centres=alike, unclear=len(alike) > 1)
    return places or _called_nearly(meant, directory)


def _called_nearly(meant: Understanding, directory: Directory) -> Places:
    """The community whose name is nearly what stands before the word for one."""
    endings = words("zh", "phrases")["name_parts"]["community"]
    said = next((at for each in endings if (at := meant.text.find(each)) > 0), None)
    if said is None:
        return Places()
    names = {c.id: stem(c.community, "community") for c in directory.centres.values() if c.community}
    found = tuple(i for i, name in names.items() if is_nearly(name, meant.text[:said]))
    return Places(found[:MOST], None, unclear=len(found) > 1) if found else Places()


def _narrower(places: Places, meant: Understanding, directory: Directory) -> Places:
    """The one of several places whose address is said; a full address is a place itself."""
    if places and not (places.unclear and places.centres):
        return places
    if not places:
        return _at_address(meant, directory)
    alike = {i: _said_of(directory.centres[i].address, meant.text) for i in places.centres}
    best = max(alike.values())
    found = tuple(i for i, length in alike.items() if length == best)
    return Places(found, None, said=places.said) if best >= STREET and len(found) == 1 else places


def _at_address(meant: Understanding, directory: Directory) -> Places:
    """The centre whose street and number are said."""
    if not any(letter.isdecimal() for letter in meant.text):
        return Places()
    found = tuple(c.id for c in directory.centres.values() if _ending(c.address) in meant.text)
    return Places(found) if len(found) == 1 else Places()


def _said_of(address: str, text: str) -> int:
    """How many letters in a row of an address stand in the text."""
    address = normalise(address)
    return SequenceMatcher(None, address, text, autojunk=False).find_longest_match().size


@lru_cache(maxsize=4096)
def _ending(address: str) -> str:
    """The street and the number, which stand at the end."""
    return normalise(address)[-FULL_ADDRESS:]


def _remembered(half: tuple[str, str], areas: Sequence[str], directory: Directory) -> Places:
    """The communities, of these subdistricts if any, whose names begin and end so."""
    begins, ends = half
    names = {
        centre.id: stem(centre.community, "community")
        for centre in directory.centres.values()
        if centre.community and (not areas or centre.subdistrict in areas)
    }
    found = tuple(i for i, name in names.items() if name.startswith(begins) and name.endswith(ends))[:MOST]
    return Places(found, None, unclear=len(found) > 1, said=begins + ends) if found else Places()


def places_in(hits: tuple[Hit, ...], directory: Directory) -> Places:
    """The place that the hits name. A subdistrict narrows the centres named beside it."""
    centre_hits = [hit for hit in hits if hit.kind is Kind.CENTRE]
    areas = [hit for hit in hits if hit.kind is Kind.SUBDISTRICT]
    if not centre_hits:
        return Places(subdistrict=areas[0].ids[0]) if areas else Places()
    # A full name beats a stem beside it: 'the Xiamei community in Chengdong' is not about Chengdong.
    chosen = max(centre_hits, key=lambda hit: (hit.rank, -hit.start))
    if inner := _inside_another(chosen, centre_hits, areas, directory):
        chosen = inner
    same_words = next((a for a in areas if a.start == chosen.start and a.rank >= chosen.rank), None)
    around = {name for area in areas if area is not same_words for name in area.ids}
    centres = tuple(i for i in chosen.ids if directory.centres[i].subdistrict in around) or chosen.ids
    if same_words and not _inside(centres, same_words, directory):
        return Places(centres, same_words.ids[0], unclear=True, said=chosen.text)
    return Places(centres, None, unclear=len(centres) > 1, said=chosen.text)


def _inside_another(
    chosen: Hit, hits: Sequence[Hit], areas: Sequence[Hit], directory: Directory
) -> Hit | None:
    """The community beside a word for its subdistrict which is a community's name, too."""
    area = next((each for each in areas if each.start == chosen.start), None)
    others = (hit for hit in hits if hit.start != chosen.start and hit.rank >= chosen.rank)
    return area and next(
        (hit for hit in others if any(directory.centres[i].subdistrict in area.ids for i in hit.ids)), None
    )


def _inside(centres: tuple[str, ...], area: Hit, directory: Directory) -> bool:
    """Whether a community and a subdistrict of one name are the same neighbourhood."""
    return all(directory.centres[i].subdistrict in area.ids for i in centres)

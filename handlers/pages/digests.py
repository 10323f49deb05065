"""The digests of a centre as they were sent, with their files, and when one's own comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from handlers import desk_digest, digest_rounds
from handlers.desk_digest import CADENCES, code_of
from handlers.desk_site import Site
from handlers.digest_files import addresses_of
from handlers.digest_periods import Period
from handlers.digest_rounds import CENTRE, NONE
from messages.view_codec import ViewError
from messages.views_digest import DigestShown
from storage import digests
from storage.digests import Digest, Wish

# A year of weeks and months.
LISTED = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """One of the list; `first` and `last` are its days."""

    id: str
    cadence: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Archive:
    """`one` of the listed is shown as `view` says it, None where a version of before wrote it in a way that
    cannot be read any more. `wish` of whoever looks, as a code of the templates and in its parts."""

    listed: tuple[Kept, ...]
    one: Kept | None
    view: DigestShown | None
    cadences: tuple[str, ...]
    wish: Wish
    wish_code: str


async def show(site: Site, asked: Mapping[str, str]) -> Archive:
    """The one that is asked for, else the last."""
    tx = site.scene.tx
    listed = [_kept(each) for each in await digests.of_place(tx, CENTRE + site.centre.id, LISTED)]
    one = next((each for each in listed if each.id == asked.get("of")), listed[0] if listed else None)
    view = await _view(one.id, asked.get("language", "zh"), site) if one else None
    wish = await desk_digest.wish_of(site)
    return Archive(tuple(listed), one, view, (*CADENCES, NONE), wish, code_of(wish))


def _kept(of: Digest) -> Kept:
    last = Period(of.cadence, of.first_on).until - timedelta(days=1)
    return Kept(of.id, of.cadence, of.first_on, last)


async def _view(digest_id: str, language: str, site: Site) -> DigestShown | None:
    """As it was sent, with addresses of its files on this server and in the language of the page."""
    kept = await digests.of_id(site.scene.tx, digest_id)
    if kept is None:
        return None

    def sign(of: str) -> tuple[str, str]:
        chart, workbook = addresses_of(of, language, site.world, site.scene.safe)
        return _path(chart), _path(workbook)

    try:
        view = await digest_rounds.shown(site.scene.tx, kept, sign)
    except ViewError:
        return None
    return view if isinstance(view, DigestShown) else None


def _path(address: str) -> str:
    """Without the name of the server: pages show pictures of their own server alone."""
    return address[address.index("/digest/") :]

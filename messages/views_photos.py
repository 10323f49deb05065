"""Answers about photos: what one may be of, that it is there, why not."""

from dataclasses import dataclass

from messages.view_parts import Choice


@dataclass(frozen=True, slots=True)
class PhotoLink:
    """Where a photo is looked at for a while; `whose` is 'own', 'resident' or 'staff'."""

    whose: str
    address: str


@dataclass(frozen=True, slots=True)
class PhotoAsked:
    """A photo is welcome: of the case `code`, or of a rating. `photo` is what the channel says with it;
    `days` after the case is closed it is deleted."""

    code: str | None
    for_staff: bool
    most: int
    days: int
    photo: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PhotoTaken:
    """It is there. `left` more may come, said with `photo`; `told`: whoever has the case hears of it, or of
    one that staff added the resident; else they see it with the answer."""

    code: str | None
    for_staff: bool
    left: int
    told: bool
    photos: tuple[PhotoLink, ...]
    photo: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PhotoRefused:
    """Nothing was taken, and why: a code of messages.photo.Problem, 'unknown' (nothing to add one to) or
    'enough' (there are as many as may be)."""

    why: str
    help_line: str
    photo: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PhotoRemoved:
    """A photo that was added by mistake is deleted."""

    code: str | None
    photo: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class RatedPhoto:
    """A photo of a rating that opened no case."""

    centre: str
    level: int
    link: PhotoLink


@dataclass(frozen=True, slots=True)
class RatingPhotosListed:
    """To the district: photos of ratings without a case, the last first. Each look is written down."""

    lines: tuple[RatedPhoto, ...]
    choices: tuple[Choice, ...]


PhotoView = PhotoAsked | PhotoTaken | PhotoRefused | PhotoRemoved | RatingPhotosListed

"""Who is asking, as far as the connection tells: internet address, https, language and type size."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.requests import HTTPConnection

from messages.page import SIZES, Look
from messages.words import LANGUAGES

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

LANGUAGE_COOKIE = "linli_language"
SIZE_COOKIE = "linli_size"
DESK, DESK_COOKIE = "/desk", "linli_desk"
DEVICE_COOKIE = "linli_device"
PUBLIC = "public"
# A household has a whole /64 of IPv6.
_IPV6_HOME_BITS = 64


def look_of(connection: HTTPConnection) -> Look:
    """The look that was chosen, or the browser's language."""
    chosen = connection.cookies.get(LANGUAGE_COOKIE)
    language = chosen if chosen in LANGUAGES else _preferred(connection.headers.get("accept-language", ""))
    size = connection.cookies.get(SIZE_COOKIE)
    return Look(language, size if size in SIZES else SIZES[0])


def internet_address(connection: HTTPConnection, proxies: Iterable[Network]) -> str:
    """The address to count by. X-Forwarded-For is read from the right, only as far as `proxies` wrote it."""
    client = connection.client
    nearest = _parsed(client.host) if client else None
    if nearest is None:
        return "unknown"
    trusted = tuple(proxies)
    hops = [hop.strip() for hop in ",".join(connection.headers.getlist("x-forwarded-for")).split(",")]
    while hops and _within(nearest, trusted):
        before = _parsed(hops.pop())
        if before is None:
            break
        nearest = before
    return _home(nearest)


def is_https(connection: HTTPConnection, proxies: Iterable[Network], public_url: str | None) -> bool:
    """Whether the resident's side of the connection is encrypted."""
    if public_url is not None:
        return public_url.startswith("https://")
    client = connection.client
    nearest = _parsed(client.host) if client else None
    if nearest is not None and _within(nearest, tuple(proxies)):
        return connection.headers.get("x-forwarded-proto", connection.url.scheme) == "https"
    return connection.url.scheme == "https"


def _preferred(accept: str) -> str:
    """The first of our languages in an Accept-Language header; Chinese when there is none."""
    weighed = []
    for position, part in enumerate(accept.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        weighed.append((-_weight(weight), position, tag.strip().lower().partition("-")[0]))
    return next((tag for _, _, tag in sorted(weighed) if tag in LANGUAGES), LANGUAGES[0])


def _weight(text: str) -> float:
    try:
        return float(text or "1")
    except ValueError:
        return 0.0


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def _home(address: Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _IPV6_HOME_BITS), strict=False))
    return str(address)

"""What nobody sends by accident: damaged bytes, odd queries and headers; and what tells that Linli failed."""

import json
from collections.abc import Iterable, Sequence
from io import StringIO
from urllib.parse import urlencode

from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.linli import Linli
from bot.web.app import make_app
from tests.raw_http import Answer
from tests.web_visitor import SETTINGS, all_well

SECRET_WORD = "桂圆干"
"""Said by residents of these tests; it must stand in no log."""
SIGNS = st.sampled_from([b"<", b"&#", b"]]>", b"{", b'"', b"[", b"\\ud800", b"\x00", b"\xff", b"|", b"99"])


@st.composite
def near(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of them, with something else in one place."""
    seed = draw(st.sampled_from(seeds))
    at, size = draw(st.integers(0, len(seed))), draw(st.integers(0, 12))
    return seed[:at] + draw(SIGNS | st.binary(max_size=12)) + seed[at + size :]


ODD_TEXTS = st.sampled_from(
    ["", " ", "\x00", "9" * 400, "１２３", "nan", "1e999", "-1", "&#0;", "<b>&amp;", "]]>", "好" * 4_000]
)
TEXTS = ODD_TEXTS | st.text(max_size=30) | st.just(SECRET_WORD)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "X"])


def queries(*names: str) -> st.SearchStrategy[bytes]:
    """Any bytes, and values of any kind for the names that are looked for."""
    named = st.dictionaries(st.sampled_from(names), TEXTS | st.binary(max_size=9)).map(urlencode)
    return st.binary(max_size=60) | named.map(str.encode)


def headers(*names: bytes) -> st.SearchStrategy[list[tuple[bytes, bytes]]]:
    """Any bytes, and what is looked at: by `names`, and on the way there."""
    known = (b"host", b"content-type", b"content-length", b"cookie", b"accept-language", *names)
    odd = st.sampled_from([b"[", b"a]:b", b'"', b"en;q=x", b";=;", b"-1", b"9" * 400])
    named = st.sampled_from(known) | st.binary(max_size=9)
    return st.lists(st.tuples(named, odd | st.binary(max_size=30)), max_size=4)


def whole_app(linli: Linli, channels: Iterable[BaseRoute]) -> Starlette:
    """All that the web server serves, over `linli`."""
    return make_app(linli, SETTINGS, all_well, figures=lambda: b"", channels=channels)


def failures(answer: Answer, logged: StringIO, *known: str) -> list[object]:
    """What a resident, WeChat or Telegram must not get and no log may tell; `known` events are no failure.
    What was logged is forgotten."""
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    found: list[object] = [line for line in lines if line["level"] == "error" and line["event"] not in known]
    found += [answer] if answer.status >= 500 or b"Traceback" in answer.content else []
    found += [line for line in lines if SECRET_WORD in json.dumps(line, ensure_ascii=False)]
    logged.seek(0)
    logged.truncate()
    return found

"""Certificates on the web: a drawing at its address, for whoever has it, and nothing anywhere else."""

import pytest

from tests.test_web_pages import visible
from tests.web_visitor import Site, at_home, site, visiting

PATH = "/certificate/good.svg"


async def test_it_is_opened_below_the_answer_and_needs_no_cookie() -> None:
    here = Site()
    async with at_home(here) as visitor, visiting(here) as stranger:
        await visitor.submit(text="我的证书")
        assert f'href="{PATH}"><span class="label">打开证明：儿子，冬令营' in await visitor.open()
        drawn = await stranger.http.get(PATH)
    assert drawn.status_code == 200
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert drawn.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in drawn.headers["content-security-policy"]
    assert "参加证明" in drawn.text


@pytest.mark.parametrize(
    "path", ["/certificate/bad.svg", "/certificate/x.y.z.svg", "/certificate/%F0%9F.svg"]
)
async def test_an_address_that_is_over_or_nobodys_says_what_to_do(path: str) -> None:
    async with visiting(Site()) as stranger:
        page = await stranger.http.get(path)
    assert page.status_code == 404
    assert "链接过期了" in visible(page.text)


async def test_it_is_not_asked_for_without_end() -> None:
    async with visiting(site(turns_per_minute=2)) as stranger:
        asked = [(await stranger.http.get(PATH)).status_code for _ in range(3)]
    assert asked == [200, 200, 429]

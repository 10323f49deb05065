"""Photos on the web: taken without a script as well, no larger than may be, and shown to who may look."""

import re
from collections.abc import AsyncIterator
from io import BytesIO

import httpx
import pytest
from PIL import Image

from bot.web.bodies import TAKEN_BYTES
from messages.photo import MOST_BYTES, Photo, Problem
from tests.photos import jpeg
from tests.test_web_pages import visible
from tests.web_visitor import Site, Visitor, at_home, site, visiting

SAID = "/photo case G-0001"
FORM = re.compile(r'<form class="photo-form".*?</form>', re.DOTALL)


async def send(visitor: Visitor, content: bytes | None = None, **fields: str) -> httpx.Response:
    """As a browser without scripts does."""
    data = {"csrf": visitor.csrf, "id": visitor.form_id, "say": SAID} | fields
    file = ("IMG_林金鹂.html", jpeg() if content is None else content, "text/html")
    return await visitor.http.post("/photo", data=data, files={"photo": file})


async def test_the_form_is_there_where_a_photo_is_wanted_and_nowhere_else() -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="菜单")
        assert len(FORM.findall(await visitor.open())) == 1, "the script's own copy alone"
        await visitor.submit(text="发照片")
        _, form = FORM.findall(await visitor.open())[::-1]
    assert 'action="/photo" method="post" enctype="multipart/form-data"' in form
    assert form.index("csrf") < form.index("请不要拍到孩子的脸") < form.index('type="file"')
    assert f'name="say" value="{SAID}"' in form
    assert 'accept="image/jpeg,image/png,image/webp"' in form


async def test_a_plain_form_sends_a_photo_and_leads_back_to_the_answer() -> None:
    here = Site()
    async with at_home(here) as visitor:
        sent = await send(visitor)
        assert (sent.status_code, sent.headers["location"]) == (303, "/#last")
        page = await visitor.open()
        assert '<span class="said">照片</span>' in page
        assert 'href="/photo/good.jpg"><span class="label">看照片' in page
    [message] = here.linli.heard
    assert (message.text, message.tapped) == (SAID, True)
    assert isinstance(message.photo, Photo)


async def test_the_same_form_sent_twice_is_one_photo_and_another_file_another() -> None:
    here = Site()
    async with at_home(here) as visitor:
        for content in (jpeg(), jpeg(), jpeg(Image.new("RGB", (9, 9)))):
            await send(visitor, content)
    assert len({message.id for message in here.linli.heard}) == 2


async def test_a_file_that_is_no_photo_is_answered_in_the_conversation() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await send(visitor, b"<script>alert(1)</script>")
        assert "不是照片" in await visitor.open()
    assert [message.photo for message in here.linli.heard] == [Problem.NO_PHOTO]


async def test_a_script_sends_one_and_gets_the_answer() -> None:
    here = Site()
    async with at_home(here) as visitor:
        answered = await visitor.http.post(
            "/api/photo",
            data={"id": "photo-0001", "say": SAID},
            files={"photo": ("photo", jpeg(), "image/jpeg")},
            headers={"x-csrf": visitor.csrf},
        )
    assert answered.status_code == 200
    body = answered.json()
    assert (body["photo"], body["links"]) == (SAID, [{"label": "看照片（您发的）", "url": "/photo/good.jpg"}])
    assert here.linli.heard[0].id == "photo-0001"


async def too_large(path: str, many: int, announced: int | None) -> tuple[str, int]:
    """What is said of an upload of `many` times 64 kB, and how many of them were taken."""
    here, taken = Site(), 0

    async def upload() -> AsyncIterator[bytes]:
        nonlocal taken
        yield (
            b'--b\r\ncontent-disposition: form-data; name="photo"; filename="p.jpg"\r\n'
            b"content-type: image/jpeg\r\n\r\n"
        )
        for _ in range(many):
            taken += 1
            yield bytes(64 * 1024)

    async with at_home(here) as visitor:
        headers = {"content-type": "multipart/form-data; boundary=b", "x-csrf": visitor.csrf}
        if announced:
            headers["content-length"] = str(announced)
        refused = await visitor.http.post(path, content=upload(), headers=headers)
    assert refused.status_code == 413
    assert here.linli.heard == []
    return refused.json()["text"] if path.startswith("/api") else visible(refused.text), taken


@pytest.mark.parametrize("path", ["/photo", "/api/photo"])
async def test_what_is_too_large_is_taken_to_its_end_so_that_the_answer_is_read(path: str) -> None:
    for announced in (100 * 64 * 1024 + 100, None):
        text, taken = await too_large(path, 100, announced)
        assert "不能超过5MB" in text
        assert taken == 100


@pytest.mark.parametrize("path", ["/photo", "/api/photo"])
async def test_what_is_far_too_large_is_refused_before_it_has_come(path: str) -> None:
    text, taken = await too_large(path, 1000, 64_000_000)
    assert "不能超过5MB" in text
    assert taken == 0
    text, taken = await too_large(path, 1000, None)
    assert "不能超过5MB" in text
    assert taken * 64 * 1024 <= TAKEN_BYTES + 64 * 1024


async def test_the_largest_photo_that_may_be_arrives_whole() -> None:
    here = Site()
    async with at_home(here) as visitor:
        content = jpeg()
        assert (await send(visitor, content + bytes(MOST_BYTES - len(content)))).status_code == 303
        assert (await send(visitor, content + bytes(MOST_BYTES + 1 - len(content)))).status_code == 303
    assert [type(message.photo) for message in here.linli.heard] == [Photo, Problem]


@pytest.mark.parametrize("csrf", ["", "wrong"])
async def test_a_form_of_another_page_is_refused(csrf: str) -> None:
    here = Site()
    async with at_home(here) as visitor:
        assert (await send(visitor, csrf=csrf)).status_code == 403
        script = await visitor.http.post(
            "/api/photo",
            data={"csrf": visitor.csrf, "id": "photo-0001", "say": SAID},
            files={"photo": ("photo", jpeg())},
            headers={"x-csrf": csrf},
        )
        assert script.status_code == 403
    async with visiting(here) as stranger:
        assert (await stranger.http.post("/photo", files={"photo": ("p", jpeg())})).status_code == 403
    assert here.linli.heard == []


async def test_photos_count_among_the_messages_of_a_minute() -> None:
    async with at_home(site(turns_per_minute=2)) as visitor:
        assert [(await send(visitor)).status_code for _ in range(3)] == [303, 303, 429]


@pytest.mark.parametrize("said", ["你好", "/erase", "/photo", "/photo case G-1 x", "/photo_remove x", ""])
async def test_nothing_but_a_photo_is_said_with_one(said: str) -> None:
    here = Site()
    async with at_home(here) as visitor:
        assert (await send(visitor, say=said)).status_code == 400
    assert here.linli.heard == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", b"no parts at all"),
        ("multipart/form-data", b"--b\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--"),
        (
            "multipart/form-data; boundary=b; charset=\xff",
            b'--b\r\ncontent-disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--b--\r\n',
        ),
        ("multipart/form-data; boundary=" + "b" * 300, b"--b"),
        ("application/x-www-form-urlencoded", b"csrf=1"),
        ("", b""),
    ],
)
async def test_what_is_no_upload_is_refused_kindly(kind: str, body: bytes) -> None:
    async with at_home(Site()) as visitor:
        headers = [(b"content-type", kind.encode("latin-1"))] if kind else []
        refused = await visitor.http.post("/photo", content=body, headers=headers)
    assert refused.status_code in (400, 403, 415)


async def test_a_photo_is_shown_as_what_it_is_and_kept_by_nobody_between() -> None:
    here = Site()
    async with at_home(here) as visitor, visiting(here) as stranger:
        await send(visitor)
        shown = await visitor.http.get("/photo/good.jpg")
        await stranger.http.get("/photo/good.jpg")
    assert shown.status_code == 200
    said = {
        "content-type": "image/jpeg",
        "content-disposition": 'inline; filename="linli.jpg"',
        "cache-control": "private, no-store",
        "x-robots-tag": "noindex",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    assert {name: shown.headers[name] for name in said} == said
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert Image.open(BytesIO(shown.content)).format == "JPEG"
    [(_, own), (_, nobody)] = here.linli.photos.asked
    assert own == here.linli.heard[0].address
    assert nobody is None


@pytest.mark.parametrize("path", ["/photo/bad.jpg", "/photo/x.y.z.jpg", "/photo/%F0%9F.jpg"])
async def test_an_address_that_is_over_or_not_for_who_asks_says_what_to_do(path: str) -> None:
    async with visiting(Site()) as stranger:
        page = await stranger.http.get(path)
    assert page.status_code == 404
    assert "看不到这张照片" in visible(page.text)


async def test_it_is_not_asked_for_without_end() -> None:
    async with visiting(site(turns_per_minute=2)) as stranger:
        asked = [(await stranger.http.get("/photo/bad.jpg")).status_code for _ in range(3)]
    assert asked == [404, 404, 429]

"""WeChat's encryption: the vectors that Tencent prints, byte for byte, and whatever else is refused."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.seal import BLOCK, Refused, Seal

# Tencent's encryption page (developers.weixin.qq.com, message push): key, appid, a push and an answer.
KEY, APPID = "A" * 43, "wxba5fad812f8e6fb9"
ENCRYPT = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv"
    "6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNq"
    "J4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
PLAIN = (
    '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    '"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)
ANSWER, ANSWER_RANDOM = '{"demo_resp":"good luck"}', b"707722b803182950"
ANSWER_ENCRYPT = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
SEAL = Seal(KEY, APPID)
OTHER_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NO_HALVES = st.text(st.characters(exclude_categories=["Cs"]))


def encrypted(full: bytes, key: str = KEY) -> str:
    """Bytes encrypted as they are, for what WeChat would never send."""
    raw = base64.b64decode(key + "=")
    encryptor = Cipher(algorithms.AES(raw), modes.CBC(raw[:16])).encryptor()
    return base64.b64encode(encryptor.update(full) + encryptor.finalize()).decode()


def padded(full: bytes) -> bytes:
    missing = BLOCK - len(full) % BLOCK
    return full + bytes([missing]) * missing


def full(text: bytes, *, length: int | None = None, appid: str = APPID) -> bytes:
    said = len(text) if length is None else length
    return b"r" * 16 + said.to_bytes(4, "big") + text + appid.encode()


def test_tencents_push_is_opened() -> None:
    assert SEAL.opened(ENCRYPT) == PLAIN
    assert json.loads(PLAIN)["Event"] == "debug_demo"
    assert len(PLAIN) == 167


def test_tencents_push_and_answer_are_sealed_byte_for_byte() -> None:
    assert SEAL.closed(PLAIN, b"a8eedb185eb2fecf") == ENCRYPT
    assert SEAL.closed(ANSWER, ANSWER_RANDOM) == ANSWER_ENCRYPT
    assert SEAL.opened(ANSWER_ENCRYPT) == ANSWER


def test_the_same_text_is_never_sealed_alike() -> None:
    assert SEAL.closed("你好") != SEAL.closed("你好")


@given(NO_HALVES)
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    seal = Seal(OTHER_KEY, "wxb11529c136998cb6")
    assert seal.opened(seal.closed(text)) == text


@pytest.mark.parametrize(
    ("sealed", "why"),
    [
        ("", "size"),
        ("A", "base64"),
        ("四点钟", "base64"),
        (ENCRYPT + "\n", "base64"),
        (" " + ENCRYPT, "base64"),
        (base64.b64encode(b"x" * 48).decode(), "size"),
        (encrypted(padded(full(b"hi"))[:-1] + b"\x00"), "padding"),
        (encrypted(padded(full(b"hi"))[:-1] + b"\x21"), "padding"),
        (encrypted(padded(full(b"hi"))[:-2] + b"\x01" + padded(full(b"hi"))[-1:]), "padding"),
        (encrypted(full(b"x" * 25) + b"\x21" * 33), "padding"),
        (encrypted(b"\x20" * 32), "size"),
        (encrypted(padded(b"r" * 19)), "size"),
        (encrypted(padded(full(b"hi", length=2**32 - 1))), "length"),
        (encrypted(padded(full(b"hi", length=21))), "length"),
        (encrypted(padded(full(b"hi", length=3))), "appid"),
        (encrypted(padded(full(b"hi", length=1))), "appid"),
        (encrypted(padded(full(b"hi", appid="wx0000000000000000"))), "appid"),
        (encrypted(padded(full(b"hi", appid=""))), "appid"),
        (encrypted(padded(full(b"\xff\xfe"))), "encoding"),
    ],
)
def test_what_is_not_sealed_as_it_should_be_is_refused(sealed: str, why: str) -> None:
    with pytest.raises(Refused, match=f"^{why}$"):
        SEAL.opened(sealed)


def test_the_control_of_these_is_opened() -> None:
    assert SEAL.opened(encrypted(padded(full(b"hi")))) == "hi"


def test_a_full_block_of_padding_is_taken_off() -> None:
    text = "x" * (BLOCK - len(full(b"")) % BLOCK)
    assert len(full(text.encode())) % BLOCK == 0
    assert len(base64.b64decode(SEAL.closed(text))) == len(full(text.encode())) + BLOCK
    assert SEAL.opened(SEAL.closed(text)) == text


@given(st.binary(max_size=256).map(lambda blob: base64.b64encode(blob).decode()) | st.text())
def test_rubbish_raises_nothing_but_refused(rubbish: str) -> None:
    with pytest.raises(Refused):
        SEAL.opened(rubbish)


@given(st.binary(min_size=1, max_size=8).map(lambda b: b * 32))
def test_rubbish_of_the_right_size_raises_nothing_but_refused(blob: bytes) -> None:
    with pytest.raises(Refused):
        SEAL.opened(encrypted(blob[: len(blob) - len(blob) % BLOCK]))


def test_what_another_key_sealed_is_refused() -> None:
    with pytest.raises(Refused):
        SEAL.opened(Seal(OTHER_KEY, APPID).closed("你好"))


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "A" * 42 + "+", "A" * 42 + "=", "四" * 43])
def test_what_is_no_key_is_noticed_at_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="43 letters and digits"):
        Seal(key, APPID)

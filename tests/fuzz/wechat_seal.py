"""What is sealed for WeChat's address: bytes of somebody without the key, any content of somebody with it."""

from bot.channels.wechat.fields import fields_of, written
from bot.channels.wechat.gate import Gate, signature
from bot.channels.wechat.seal import BLOCK, Refused, Seal
from tests.fuzz.harness import Target, unless
from tests.test_wechat_seal import ANSWER_ENCRYPT, APPID, ENCRYPT, KEY, encrypted, full, padded
from tests.wechat_odd import HOSTILE, RECORDED

SEAL = Seal(KEY, APPID)
TOKEN, AT = "AAAAA", 1_714_112_445
GATE = Gate(TOKEN, "safe", SEAL)


def pushed(sealed: str) -> dict[str, str]:
    """As it comes in, with the signature that belongs to it."""
    query = {"timestamp": str(AT), "nonce": "1", "encrypt_type": "aes"}
    query["msg_signature"] = signature(TOKEN, str(AT), "1", sealed)
    return GATE.opened(query, written({"Encrypt": sealed}).encode(), AT)


def feed(data: bytes) -> None:
    unless(Refused, SEAL.opened, data.decode("latin-1"))
    whole = data[: len(data) - len(data) % BLOCK]
    for plain in (whole, padded(data)):
        unless(Refused, pushed, encrypted(plain))
        opened = unless(Refused, SEAL.opened, encrypted(plain))
        assert opened is None or opened.encode() + APPID.encode() in plain
    said = unless(UnicodeDecodeError, data.decode)
    assert unless(Refused, SEAL.opened, encrypted(padded(full(data)))) == said
    assert unless(Refused, pushed, encrypted(padded(full(data)))) == unless(Refused, fields_of, data)


TARGET = Target(
    feed,
    (
        ENCRYPT.encode(),
        ANSWER_ENCRYPT.encode(),
        full(b"hi"),
        full(b"hi", length=3),
        full(b"hi", length=2**32 - 1),
        full(b"hi", appid=""),
        full(b"hi", appid="wx0000000000000000"),
        full(b"\xff\xfe"),
        full(RECORDED[0]),
        b"\x20" * 32,
        b"\x00" * 64,
        *RECORDED,
        *(each for each in HOSTILE if len(each) < 5_000),
    ),
)

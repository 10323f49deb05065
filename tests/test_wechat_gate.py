"""Who may push: signatures as Tencent prints them, the mode of the console, and no old pushes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.fields import fields_of, written
from bot.channels.wechat.gate import WINDOW_S, Gate, Mode, signature
from bot.channels.wechat.seal import Refused, Seal
from tests.test_wechat_seal import ANSWER_ENCRYPT, APPID, ENCRYPT, KEY

TOKEN = "AAAAA"
SEAL = Seal(KEY, APPID)
SAFE_AT = 1714112445
SAFE = {
    "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
    "timestamp": str(SAFE_AT),
    "nonce": "415670741",
    "openid": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
    "encrypt_type": "aes",
    "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
}
PLAIN_AT = 1714037059
PLAIN = {
    "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
    "timestamp": str(PLAIN_AT),
    "nonce": "486452656",
}
ENVELOPE = written({"ToUserName": "gh_97417a04a28d", "Encrypt": ENCRYPT}).encode()
HELLO = written({"MsgType": "text", "Content": "你好"}).encode()


def gate(mode: Mode, token: str = TOKEN) -> Gate:
    return Gate(token, mode, None if mode == "plain" else SEAL)


@pytest.mark.parametrize("mode", ["plain", "compat", "safe"])
def test_the_console_is_greeted_as_tencents_page_shows(mode: Mode) -> None:
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    assert gate(mode).greeted(query, 1714036504) == "4375120948345356249"
    with pytest.raises(Refused, match="signature"):
        gate(mode, "AAAAB").greeted(query, 1714036504)
    with pytest.raises(Refused, match="stale"):
        gate(mode).greeted(query, 1714036504 + WINDOW_S + 1)


def test_tencents_plain_push_is_let_in() -> None:
    push = gate("plain").opened(PLAIN, HELLO, PLAIN_AT)
    assert push["Content"] == "你好"


@pytest.mark.parametrize("mode", ["compat", "safe"])
@pytest.mark.parametrize(
    "body", [ENVELOPE, b'{"ToUserName":"gh_97417a04a28d","Encrypt":"%s"}' % ENCRYPT.encode()]
)
def test_tencents_sealed_push_is_let_in(mode: Mode, body: bytes) -> None:
    push = gate(mode).opened(SAFE, body, SAFE_AT)
    assert (push["Event"], push["CreateTime"]) == ("debug_demo", "1714112445")


def test_tencents_answer_is_signed_as_printed() -> None:
    signed = signature(TOKEN, "1713424427", "415670741", ANSWER_ENCRYPT)
    assert signed == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_beside_what_is_sealed_its_plain_twin_is_not_read() -> None:
    both = written({"Content": "forged", "Event": "forged", "Encrypt": ENCRYPT}).encode()
    assert gate("compat").opened(SAFE, both, SAFE_AT)["Event"] == "debug_demo"
    assert "Content" not in gate("compat").opened(SAFE, both, SAFE_AT)


@pytest.mark.parametrize("mode", ["compat", "safe"])
@pytest.mark.parametrize("encrypt_type", [None, "raw"])
def test_where_the_console_seals_a_plain_push_is_refused(mode: Mode, encrypt_type: str | None) -> None:
    query = PLAIN | ({"encrypt_type": encrypt_type} if encrypt_type else {})
    assert gate("plain").opened(query, HELLO, PLAIN_AT)["Content"] == "你好"
    with pytest.raises(Refused, match="mode"):
        gate(mode).opened(query, HELLO, PLAIN_AT)


def test_the_signature_of_plain_pushes_opens_no_sealed_one() -> None:
    with pytest.raises(Refused, match="signature"):
        gate("safe").opened(SAFE | {"msg_signature": SAFE["signature"]}, ENVELOPE, SAFE_AT)


def test_where_nothing_is_sealed_a_sealed_push_is_refused() -> None:
    with pytest.raises(Refused, match="mode"):
        gate("plain").opened(SAFE, ENVELOPE, SAFE_AT)


@pytest.mark.parametrize("off", [-WINDOW_S, 0, WINDOW_S])
def test_a_push_within_the_window_is_taken(off: int) -> None:
    assert gate("plain").opened(PLAIN, HELLO, PLAIN_AT + off)


@pytest.mark.parametrize("off", [-WINDOW_S - 1, WINDOW_S + 1])
def test_an_old_push_is_refused_however_well_it_is_signed(off: int) -> None:
    with pytest.raises(Refused, match="stale"):
        gate("plain").opened(PLAIN, HELLO, PLAIN_AT + off)


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_of_an_old_push_the_body_is_not_read(mode: Mode) -> None:
    query, at = (PLAIN, PLAIN_AT) if mode == "plain" else (SAFE, SAFE_AT)
    with pytest.raises(Refused, match="stale"):
        gate(mode).opened(query, b"no xml", at + WINDOW_S + 1)


@pytest.mark.parametrize("at", ["", "soon", "-1714037059", "1e9", "９９", "9" * 5000])
def test_a_timestamp_that_is_none_is_refused(at: str) -> None:
    query = PLAIN | {"timestamp": at, "signature": signature(TOKEN, at, PLAIN["nonce"])}
    with pytest.raises(Refused, match="stale"):
        gate("plain").opened(query, HELLO, PLAIN_AT)


@pytest.mark.parametrize("left_out", ["signature", "timestamp", "nonce"])
def test_a_plain_query_that_lacks_something_is_refused(left_out: str) -> None:
    with pytest.raises(Refused):
        gate("plain").opened({k: v for k, v in PLAIN.items() if k != left_out}, HELLO, PLAIN_AT)


@given(st.sampled_from(["timestamp", "nonce", "msg_signature", "Encrypt"]), st.data())
def test_no_byte_of_a_sealed_push_can_be_changed(part: str, data: st.DataObject) -> None:
    whole = SAFE | {"Encrypt": ENCRYPT}
    at = data.draw(st.integers(0, len(whole[part]) - 1))
    other = data.draw(st.characters(codec="utf-8", exclude_characters=[whole[part][at]]))
    changed = whole | {part: whole[part][:at] + other + whole[part][at + 1 :]}
    body = written({"Encrypt": changed.pop("Encrypt")}).encode()
    with pytest.raises(Refused):
        gate("safe").opened(changed, body, SAFE_AT)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_an_answer_is_sealed_and_signed_for_the_nonce_that_asked(text: str) -> None:
    answer = fields_of(gate("safe").closed(written({"Content": text}), "415670741", SAFE_AT).encode())
    assert (answer["TimeStamp"], answer["Nonce"]) == (str(SAFE_AT), "415670741")
    assert answer["MsgSignature"] == signature(TOKEN, str(SAFE_AT), "415670741", answer["Encrypt"])
    assert fields_of(SEAL.opened(answer["Encrypt"]).encode())["Content"] == text.strip()


def test_a_plain_answer_goes_as_it_is() -> None:
    assert gate("plain").closed("<xml></xml>", "1", SAFE_AT) == "<xml></xml>"


@pytest.mark.parametrize("mode", ["compat", "safe"])
def test_a_mode_that_seals_needs_a_key(mode: Mode) -> None:
    with pytest.raises(ValueError, match="EncodingAESKey"):
        Gate(TOKEN, mode, None)

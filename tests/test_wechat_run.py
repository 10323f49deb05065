"""`linli run` with a WeChat account, as a process: it answers, and so does the one after it."""

from pathlib import Path

import httpx
from defusedxml.ElementTree import fromstring

from bot.clock import system_clock
from tests.cli import environment, linli
from tests.sample import Sample
from tests.test_run import PATIENCE_S, running
from tests.wechat_follower import ACCOUNT, APPID, KEY, SEAL, TOKEN, signed, xml

ACCOUNT_SET = {"LINLI_WECHAT_TOKEN": TOKEN, "LINLI_WECHAT_AES_KEY": KEY, "LINLI_WECHAT_APPID": APPID}


def push(url: str, text: str) -> str:
    """The content of the answer to a sealed text that is always the same message."""
    at = str(int(system_clock().timestamp()))
    fields = {
        "ToUserName": ACCOUNT,
        "FromUserName": "oDing",
        "CreateTime": at,
        "MsgType": "text",
        "MsgId": "7",
        "Content": text,
    }
    encrypted = SEAL.closed(xml(fields))
    query = {"timestamp": at, "nonce": "1", "encrypt_type": "aes"}
    query["msg_signature"] = signed(TOKEN, at, "1", encrypted)
    answer = httpx.post(
        f"{url}/wechat", params=query, content=xml({"Encrypt": encrypted}).encode(), timeout=PATIENCE_S
    )
    assert answer.status_code == 200
    sealed = fromstring(answer.content).findtext("Encrypt") or ""
    return fromstring(SEAL.opened(sealed)).findtext("Content") or ""


def test_a_killed_process_is_followed_by_one_that_gives_the_same_answer(
    sample: Sample, tmp_path: Path
) -> None:
    env = environment(sample.copy_to(tmp_path / "linli.db"), tmp_path, **ACCOUNT_SET)
    with running(env) as first:
        answer = push(first.url, "东湖社区几点开门")
        assert "东湖" in answer
        first.process.kill()
    with running(env) as second:
        assert push(second.url, "东湖社区几点开门") == answer
        assert httpx.post(f"{second.url}/wechat", timeout=PATIENCE_S).status_code == 403
        code, told = second.stop()
    assert code == 0
    assert "oDing" not in told
    assert "东湖" not in told


def test_an_account_that_cannot_unseal_is_told_at_the_start(sample: Sample, tmp_path: Path) -> None:
    url = sample.copy_to(tmp_path / "linli.db")
    env = environment(url, tmp_path, LINLI_PORT="0", LINLI_WECHAT_TOKEN=TOKEN)
    done = linli("run", env=env)
    assert done.returncode == 2
    assert "LINLI_WECHAT_AES_KEY" in done.stderr
    assert TOKEN not in done.stderr

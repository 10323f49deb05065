"""Foreign code reads what we seal and seals what we read: two packages of npm, of different authors."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

from bot.channels.wechat.gate import signature
from bot.channels.wechat.seal import Seal
from tests.npm import node
from tests.wechat_follower import APPID, KEY, TOKEN

HERE = Path(__file__).parent / "wechat"
SEAL = Seal(KEY, APPID)
TEXTS = ["", "a", "四点钟课堂😀", "<xml><Content><![CDATA[x]]></Content></xml>", "👨‍👩‍👧‍👦" * 50]


def cases() -> list[dict[str, str]]:
    """Texts of every length up to three blocks, and some of many kinds of characters."""
    dice = random.Random(7)
    texts = TEXTS + ["x" * length for length in range(100)]
    texts += ["".join(dice.choices("邻里 中心é😀\n<&>", k=dice.randrange(200))) for _ in range(50)]
    return [
        {
            "text": text,
            "random": f"{dice.randrange(10**16):016}",
            "sealed": SEAL.closed(text),
            "timestamp": str(1_790_000_000 + n),
            "nonce": str(dice.randrange(10**9)),
        }
        for n, text in enumerate(texts)
    ]


def foreign(given: list[dict[str, str]]) -> list[dict[str, Any]]:
    told = subprocess.run(
        [node("wechat", "wechat-crypto"), "--no-deprecation", "peer.js"],
        cwd=HERE,
        input=json.dumps({"token": TOKEN, "key": KEY, "appid": APPID, "cases": given}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers: list[dict[str, Any]] = json.loads(told.stdout)
    assert len(answers) == len(given)
    return answers


def test_foreign_code_and_ours_read_and_sign_each_other() -> None:
    given = cases()
    for case, answer in zip(given, foreign(given), strict=True):
        assert answer["opened"] == [case["text"]] * 2
        assert answer["appids"] == [APPID] * 2
        ours = signature(TOKEN, case["timestamp"], case["nonce"], case["sealed"])
        assert answer["signatures"] == [ours] * 2
        assert answer["fixed"] == SEAL.closed(case["text"], case["random"].encode())
        assert SEAL.opened(answer["fixed"]) == SEAL.opened(answer["sealed"]) == case["text"]


def test_control_what_another_key_sealed_is_not_what_they_read() -> None:
    [case] = cases()[2:3]
    other = Seal("A" * 43, APPID).closed(case["text"], b"0" * 16)
    [answer] = foreign([case | {"sealed": other}])
    assert case["text"] not in answer["opened"]
    assert APPID not in answer["appids"]

"""How an announcement is ordered, and what is never announced to many who did not ask for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.render import Renderer
from messages.understand.announce_orders import LONGEST, announce_order_of, unfit
from messages.view_parts import CentreName
from messages.views_follows import Followed, FollowRefused
from messages.views_staff import DeskRefused
from messages.words import LANGUAGES
from tests.follow_rows import SAID

PHONE = "0595-22123456"


@pytest.mark.parametrize(
    "said",
    [
        "通知关注的人：{}",
        "通知關注的人：{}",
        "通知关注的人，{}",
        "通知关注我们的居民们: {}",
        "请告诉关注东湖社区的人：{}",
        "给关注我们的人发个通知：{}",
        "发通知：{}",
        "发布一条公告：{}",
        "tell our followers: {}",
        "Notify everybody who follows us: {}",
        "announce: {}",
    ],
)
def test_what_is_announced_stands_behind_the_order_as_it_was_typed(said: str) -> None:
    order = announce_order_of(said.format("  Wi-Fi 週六停用  "))
    assert order
    assert order.said == "Wi-Fi 週六停用"


@pytest.mark.parametrize(
    "said",
    [
        "通知", "待通知", "通知名单", "谁没通知到", "通知一下家长", "发布活动：亲子阅读，每周日 15:00-16:00",
        "关注的人有几个", "有多少人关注我们", "今日名单", "取消周六的书法班，通知大家",
        "what did you announce", "tell me the opening hours",
    ],
)  # fmt: skip
def test_nothing_else_is_announced(said: str) -> None:
    assert announce_order_of(said) is None


def test_whom_and_until_when_are_told_apart() -> None:
    order = announce_order_of(f"通知关注东湖社区的人（有效到周日为止）：{SAID}")
    assert order
    assert (order.whom, order.until, order.said) == ("东湖社区", "周日", SAID)
    order = announce_order_of("tell everybody who follows us until Sunday: closed")
    assert order
    assert (order.whom, order.until, order.said) == ("us", "Sunday", "closed")


@pytest.mark.parametrize(
    "said",
    [
        SAID,
        "11月28日（周六）9:00-10:30闭馆，下午照常。",
        "有问题请打0595-22123456，或到前台。",
        "请打 22123456",
        "办事请打12345热线，紧急情况拨120",
        "周六的小朋友请提前10分钟到，书法班的家长可以陪同。",
        "3.5元一份，20261128起；每人限2份",
        "老年食堂改到2楼，电梯旁。WiFi 密码问前台。",
        "Closed on Saturday from 9 a.m. to 3 p.m. Thank you.",
        "小学一年级到六年级的同学都可以来",
        "请各位家长放心",
    ],
)
def test_plain_news_may_be_announced(said: str) -> None:
    assert unfit(said, PHONE) is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "announce_empty"),
        ("！！！", "announce_empty"),
        ("水" * (LONGEST + 1), "announce_long"),
        ("请看http://a.cn/x", "announce_link"),
        ("请看 WWW.linli.example", "announce_link"),
        ("报名：baoming.top/7", "announce_link"),
        ("报名：ｂａｏｍｉｎｇ．ｃｏｍ", "announce_link"),
        ("发邮件到wang@qq.com", "announce_link"),
        ("打开 10.0.0.7 报名", "announce_link"),
        ("加我 @linli_fake 领红包", "announce_link"),
        ("加微信：linli8888领红包", "announce_link"),
        ("QQ群号 123456789", "announce_link"),
        ("WeChat ID: linli_8888", "announce_link"),
        ("请打13800138000", "announce_phone"),
        ("请打１３８ ００１３ ８０００", "announce_phone"),
        ("请打一三八零零一三八零零零", "announce_phone"),
        ("请打0595-22123457", "announce_phone"),
        ("请打0595-22123456或0595-22123457", "announce_phone"),
        ("王小明小朋友的水杯在前台", "announce_name"),
        ("请林晓鹂的家长来前台", "announce_name"),
        ("孩子叫林晓鹂，请家长来接", "announce_name"),
        ("the child is called Lin Xiaoli", "announce_name"),
    ],
)
def test_what_leads_elsewhere_or_names_somebody_is_not_announced(said: str, why: str) -> None:
    assert unfit(said, PHONE) == why


def test_without_a_phone_of_the_centre_none_is_announced() -> None:
    assert unfit(f"请打{PHONE}", None) == "announce_phone"
    assert unfit(f"请打{PHONE}", PHONE) is None


@given(st.text(max_size=LONGEST + 20))
def test_whatever_is_typed_is_read(said: str) -> None:
    announce_order_of(said)
    assert unfit(said, PHONE) in {
        None, "announce_empty", "announce_long", "announce_link", "announce_phone", "announce_name",
    }  # fmt: skip


RENDERER = Renderer()
CENTRE = CentreName("FZ002", "东湖社区党建+邻里中心", "东湖街道", "open")
REFUSALS = (
    "announce_empty", "announce_long", "announce_link", "announce_phone", "announce_name", "announce_day",
    "announce_again", "announce_enough", "announced",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_is_told_in_its_own_words(language: str) -> None:
    views = [DeskRefused(why, "announce", CENTRE, "12345", (), 3, None, PHONE) for why in (*REFUSALS, "?")]
    texts = {RENDERER.render(view, language).text for view in views}
    assert len(texts) == len(views)
    refused = [FollowRefused(why, 9, "东湖社区", ()) for why in ("which", "too_many", "public")]
    assert len({RENDERER.render(view, language).text for view in refused}) == len(refused)
    ways = [("web", False), ("wechat", True), ("telegram", True)]
    told = {RENDERER.render(Followed(CENTRE, "东湖社区", True, *way, 3, ()), language).text for way in ways}
    assert len(told) == len(ways)

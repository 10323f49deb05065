"""How cases are spoken of: numbers, orders of staff, danger."""

import pytest

from messages.masking import without_addresses
from messages.understand.case_orders import CaseOrder, case_order_of, code_in, is_code, is_urgent


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("工单", CaseOrder("list")),
        ("our cases", CaseOrder("list")),
        ("回访名单", CaseOrder("call_back")),
        ("G-0001", CaseOrder("show", "G-0001")),
        ("工单 G-1", CaseOrder("show", "G-0001")),
        ("ｇ－０００１", CaseOrder("show", "G-0001")),
        ("受理 G-0001", CaseOrder("accept", "G-0001")),
        ("G-0001受理", CaseOrder("accept", "G-0001")),
        ("accept G-12", CaseOrder("accept", "G-0012")),
        ("G-0001 处理中", CaseOrder("progress", "G-0001")),
        ("G-0001 is in progress", CaseOrder("progress", "G-0001")),
        ("G-0001 说明：当天停电，对不起。", CaseOrder("explain", "G-0001", said="当天停电，对不起。")),
        ("G-0001 说明", CaseOrder("explain", "G-0001")),
        ("G-0001 已整改：换了灯", CaseOrder("rectify", "G-0001", said="换了灯")),
        ("G-0001 fixed: a new Lamp", CaseOrder("rectify", "G-0001", said="a new Lamp")),
        ("G-0001 延期 3天，因为配件没到", CaseOrder("extend", "G-0001", days=3, said="配件没到")),
        ("G-0001 延期三个工作日，原因：配件没到", CaseOrder("extend", "G-0001", days=3, said="配件没到")),
        ("G-0001 extend 2 days because of rain", CaseOrder("extend", "G-0001", days=2, said="of rain")),
        ("G-0001 重复 G-0002", CaseOrder("duplicate", "G-0001", other="G-0002")),
        ("G-0001 和 G-2 重复", CaseOrder("duplicate", "G-0001", other="G-0002")),
        ("G-0001 duplicate of G-0002", CaseOrder("duplicate", "G-0001", other="G-0002")),
        ("G-0001 申诉：恶意差评", CaseOrder("appeal", "G-0001", said="恶意差评")),
        ("G-0001 申诉成立：属实", CaseOrder("uphold", "G-0001", said="属实")),
        ("G-0001 申诉不成立：门关着", CaseOrder("refuse", "G-0001", said="门关着")),
        ("G-0001 回复：取消周六的书法班吗？", CaseOrder("reply", "G-0001", said="取消周六的书法班吗？")),
        ("G-0001 reply: which room?", CaseOrder("reply", "G-0001", said="which room?")),
        ("G-0001 受理。", CaseOrder("accept", "G-0001")),
        ("G-0001 唱个歌", CaseOrder("unclear", "G-0001")),
    ],
)
def test_an_order_is_understood_with_what_is_written(said: str, expected: CaseOrder) -> None:
    assert case_order_of(said) == expected


@pytest.mark.parametrize(
    "said",
    ["今日名单", "签到 G346", "G346 到了", "取消周六的书法班", "工单怎么用啊", "请看 G-0001 那件事", "G-"],
)
def test_what_speaks_of_no_case_is_left_to_others(said: str) -> None:
    assert case_order_of(said) is None


def test_numbers_are_said_as_on_cards() -> None:
    assert code_in("看看G-12和G-13") == "G-0012"
    assert code_in("G12") is None
    assert code_in("G0012") == "G-0012"
    assert is_code(" g-0012 ")
    assert not is_code("G-0012 说明")


@pytest.mark.parametrize(
    "said", ["插座漏电", "孩子摔伤了", "老人在楼梯受了伤", "吊灯掉下来了", "老师打孩子", "the child was hurt",
             "an Electric Shock"]
)  # fmt: skip
def test_danger_is_urgent(said: str) -> None:
    assert is_urgent(said)


@pytest.mark.parametrize("said", ["老师迟到", "没有受伤，就是生气", "空调坏了", "打电话没人接", "rude staff"])
def test_what_only_annoys_is_not(said: str) -> None:
    assert not is_urgent(said)


def test_addresses_and_plates_are_masked_and_all_else_stays() -> None:
    masked = without_addresses("我住丰泽街12号3栋502，闽c12345的车堵门")
    assert "丰泽街" not in masked
    assert "12345" not in masked
    assert "的车堵门" in masked
    assert without_addresses("15:30到16:00没人，灯坏了3盏") == "15:30到16:00没人,灯坏了3盏"

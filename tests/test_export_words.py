"""Fees, ages, documents, addresses and hours are read out of words for exports, never guessed."""

import pytest

from handlers.export_schedules import Rule, rules_in
from handlers.export_words import ages, city_and_region, listed, prices


@pytest.mark.parametrize(
    ("fee", "amounts"),
    [
        ("免费", [0.0]),
        ("免费（自带球拍）", [0.0]),
        ("30元/天（含午餐）", [30.0]),
        ("12元/次，70岁以上5元", [12.0, 5.0]),
        ("上门费20元，配件另计", [20.0, None]),
        ("5元起", [5.0]),
        ("１２.5 元", [12.5]),
        ("按价签", [None]),
        (None, []),
    ],
)
def test_a_fee_is_split_into_options_with_amounts_where_it_names_them(
    fee: str | None, amounts: list[float | None]
) -> None:
    assert [price.amount for price in prices(fee)] == amounts
    assert "，".join(price.words for price in prices(fee)) == (fee or "")


@pytest.mark.parametrize(
    ("audience", "span"),
    [
        ("60岁以上", (60, None)),
        ("6-16岁", (6, 16)),
        ("7～14周岁", (7, 14)),
        ("60岁以上老人优先", (None, None)),
        ("65岁以上、残疾人", (None, None)),
        ("6个月-3岁", (None, None)),
        ("居民", (None, None)),
        ("3-6岁（须家长陪同）", (3, 6)),
        ("小学1-6年级", (None, None)),
        (None, (None, None)),
    ],
)
def test_ages_are_only_read_where_the_words_are_plain(
    audience: str | None, span: tuple[int | None, int | None]
) -> None:
    assert ages(audience) == span


def test_lists_and_addresses_are_taken_apart() -> None:
    assert listed("营业执照副本、经办人身份证") == ["营业执照副本", "经办人身份证"]
    assert listed(None) == []
    assert city_and_region("泉州市丰泽区东湖街道通港街289号") == ("泉州市", "丰泽区")
    assert city_and_region("福建省泉州市丰泽区东湖街道") == ("泉州市", "丰泽区")
    assert city_and_region("通港街289号") == ("", "")


EVERY_DAY = "MO,TU,WE,TH,FR,SA,SU"


@pytest.mark.parametrize(
    ("osm", "rules"),
    [
        (
            "Mo-Fr 08:30-12:00,14:30-17:30; Sa 09:00-11:30; PH off",
            [
                Rule("WEEKLY", "MO,TU,WE,TH,FR", "08:30", "12:00"),
                Rule("WEEKLY", "MO,TU,WE,TH,FR", "14:30", "17:30"),
                Rule("WEEKLY", "SA", "09:00", "11:30"),
            ],
        ),
        ("24/7", [Rule("WEEKLY", EVERY_DAY, "00:00", "23:59")]),
        ("00:00-24:00", [Rule("WEEKLY", EVERY_DAY, "00:00", "23:59")]),
        ("08:00-21:00", [Rule("WEEKLY", EVERY_DAY, "08:00", "21:00")]),
        ("Tu-Su 09:00-21:00; Mo off", [Rule("WEEKLY", "TU,WE,TH,FR,SA,SU", "09:00", "21:00")]),
        ("Sa-Mo 10:00-12:00", [Rule("WEEKLY", "SA,SU,MO", "10:00", "12:00")]),
        ("We[1,3] 14:30-17:00", [Rule("MONTHLY", "1WE,3WE", "14:30", "17:00")]),
        ("Mo,We,Fr 18:00-26:00", [Rule("WEEKLY", "MO,WE,FR", "18:00", "02:00")]),
        ("Mo-Fr,PH 08:00-12:00", [Rule("WEEKLY", "MO,TU,WE,TH,FR", "08:00", "12:00")]),
        ("Sa[-1] 14:00-16:00", []),
        ("SH Mo-Fr 16:00-18:00", []),
        ('"by appointment"', []),
        ("2027 Jan 25-2027 Feb 03 Mo-Fr 08:30-17:30", []),
    ],
)
def test_weekly_and_monthly_hours_become_rules_and_others_stay_words(osm: str, rules: list[Rule]) -> None:
    assert rules_in(osm) == rules

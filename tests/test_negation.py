"""What is said not to be wanted is told apart from what is."""

import pytest

from messages.understand.understand import Phrases
from tests.sample import Sample, read_by

PHRASES = {language: Phrases(language) for language in ("zh", "en")}

# A sentence, what of it is wanted, and what is not, by the words that name it.
SENTENCES: list[tuple[str, set[str], set[str]]] = [
    ("不要食堂", set(), {"食堂"}),
    ("我不要食堂，我要理发", {"理发"}, {"食堂"}),
    ("不是问食堂，是问理发", {"理发"}, {"食堂"}),
    ("先不去食堂", set(), {"食堂"}),
    ("除了食堂还有什么", set(), {"食堂"}),
    ("没兴趣书法班", set(), {"书法班"}),
    ("书法班就算了", set(), {"书法班"}),
    ("理发去过了", set(), {"理发"}),
    ("不是东湖社区是东凤社区", {"东凤社区"}, {"东湖社区"}),
    ("东湖社区不行，东凤社区呢", {"东凤社区"}, {"东湖社区"}),
    ("东湖社区太远了", set(), {"东湖社区"}),
    ("别去东湖社区", set(), {"东湖社区"}),
    ("不要东湖社区 东凤社区", {"东凤社区"}, {"东湖社区"}),
    ("东湖社区不要 东凤社区可以", {"东凤社区"}, {"东湖社区"}),
    ("除了东湖社区哪里有食堂", {"食堂"}, {"东湖社区"}),
    ("not the canteen but a haircut", {"haircut"}, {"canteen"}),
    ("i don't want the canteen, i want a haircut", {"haircut"}, {"canteen"}),
    ("a haircut, no need for the canteen", {"haircut"}, {"canteen"}),
    # What holds a word of refusal and refuses nothing.
    ("有没有食堂", {"食堂"}, set()),
    ("没有食堂吗", {"食堂"}, set()),
    ("能不能理发", {"理发"}, set()),
    ("要不要预约理发", {"理发"}, set()),
    ("用不用去东湖社区", {"东湖社区"}, set()),
    ("是不是东湖社区", {"东湖社区"}, set()),
    ("东湖社区的食堂好不好吃", {"东湖社区", "食堂"}, set()),
    ("食堂不要钱吗", {"食堂"}, set()),
    ("不用预约的理发", {"理发"}, set()),
    ("别的食堂呢", {"食堂"}, set()),
    ("别人都去食堂", {"食堂"}, set()),
    ("特别近的理发店", {"理发店"}, set()),
    ("食堂不要紧吧", {"食堂"}, set()),
    ("canteen without stairs", {"canteen"}, set()),
    ("is there a canteen or not", {"canteen"}, set()),
    ("where is the canteen", {"canteen"}, set()),
]
# What refuses and says nothing else.
NO_MORE = {said for said, wanted, refused in SENTENCES if refused and not wanted} - {"除了食堂还有什么"}


@pytest.mark.parametrize(("said", "wanted", "refused"), SENTENCES, ids=[said for said, *_ in SENTENCES])
def test_what_is_wanted_and_what_is_not(
    said: str, wanted: set[str], refused: set[str], sample: Sample
) -> None:
    meant = read_by(sample.reader, sample.directory)(said)
    assert {hit.text for hit in meant.hits} == wanted
    assert {hit.text for hit in meant.without} == refused
    if refused:
        assert [text for text in refused if text in meant.plain] == ([*refused] if said in NO_MORE else [])


def test_where_nothing_else_was_said_all_is_weighed(sample: Sample) -> None:
    read = read_by(sample.reader, sample.directory)
    assert NO_MORE
    assert all(read(said).plain == read(said).text for said in NO_MORE)


def test_a_table_that_expects_the_opposite_fails(sample: Sample) -> None:
    """The control: turned round, every sentence that refuses something is noticed."""
    read = read_by(sample.reader, sample.directory)
    refusing = [(said, wanted, refused) for said, wanted, refused in SENTENCES if refused]
    assert len(refusing) >= 15
    assert all({hit.text for hit in read(said).hits} != refused for said, _, refused in refusing)


@pytest.mark.parametrize(
    ("language", "said", "pauses", "spans"),
    [
        ("zh", "我要理发", (), []),
        ("zh", "不要食堂,要理发", (), [(0, 4)]),  # until a sign
        ("zh", "不要食堂我要理发", (), [(0, 4)]),  # until what is wanted
        ("zh", "不要食堂理发", (4,), [(0, 4)]),  # until a pause
        ("zh", "不要食堂", (), [(0, 4)]),  # until the end
        ("zh", "理发,食堂不要", (), [(3, 7)]),  # back to a sign
        ("zh", "理发食堂不要", (2,), [(2, 6)]),  # back to a pause
        ("zh", "食堂不要", (), [(0, 4)]),  # back to the beginning
        ("en", "a haircut", (), []),
        ("en", "not the canteen but a haircut", (), [(0, 16)]),
        ("en", "the canteen is not possible", (), [(0, 27)]),
    ],
)
def test_the_part_that_refuses_ends_where_something_else_begins(
    language: str, said: str, pauses: tuple[int, ...], spans: list[tuple[int, int]]
) -> None:
    found = PHRASES[language].negated_in(said, pauses)
    assert {at for span in found for at in range(*span)} == {at for span in spans for at in range(*span)}


def test_a_refused_time_is_no_time_that_is_asked_about(sample: Sample) -> None:
    read = read_by(sample.reader, sample.directory)
    assert [time.text for time in read("不要周六，要周日").times] == ["周日"]
    assert [time.text for time in read("周六和周日").times] != []

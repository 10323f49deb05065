"""Traditional characters are understood and answered in; names and Simplified texts stay as they are."""

import pytest

from messages.understand.normalise import breaks_in, normalise
from messages.understand.scripts import is_traditional, simplified, traditional
from messages.words import words
from tests.sample import Sample, read_by


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("東湖社區的食堂幾點關門", "东湖社区的食堂几点关门"),
        ("離我最近的理髮店", "离我最近的理发店"),
        ("頭髮長了", "头发长了"),
        ("發生什麼事", "发生什么事"),
        ("乾洗店在哪裡", "干洗店在哪里"),
        ("餅乾和乾淨的衣服", "饼干和干净的衣服"),
        ("皇后大街後面", "皇后大街后面"),
        ("後天開嗎", "后天开吗"),
        ("麵包店裡面", "面包店里面"),
        ("隻身一人只要一隻", "只身一人只要一只"),
    ],
)
def test_traditional_is_read_as_simplified(written: str, meant: str) -> None:
    assert simplified(written) == meant
    assert normalise(written) == meant
    assert is_traditional(written)


@pytest.mark.parametrize(
    "said", ["皇后", "后天", "乾坤", "东湖社区的食堂几点关门", "canteen", "12345", "", "😀"]
)
def test_what_is_simplified_already_stays_as_it_is(said: str) -> None:
    assert simplified(said) == said
    assert not is_traditional(said)


def test_every_name_of_the_directory_is_kept_and_comes_back_from_traditional(sample: Sample) -> None:
    directory = sample.directory
    names = {
        *(centre.name for centre in directory.centres.values()),
        *(centre.community for centre in directory.centres.values() if centre.community),
        *directory.subdistricts,
        *directory.named,
        *directory.activities_named,
    }
    assert len(names) > 180
    assert {name for name in names if simplified(name) != name} == set()
    assert {name for name in names if normalise(traditional(name)) != normalise(name)} == set()


def test_a_centre_is_found_by_its_name_in_traditional(sample: Sample) -> None:
    read = read_by(sample.reader, sample.directory)
    lost = []
    for centre in sample.directory.centres.values():
        hits = read(f"{traditional(centre.name)}在哪裡").hits
        if not any(centre.id in hit.ids for hit in hits):
            lost.append(centre.name)
    assert not lost


def test_an_example_means_the_same_in_traditional(sample: Sample) -> None:
    """Of what people write, nearly all, tried by every fourth: Taiwan has other words for some things."""
    read = read_by(sample.reader, sample.directory)
    said = [sentence for sentences in words("zh", "examples").values() for sentence in sentences[::4]]
    same = sum(read(traditional(sentence)).hits == read(sentence).hits for sentence in said)
    assert same / len(said) >= 0.98


def test_traditional_answers_read_as_people_write_them() -> None:
    assert traditional("现在开着，12:00关门。") == "現在開着，12:00關門。"
    assert traditional("理发、头发、发现") == "理髮、頭髮、發現"
    assert traditional("Open now, 0595-00000002") == "Open now, 0595-00000002"


def test_where_somebody_paused_is_remembered_when_blanks_go() -> None:
    assert normalise("不要東湖 東鳳") == "不要东湖东凤"
    assert breaks_in("不要東湖 東鳳") == (4,)
    assert breaks_in("食堂 理发 书法") == (2, 4)
    assert breaks_in("canteen please") == ()


def test_a_conversion_by_characters_alone_would_be_noticed() -> None:
    """The control: which of two Traditional characters it is depends on the word."""
    by_characters = "".join(map(traditional, "头发"))
    assert by_characters != traditional("头发")

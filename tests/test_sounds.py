"""Names that were written by ear are found; what only sounds a little alike is not taken for a name."""

from dataclasses import replace

import pytest

from handlers.places import places_in
from messages.understand.lexicon import FAINT, PLACES, THINGS, Kind, Lexicon, Term
from messages.understand.sounds import SoundIndex, sound_of, sound_of_known, spelled
from messages.understand.understand import Understanding
from messages.words import words
from tests.misheard import FULL, STEM, Heard, Noise, heard, misheard
from tests.sample import Sample, read_by

FOUND = 0.93
FALSE_HITS = 0.02
SMALL_TALK = ("out_of_scope", "greet", "thanks", "repeat", "help", "language", "abuse")


def measured(sample: Sample, noise: Noise, sayings: tuple[str, ...]) -> Heard:
    directory = sample.directory
    return heard(misheard(directory, noise, sayings), read_by(sample.reader, directory), directory)


@pytest.mark.parametrize("noise", Noise)
def test_a_community_written_by_ear_is_found_or_asked_about(noise: Noise, sample: Sample) -> None:
    result = measured(sample, noise, FULL)
    assert result.found + result.asked + result.wrong + result.missed >= 200
    assert result.share >= FOUND, result
    assert result.wrong <= 2, result.examples


@pytest.mark.parametrize("noise", [Noise.HOMOPHONE, Noise.HOMOPHONES])
def test_a_bare_name_beside_a_word_for_places_is_found_by_its_homophones(
    noise: Noise, sample: Sample
) -> None:
    result = measured(sample, noise, STEM)
    assert result.share >= FOUND, result.examples
    assert not result.wrong, result.examples


def test_without_hearing_none_of_them_is_found(sample: Sample) -> None:
    """The control: the noise is one, and the measure notices it."""
    read = read_by(sample.reader, sample.directory)

    def deaf(said: str) -> Understanding:
        meant = read(said)
        return replace(meant, hits=tuple(hit for hit in meant.hits if not hit.heard))

    result = heard(misheard(sample.directory, Noise.HOMOPHONES, FULL), deaf, sample.directory)
    assert result.share <= 0.05, result


def test_sentences_about_other_things_hold_no_names_that_only_sound_right(sample: Sample) -> None:
    read = read_by(sample.reader, sample.directory)
    said = [sentence for intent in SMALL_TALK for sentence in words("zh", "examples")[intent]]
    false = [
        sentence for sentence in said if any(hit.heard and hit.rank > FAINT for hit in read(sentence).hits)
    ]
    assert len(said) >= 500
    assert len(false) / len(said) <= FALSE_HITS, false


@pytest.mark.parametrize("said", ["东每社区在哪里", "冬妹社区的食堂", "我在栋眉社区"])
def test_two_names_that_sound_alike_are_asked_about(said: str, sample: Sample) -> None:
    places = places_in(read_by(sample.reader, sample.directory)(said).hits, sample.directory)
    names = {sample.directory.centres[centre].community for centre in places.centres}
    assert places.unclear
    assert names == {"东美社区", "东梅社区"}


@pytest.mark.parametrize(("said", "name"), [("东美社区在哪里", "东美社区"), ("东梅社区在哪里", "东梅社区")])
def test_a_name_that_is_written_right_is_not_asked_about(said: str, name: str, sample: Sample) -> None:
    places = places_in(read_by(sample.reader, sample.directory)(said).hits, sample.directory)
    assert not places.unclear
    assert [sample.directory.centres[centre].community for centre in places.centres] == [name]


def lexicon() -> Lexicon:
    return Lexicon(
        [
            Term("东湖", Kind.CENTRE, ("A",), 0),
            Term("东湖社区", Kind.CENTRE, ("A",), 2),
            Term("理发", Kind.SERVICE, ("便民理发",), 1),
            Term("日间照料", Kind.SERVICE, ("日间照料室",), 2),
            Term("书法班", Kind.ACTIVITY, ("少儿书法班",), 1),
        ]
    )


def hear(said: str) -> list[tuple[str, Kind, bool]]:
    known = lexicon()
    written = known.find(said)
    return [(hit.text, hit.kind, hit.heard) for hit in (*written, *known.hear(said, written, ()))]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("在冻湖", "冻湖"),  # a word for places before it
        ("冻湖附近", "冻湖"),  # or after it
        ("冻湖", "冻湖"),  # or nothing else
        ("看冻湖水", None),
        ("冻湖社区好", "冻湖社区"),  # a full name needs none
        ("冻扶社区好", "冻扶社区"),  # and may be near only: h and f
        ("在冻扶", None),  # a short one must be the same in every syllable
    ],
)
def test_a_short_name_is_heard_where_places_stand_alone(said: str, found: str | None) -> None:
    assert hear(said) == ([(found, Kind.CENTRE, True)] if found else [])


def test_a_short_thing_that_is_only_near_proves_nothing_by_itself() -> None:
    known = lexicon()
    assert [hit.rank for hit in known.hear("立发", (), ())] == [1]
    assert [hit.rank for hit in known.hear("立哈", (), ())] == [FAINT]
    assert [hit.rank for hit in known.hear("日见造料", (), ())] == [2]


def test_things_are_heard_only_when_none_is_written() -> None:
    assert hear("日见找料") == [("日见找料", Kind.SERVICE, True)]
    assert hear("书发班") == [("书发班", Kind.ACTIVITY, True)]
    assert hear("理发和书发班") == [("理发", Kind.SERVICE, False)]


def test_places_are_heard_only_when_none_is_written() -> None:
    assert hear("东湖社区和冻湖社区") == [("东湖社区", Kind.CENTRE, False)]


def test_nothing_is_heard_in_a_time() -> None:
    assert hear("在冻湖") != []
    assert lexicon().hear("在冻湖", (), [(1, 3)]) == ()


def test_the_likest_of_the_longest_terms_is_heard() -> None:
    index = SoundIndex(["东湖", "东湖街", "冬胡街", "栋福街", "a", "东a"])
    [same] = index.find("冻葫阶", ())
    assert {each.term for each in same} == {"东湖街", "冬胡街"}  # equally like, and longer than the first
    [likest] = index.find("冻湖阶", ())
    assert [each.term for each in likest] == ["东湖街"]
    assert list(index.find("湖东", ())) == []
    assert list(index.find("东", ())) == []


def test_what_is_equally_like_comes_in_the_same_order_in_every_process() -> None:
    """Sets of texts have another order in each: the answer must not hang on it."""
    [same] = SoundIndex(["宗虎街", "匆虎街"]).find("重虎街", ())
    assert [each.term for each in same] == ["匆虎街", "宗虎街"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张", "脏"),
        ("吃", "词"),
        ("诗", "丝"),
        ("年", "连"),
        ("热", "乐"),
        ("福", "湖"),
        ("汤", "谈"),
        ("灯", "蹲"),
    ],
)
def test_what_southern_speakers_confuse_is_near_and_not_the_same(one: str, other: str) -> None:
    first, second = sound_of(one), sound_of(other)
    assert first
    assert second
    is_near = bool(first.near & second.near)
    assert is_near is ((one, other) != ("灯", "蹲"))  # the control: no pair of the list
    assert not first.same & second.same


def test_names_are_spelled_as_on_signs() -> None:
    assert spelled("东湖") == ("dong", "hu")
    assert spelled("绿女") == ("lv", "nv")
    assert spelled("A湖") == ()
    assert spelled("𠮷") == ()


def test_a_character_that_is_read_in_two_ways_is_found_by_both() -> None:
    both = sound_of("重")
    assert both
    assert both.usual == "zhong"
    assert both.same == {"zhong", "chong"}


def test_nothing_is_kept_of_what_has_no_reading() -> None:
    kept = sound_of_known.cache_info().currsize
    assert [sound_of(chr(point)) for point in range(0x1F000, 0x1F100)] == [None] * 256
    assert sound_of_known.cache_info().currsize == kept


def test_only_places_and_things_are_heard() -> None:
    assert not PLACES & THINGS
    known = Lexicon([Term("养老服务", Kind.CATEGORY, ("elder",), 1)])
    assert known.hear("仰老服务", (), ()) == ()

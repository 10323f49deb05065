"""Questions that nobody could answer are counted, without personal data, and cost other turns nothing."""

from datetime import timedelta

import pytest

from bot.jobs import JOBS, forget_questions
from bot.linli import Linli
from storage import questions
from storage.questions import Question
from tests.counting import counted_over
from tests.sample import NOW, Sample, message, rows_of


async def kept(linli: Linli) -> list[Question]:
    async with linli.database.read() as tx:
        return await questions.most_asked(tx, NOW.date() - timedelta(days=400), 50)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("阿巴阿巴", "not_understood"),
        ("东湖社区有宠物洗澡吗", "nothing_found"),
        ("明天天气怎么样", "out_of_scope"),
        ("blah blah blah", "not_understood"),
    ],
)
async def test_what_nobody_could_answer_is_kept_with_its_kind(linli: Linli, said: str, kind: str) -> None:
    await linli.hear(message(said))
    [question] = await kept(linli)
    assert (question.shown, question.kind, question.times) == (said, kind, 1)
    assert question.first_on == question.last_on == NOW.date()


async def test_the_same_question_of_many_residents_is_counted_once_each(linli: Linli) -> None:
    for who, said in (("a", "阿巴阿巴"), ("b", "阿巴 阿巴？"), ("c", "阿巴阿巴!")):
        await linli.hear(message(said, address=who))
    [question] = await kept(linli)
    assert question.times == 3


async def test_a_redelivered_question_is_counted_once(linli: Linli) -> None:
    for _ in range(3):
        await linli.hear(message("阿巴阿巴", id="1"))
    [question] = await kept(linli)
    assert question.times == 1


@pytest.mark.parametrize(
    "said", ["你好", "最近的老年食堂", "东湖社区", "/service FZ999.zzzzzz", "/activities FZ001", "/nonsense",
             "9", "😀😀", "13800138000", "傻逼", "我不想活了", "12345678901234567", "叫人回我电话"],
)  # fmt: skip
async def test_what_was_answered_and_what_is_no_question_is_not_kept(sqlite_linli: Linli, said: str) -> None:
    await sqlite_linli.hear(message(said))
    assert await kept(sqlite_linli) == []


async def test_planted_personal_data_does_not_reach_the_table(linli: Linli) -> None:
    for said in (
        "阿巴我叫王小明，电话13800138000",
        "阿巴 wang.xm@qq.com 加我微信wxid_wang88",
        "阿巴住幸福小区3号楼402室",
        "阿巴身份证35050319900101123X",
    ):
        await linli.hear(message(said))
    table = str(await rows_of(linli.database, "unknown_question"))
    assert len(await kept(linli)) == 3  # who says a name and nothing else is not even counted
    for personal in ("王小明", "138", "8000", "wang", "wxid", "幸福", "402", "350503"):
        assert personal not in table


async def test_a_turn_that_was_understood_sends_no_more_statements_than_before(
    sqlite_linli: Linli, sample: Sample
) -> None:
    linli, chains = counted_over(sqlite_linli, sample)
    for said in ("你好", "东湖社区", "最近的便民服务大厅", "人工", "傻逼", "阿巴阿巴"):
        await linli.hear(message(said))
    three = ["conversations.advance", "conversations.note_turn", "conversations.say_answer"]
    assert chains == [three] * 4 + [[*three, "questions.note"]]


async def test_what_was_asked_once_is_forgotten_after_the_days_that_are_set(linli: Linli) -> None:
    await linli.hear(message("阿巴阿巴"))
    for who in ("a", "b"):
        await linli.hear(message("明天天气怎么样", address=who))
    days = timedelta(days=linli.settings.unknown_days)
    assert await forget_questions(linli, NOW + days) == "forgot 0"
    assert await forget_questions(linli, NOW + days + timedelta(days=1)) == "forgot 1"
    assert [question.times for question in await kept(linli)] == [2]


def test_forgetting_and_counting_stand_in_the_timetable() -> None:
    assert {"forget-questions", "callbacks"} <= {job.name for job in JOBS}


@pytest.mark.parametrize(
    ("said", "kind"), [("东湖社区有宠物洗澡吗", "nothing_found"), ("东湖社区明天天气怎么样", "out_of_scope")]
)
async def test_what_no_centre_has_is_told_from_other_matters(
    sqlite_linli: Linli, said: str, kind: str
) -> None:
    await sqlite_linli.refresh_directory()
    assert (await sqlite_linli.hear(message(said))).view == "OutOfScope"
    [question] = await kept(sqlite_linli)
    assert question.kind == kind

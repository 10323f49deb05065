"""What residents found at the door: other processes say so at once, and nothing is read anew for it."""

from bot.jobs import JOBS, run
from bot.linli import Linli
from storage import reports
from storage.statements import statement
from storage.transaction import Transaction
from tests.sample import NOW, Sample, message, rows_of, second_process

CASES = statement("test.cases", "SELECT code FROM case_file ORDER BY code")
ENDS = statement("test.ends", "UPDATE case_file SET state = :state WHERE code = 'G-0001'")
DIRECTORY = next(job for job in JOBS if job.name == "directory")
SAID = "反映到了没开门"


async def card(linli: Linli, address: str = "chen") -> str:
    return (await linli.hear(message("东湖社区邻里中心", address=address))).rendered.text


async def test_another_process_says_so_at_its_next_look(linli: Linli, sample: Sample) -> None:
    assert DIRECTORY.every.total_seconds() <= 0.5
    async with second_process(linli, sample) as other:
        await linli.hear(message("/report FZ002 closed"))
        assert SAID not in await card(other)
        assert await run(DIRECTORY, other, NOW) == "refreshed"
        assert SAID in await card(other)
        assert await run(DIRECTORY, other, NOW) == "unchanged"


async def test_a_report_changes_neither_the_directory_nor_what_was_read(linli: Linli) -> None:
    before, planned = linli.directory, linli.has_to_plan(NOW)
    assert await linli.embed_directory()
    await linli.hear(message("/report FZ002 closed"))
    assert await linli.take_up_directory()
    assert linli.directory.lexicon is before.lexicon
    assert linli.directory.version == before.version
    assert planned
    linli.planned = planned
    assert not linli.has_to_plan(NOW)
    assert not await linli.embed_directory()
    assert SAID in await card(linli)


async def test_a_resident_has_one_open_case_of_each_thing(linli: Linli) -> None:
    for _ in range(2):
        for about in ("closed", "no_answer", "wrong"):
            await linli.hear(message(f"/report FZ002 {about}"))
    await linli.hear(message("/report FZ003 closed"))
    await linli.hear(message("/report FZ002 closed", address="somebody else"))
    async with linli.database.read() as tx:
        assert len(await tx.rows(CASES)) == 5
        listed = await reports.open_ones(tx)
    assert [(each.centre_id, each.about) for each in listed] == [
        ("FZ002", "closed"),
        ("FZ002", "no_answer"),
        ("FZ002", "wrong"),
        ("FZ003", "closed"),
    ]


async def test_what_nobody_knows_is_not_registered(linli: Linli) -> None:
    for button in ("/report FZ002 nothing", "/report FZ999 closed", "/wrong FZ999", "/report"):
        assert (await linli.hear(message(button))).view == "ChoiceGone"
    assert not (await rows_of(linli.database, "case_file"))["case_file"]


async def test_what_was_partly_put_right_is_not_said_any_more(linli: Linli) -> None:
    await linli.hear(message("/report FZ002 closed"))
    await linli.hear(message("给东湖社区打一星", address="chen"))

    async def ends(tx: Transaction) -> None:
        await tx.run(ENDS, {"state": "half_fixed"})

    await linli.take_up_directory()
    assert SAID in await card(linli)
    await linli.database.write(ends)
    await linli.take_up_directory()
    assert SAID not in await card(linli)


async def test_what_happens_again_after_it_was_settled_is_another_case(linli: Linli) -> None:
    for said in ("/report FZ002 closed", "/verdict G-0001 solved"):
        await linli.hear(message(said))
    reply = await linli.hear(message("/report FZ002 closed"))
    assert reply.view == "CaseOpened"
    assert "G-0002" in reply.rendered.text

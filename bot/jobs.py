"""The timed jobs, one list: what runs, how often, and whether residents feel it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.forgetting import (
    empty_bodies,
    end_deputies,
    forget_calls,
    forget_devices,
    forget_names,
    forget_photos,
    forget_sign_ins,
    forget_uploads,
    scrub,
)
from bot.ids import new_id
from bot.linli import Linli
from bot.logs import log
from handlers import (
    announcing,
    arrivals,
    call_list,
    case_rounds,
    desk_digest,
    digest_rounds,
    flags,
    links,
    misses,
    rating_rounds,
    rounds,
    star_rounds,
    topic_rounds,
)
from handlers.digest_periods import MONTH, WEEK, count_missing, last_over
from handlers.directory_changes import apply_due
from messages.calendar import SHANGHAI
from storage import callbacks, care, case_files, jobs, ledger, outbox, questions, recovery, revivals

# As long as a browser keeps its session.
DEVICES_KEPT = timedelta(days=30)
CLAIMS_KEPT = timedelta(days=500)

Work = Callable[[Linli, datetime], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Job:
    """`every` is the pause between runs. A job with a `period` runs once for each period, whoever
    comes first; one without is harmless to run at any time. `for_residents`: it changes what residents
    see, so a clock that is set forward runs it first."""

    name: str
    every: timedelta
    work: Work
    period: str | None = None
    for_residents: bool = False


async def expire_messages(linli: Linli, now: datetime) -> str:
    """Messages whose time has passed are not sent any more."""
    expired = await linli.database.write(lambda tx: outbox.expire(tx, now))
    return f"expired {expired}"


async def count_outbox(linli: Linli, now: datetime) -> str:
    async with linli.database.read() as tx:
        depth = await outbox.depth(tx)
    for state, rows in depth.items():
        linli.metrics.outbox.labels(state).set(rows)
    return "counted"


async def count_callbacks(linli: Linli, now: datetime) -> str:
    """Nobody is told yet: the figure is for whoever watches the service."""
    async with linli.database.read() as tx:
        overdue = await callbacks.overdue(tx, now)
    linli.metrics.overdue.set(overdue)
    return f"overdue {overdue}"


async def apply_changes(linli: Linli, now: datetime) -> str:
    """What managers changed from a day on is there for residents on that day."""
    applied = await linli.database.write(lambda tx: apply_due(tx, now))
    if applied:
        await linli.take_up_directory()
    return f"applied {applied}"


async def refresh_directory(linli: Linli, now: datetime) -> str:
    return "refreshed" if await linli.take_up_directory() else "unchanged"


async def refresh_vectors(linli: Linli, now: datetime) -> str:
    """Apart from the directory: embedding may take half a minute, and names are known at once."""
    return "embedded" if await linli.embed_directory() else "unchanged"


async def back_up(linli: Linli, now: datetime) -> str:
    """A dated copy of the SQLite file, read from end to end before it counts as one; the oldest beyond the
    number kept are deleted."""
    if linli.database.engine != "sqlite":
        return "left to pg_dump"
    folder = linli.settings.backup_dir
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"linli-{now:%Y%m%d-%H%M%S}.db"
    unfinished = copy.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    await care.backup(linli.database, unfinished)
    version = await care.verify_copy(unfinished)
    unfinished.replace(copy)  # only a whole copy gets a copy's name and may push out an old one
    for old in sorted(folder.glob("linli-*.db"))[: -linli.settings.backups_kept]:
        old.unlink()
    return copied(copy.name, version)


def copied(name: str, version: int) -> str:
    """What the job says of a copy that it has read again; bot/copies.py looks for it."""
    return f"copied to {name}: whole, schema {version}"


async def forget_claims(linli: Linli, now: datetime) -> str:
    """The yearly audit reads which deleting jobs ran, up to three months after its year."""
    await linli.database.write(lambda tx: jobs.forget_before(tx, now - CLAIMS_KEPT))
    return "forgotten"


async def forget_questions(linli: Linli, now: datetime) -> str:
    """What was asked once and not again says little about what is missing."""
    before = now.date() - timedelta(days=linli.settings.unknown_days)
    forgotten = await linli.database.write(lambda tx: questions.forget_rare(tx, before))
    return f"forgot {forgotten}"


async def forget_codes(linli: Linli, now: datetime) -> str:
    """Recovery codes past their end, and devices that showed their number long ago."""
    codes = await linli.database.write(lambda tx: recovery.forget_expired(tx, now))
    before = now - DEVICES_KEPT
    devices = await linli.database.write(lambda tx: recovery.forget_devices(tx, before))
    return f"forgot {codes} codes and {devices} devices"


async def pass_places_on(linli: Linli, now: datetime) -> str:
    """Offers that were not answered in time, and lines of what has begun."""
    world = linli.world(now)
    lapsed = await rounds.let_offers_lapse(linli.database, world, new_id)
    closed = await rounds.close_lines(linli.database, world, new_id)
    return f"lapsed {lapsed}, not served {closed}"


async def close_links(linli: Linli, now: datetime) -> str:
    """Links of conversations that nobody answered in time."""
    return f"closed {await links.close_expired(linli.database, linli.world(now), new_id)}"


async def drop_phones(linli: Linli, now: datetime) -> str:
    """Numbers of those in line for what was called off and stays so."""
    return f"dropped {await linli.database.write(lambda tx: revivals.drop_phones(tx, now))}"


async def publish_lists(linli: Linli, now: datetime) -> str:
    """The list of a draw is there when registration is over, also where nobody thinks of publishing it."""
    return f"published {await rounds.publish_lists(linli.database, linli.world(now), new_id)}"


async def note_misses(linli: Linli, now: datetime) -> str:
    return f"missed {await misses.note_misses(linli.database, linli.world(now), new_id)}"


async def remind(linli: Linli, now: datetime) -> str:
    return f"reminded {await rounds.remind(linli.database, linli.world(now), new_id)}"


async def announce(linli: Linli, now: datetime) -> str:
    """What managers announced, to those who follow their centres."""
    return f"told {await announcing.tell_followers(linli.database, linli.world(now), new_id)}"


async def watch_arrivals(linli: Linli, now: datetime) -> str:
    """Children who are not there, and children whom nobody has fetched."""
    return f"said {await arrivals.watch(linli.database, linli.world(now), new_id)}"


async def tell_whom_to_call(linli: Linli, now: datetime) -> str:
    """Families whom no message of a change has reached."""
    return f"told {await call_list.tell_desks(linli.database, linli.world(now), new_id)}"


async def ask_for_ratings(linli: Linli, now: datetime) -> str:
    return f"asked {await rating_rounds.ask_for_ratings(linli.database, linli.world(now), new_id)}"


async def flag_ratings(linli: Linli, now: datetime) -> str:
    """Ratings that look made up count less from now on; see handlers/suspicion.py."""
    return f"flagged {await flags.flag_suspicious(linli.database, now)}"


async def publish_root(linli: Linli, now: datetime) -> str:
    """The last hash of yesterday's ledger, which anybody may write down."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = today.date() - timedelta(days=1)
    await linli.database.write(lambda tx: ledger.publish(tx, yesterday, today, now))
    return "published"


async def watch_cases(linli: Linli, now: datetime) -> str:
    """Cases whose time is nearly over or is, verdicts that are waited for."""
    steps = await case_rounds.watch(linli.database, linli.world(now), new_id, linli.safe.addresses)
    async with linli.database.read() as tx:
        overdue = await case_files.overdue(tx, now)
    linli.metrics.cases_overdue.set(overdue)
    return f"steps {steps}, overdue {overdue}"


async def reckon_stars(linli: Linli, now: datetime) -> str:
    return f"starred {await star_rounds.reckon(linli.database, linli.world(now))}"


async def find_topics(linli: Linli, now: datetime) -> str:
    """What many complain of, for the district to put right once."""
    embed = linli.meaning.vectors_of
    new, joined = await topic_rounds.find_topics(linli.database, linli.world(now), new_id, embed)
    return f"topics {new}, cases {joined}"


async def count_periods(linli: Linli, now: datetime) -> str:
    """What digests of the last week and month are made of, so that no turn that asks for one has to count."""
    world = linli.world(now)
    last = [last_over(cadence, now.date()) for cadence in (WEEK, MONTH)]
    return f"counted {sum([await count_missing(linli.database, each, world) for each in last])}"


async def send_digests(linli: Linli, now: datetime) -> str:
    """To whoever reads one and wants it by now."""
    world = linli.world(now)
    sign = desk_digest.signing(linli.safe, world)
    sent, skipped = await digest_rounds.send_due(linli.database, world, new_id, sign)
    return f"sent {sent}, skipped {skipped}"


async def plan_sessions(linli: Linli, now: datetime) -> str:
    """When the directory or the calendar changed, or a day has passed: what is planned already. What could
    not be planned now is planned at the next beat."""
    reason, world = linli.has_to_plan(now), linli.world(now)
    if reason is None:
        return "unchanged"
    planned = str(await rounds.plan_stored(linli.database, world, new_id))
    linli.planned = reason
    return planned


async def plan_ahead(linli: Linli, now: datetime) -> str:
    return str(await rounds.plan_ahead(linli.database, linli.world(now), new_id))


JOBS: tuple[Job, ...] = (
    Job("directory", timedelta(seconds=0.5), refresh_directory),
    Job("vectors", timedelta(seconds=0.5), refresh_vectors),
    Job("changes", timedelta(seconds=60), apply_changes, for_residents=True),
    Job("expire", timedelta(seconds=30), expire_messages, for_residents=True),
    Job("sessions", timedelta(seconds=5), plan_sessions, for_residents=True),
    Job("line", timedelta(seconds=5), pass_places_on, for_residents=True),
    Job("phones", timedelta(seconds=60), drop_phones, for_residents=True),
    Job("links", timedelta(seconds=30), close_links, for_residents=True),
    Job("draws", timedelta(seconds=15), publish_lists, for_residents=True),
    Job("misses", timedelta(minutes=10), note_misses, for_residents=True),
    Job("remind", timedelta(seconds=60), remind, for_residents=True),
    Job("announce", timedelta(seconds=15), announce, for_residents=True),
    Job("arrivals", timedelta(seconds=60), watch_arrivals, for_residents=True),
    Job("calls", timedelta(minutes=5), tell_whom_to_call, for_residents=True),
    Job("ratings", timedelta(minutes=5), ask_for_ratings, for_residents=True),
    Job("flags", timedelta(minutes=5), flag_ratings),
    Job("ledger-root", timedelta(minutes=5), publish_root, period="%Y-%m-%d"),
    Job("cases", timedelta(seconds=60), watch_cases, for_residents=True),
    Job("stars", timedelta(minutes=10), reckon_stars, period="%Y-%m-%d"),
    Job("count", timedelta(minutes=10), count_periods, period="%Y-%m-%d"),
    Job("topics", timedelta(minutes=10), find_topics, period="%Y-%m-%d"),
    Job("digests", timedelta(seconds=60), send_digests, for_residents=True),
    Job("sessions-ahead", timedelta(minutes=10), plan_ahead, period="%Y-%m-%d"),
    Job("outbox-depth", timedelta(seconds=15), count_outbox),
    Job("callbacks", timedelta(seconds=60), count_callbacks),
    Job("backup", timedelta(minutes=10), back_up, period="%Y-%m-%d"),
    Job("forget-claims", timedelta(hours=6), forget_claims, period="%Y-%m-%d"),
    Job("forget-questions", timedelta(hours=6), forget_questions, period="%Y-%m-%d"),
    Job("forget-codes", timedelta(hours=6), forget_codes, period="%Y-%m-%d"),
    Job("scrub", timedelta(seconds=5), scrub),
    Job("empty-bodies", timedelta(hours=1), empty_bodies, period="%Y-%m-%d"),
    Job("forget-names", timedelta(hours=1), forget_names, period="%Y-%m-%d"),
    Job("forget-calls", timedelta(hours=6), forget_calls, period="%Y-%m-%d"),
    Job("end-deputies", timedelta(minutes=10), end_deputies),
    Job("forget-sign-ins", timedelta(hours=6), forget_sign_ins, period="%Y-%m-%d"),
    Job("forget-uploads", timedelta(minutes=10), forget_uploads),
    Job("forget-devices", timedelta(hours=1), forget_devices, period="%Y-%m-%d"),
    Job("forget-photos", timedelta(hours=1), forget_photos, period="%Y-%m-%d"),
)


async def run(job: Job, linli: Linli, now: datetime) -> str | None:
    """Run a job at `now`, claiming its period first; None when somebody else has this period.

    A run that fails or is cut short gives its claim back, and the next beat tries again.
    """
    if job.period is None:
        return await job.work(linli, now)
    period = now.strftime(job.period)
    holder = str(new_id())
    if not await linli.database.write(lambda tx: jobs.claim(tx, job.name, period, holder, now)):
        return None
    outcome = jobs.FAILED
    try:
        outcome = await job.work(linli, now)
        return outcome
    finally:
        finished = outcome
        await linli.database.write(lambda tx: jobs.finish(tx, job.name, period, holder, finished, now))
        log("jobs").info("job", job=job.name, period=period, outcome=finished)


async def run_due(linli: Linli, now: datetime) -> None:
    """Run every job that residents feel, as a clock set to `now` would have."""
    for job in JOBS:
        if job.for_residents:
            await run(job, linli, now)

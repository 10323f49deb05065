"""Takes what is due from the outbox to the channels: leased, in order, again after a failure.

States: waiting -> leased -> sent; a failed try goes back to waiting with a longer pause, a lease that
runs out is taken by the next worker, a message past its time becomes expired, one that can never be
delivered becomes dead, as does one that failed too often in a way that nobody foresaw. Answers and danger,
and what stands before them in their conversation, are leased before news, however much of it is due.

News that rings on somebody's phone waits for the morning: it is not leased by night. What would be over by
then does not wait, nor does an answer, nor what stands before something that cannot wait; whoever writes at
night is told what waited.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.ids import new_id
from bot.logs import log, where
from handlers.night import morning_after
from storage import outbox
from storage.database import Database, DatabaseError, Transaction

LEASE = timedelta(seconds=45)
AT_ONCE = 50
# So long a message may wait for its turn, and so long a call may take once it is its turn: one that is cut
# off may have arrived, and is sent again. Both are well within the lease, so that no other worker takes what
# this one is still sending; so is a message of several calls.
WAIT_S, PATIENCE_S = 20.0, 20.0
SPARE_S = 3.0
# So long what is under way may go on when the process has to stop; systemd waits longer (TimeoutStopSec).
FINISH_S = 20.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
# What fails so often in a way that nobody foresaw never arrives: two hours with the pauses between.
FAULTS = 30
# In the morning there must be time to act on news: an offer that ends before noon is told at night.
TO_ACT = timedelta(hours=4)


class NotNow(Exception):
    """The message can't be delivered now; it is tried again later: `after` so long, where the channel says
    how long. The text says why, in a word."""

    def __init__(self, why: str, *, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.after = after


class Never(Exception):
    """The message can't ever be delivered. The text says why, in a word."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a channel is given to deliver."""

    id: str
    channel: str
    address: str
    number: int
    view: str
    is_urgent: bool = False
    """It goes before news: somebody waits for it, or it cannot wait."""
    attempts: int = 1
    """Which try this is, from 1."""
    begins: Callable[[], None] = field(default=lambda: None, compare=False, repr=False)
    """Said as a call begins by a channel that lets messages wait for their turn: time counts from then."""


Deliver = Callable[[Parcel], Awaitable[None]]


class Dispatcher:
    """One worker; any number may run side by side, in any number of processes."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Deliver],
        *,
        chance: Callable[[], float],
        wait_s: float = WAIT_S,
        patience_s: float = PATIENCE_S,
        rings: Collection[str] = (),
        lease: timedelta = LEASE,
    ) -> None:
        """`chance` gives numbers from 0 to 1; `wait_s` is how long a message may wait for its turn, or all of
        its delivery take where a channel knows no turns, and `patience_s` how long a call may take; `rings`
        are the channels whose messages make a phone ring."""
        self._database = database
        self._lease = lease
        self._wait_s = wait_s
        self._patience_s = patience_s
        self._channels = channels
        self._holder = str(new_id())
        self._chance = chance
        self._rings = frozenset(rings)
        self._runs: set[asyncio.Task[int]] = set()
        self._finishing = asyncio.Event()

    @property
    def lanes(self) -> Mapping[str, outbox.Lane]:
        """Channels that ring have each a lane of their own, so that one that hangs holds up no other; the
        page shares one with what no channel is there for."""
        each = {channel: outbox.Lane((channel,)) for channel in sorted(self._rings)}
        return {"": outbox.Lane(tuple(each), is_among=False), **each}

    async def run(self, now: datetime, lane: outbox.Lane = outbox.EVERY) -> int:
        """Deliver what is due in a lane at `now`; how many messages were sent.

        They go side by side: no two are of the same conversation, and one slow message must not keep
        the others until their leases have run out. What the database raises is raised when all have ended.
        """
        return await self._tracked(self._run(now, lane))

    async def _tracked(self, work: Coroutine[Any, Any, int]) -> int:
        run = asyncio.create_task(work)
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)
        return await run

    async def _run(self, now: datetime, lane: outbox.Lane) -> int:
        if self._finishing.is_set():
            return 0
        ends = self._lease_ends()

        async def lease(tx: Transaction) -> list[outbox.Leased]:
            if not lane.is_among:  # one lane does it for all
                await outbox.expire(tx, now)
            return await outbox.lease_due(
                tx,
                now,
                now + self._lease,
                self._holder,
                AT_ONCE,
                held_at=held_from(now),
                held_on=self._rings,
                lane=lane,
            )

        leased = await self._database.write(lease)
        if self._finishing.is_set():
            return 0
        return await all_of(self._deliver(row, now, ends) for row in leased)

    def _lease_ends(self) -> float:
        """By the loop's clock, less a little. It is asked before the lease is written: that may have to wait,
        and the lease counts from the moment it was asked for."""
        return asyncio.get_running_loop().time() + self._lease.total_seconds() - SPARE_S

    async def finish(self, within_s: float = FINISH_S) -> None:
        """Lease nothing more, let what is under way end, and let the rest wait for another worker at once.
        What is cut off after `within_s` may have arrived, and is sent again."""
        self._finishing.set()
        if self._runs:
            _, late = await asyncio.wait(self._runs, timeout=within_s)
            for run in late:
                run.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        try:
            await self._database.write(lambda tx: outbox.give_back(tx, self._holder))
        except DatabaseError as error:  # their leases run out by themselves
            log("outbox").error("leases were not given back", exc_info=error)

    async def drain(self, clock: Clock, lane: outbox.Lane = outbox.EVERY) -> int:
        """Deliver as long as something goes out; how many messages were sent. Two runs side by side: one
        leases while the last of the other are on their way, so that a channel's allowance is used."""

        async def one() -> int:
            sent = 0
            while delivered := await self.run(clock(), lane):
                sent += delivered
            return sent

        first = await self.run(clock(), lane)
        return first + await all_of(one() for _ in range(2)) if first else 0

    async def run_for(self, channel: str, address: str, clock: Clock, *, most: int = AT_ONCE) -> int:
        """Deliver what waits for one resident, in order, before the next beat; how many messages were sent.

        Whoever has just written is there: what failed before is not kept until its pause is over. What is
        more than `most` is left to the beat.
        """
        for sent in range(most):
            if not await self._tracked(self._next(channel, address, clock())):
                return sent
        return most

    async def _next(self, channel: str, address: str, now: datetime) -> int:
        if self._finishing.is_set():
            return 0
        ends = self._lease_ends()
        row = await self._database.write(
            lambda tx: outbox.lease_next(tx, channel, address, now, now + self._lease, self._holder)
        )
        return await self._deliver(row, now, ends) if row and not self._finishing.is_set() else 0

    async def _deliver(self, row: outbox.Leased, now: datetime, ends: float) -> int:
        try:
            await self._give(row, ends)
        except NotNow as error:
            return await self._again(row, now, str(error), error.after)
        except Never as error:
            reason = str(error)
            await self._database.write(lambda tx: outbox.mark_dead(tx, row.id, self._holder, reason))
        except (TimeoutError, DatabaseError) as error:
            return await self._again(row, now, where(error)[:200])
        except Exception as error:  # a fault of the channel must not stop the others
            log("outbox").warning("delivery failed", outbox=row.id, channel=row.channel, exc_info=error)
            due, why = self._due(row, now), where(error)[:200]
            await self._database.write(
                lambda tx: outbox.note_fault(tx, row.id, self._holder, due, why, most=FAULTS)
            )
        else:
            await self._database.write(lambda tx: outbox.mark_sent(tx, row.id, self._holder, now))
            return 1
        return 0

    async def _give(self, row: outbox.Leased, ends: float) -> None:
        """Raises TimeoutError when it takes too long, and what the channel raises. At `ends`, by the loop's
        clock, the lease is nearly over, and another worker may take it."""
        deliver = self._channels.get(row.channel)
        if deliver is None:
            raise Never("no such channel")
        seconds = asyncio.get_running_loop().time
        if seconds() >= ends:
            raise NotNow("the lease came too late")
        async with asyncio.timeout_at(min(seconds() + self._wait_s, ends)) as limit:

            def begins() -> None:
                limit.reschedule(min(seconds() + self._patience_s, ends))

            await deliver(
                Parcel(
                    row.id,
                    row.channel,
                    row.address,
                    row.number,
                    row.view,
                    is_urgent=row.is_urgent,
                    attempts=row.attempts,
                    begins=begins,
                )
            )

    async def _again(
        self, row: outbox.Leased, now: datetime, reason: str, after: timedelta | None = None
    ) -> int:
        due = self._due(row, now, after)
        await self._database.write(lambda tx: outbox.retry_later(tx, row.id, self._holder, due, reason))
        return 0

    def _due(self, row: outbox.Leased, now: datetime, after: timedelta | None = None) -> datetime:
        """When it is tried again."""
        pause = min(FIRST_PAUSE_S * 2 ** min(row.attempts, 20), LONGEST_PAUSE_S)
        return now + (after or timedelta(seconds=pause * (0.5 + self._chance())))


def held_from(now: datetime) -> datetime:
    """News that rings and ends from then on is left for the morning: by day none is."""
    morning = morning_after(now)
    return morning + TO_ACT if morning else outbox.FOR_EVER


async def all_of(works: Iterable[Awaitable[int]]) -> int:
    """The sum, when all have ended; then the first error is raised."""
    ended = await asyncio.gather(*works, return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    return sum(each for each in ended if isinstance(each, int))


def jitter() -> float:
    """A number from 0 to 1 so that many retries do not come at the same moment."""
    return random.random()  # noqa: S311 - not a secret

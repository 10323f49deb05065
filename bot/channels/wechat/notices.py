"""Beside the conversation, while WeChat takes no message: a notice that there is news, one for each message.

A subscription notice where its resident has agreed to one, else a template message. The message itself waits,
as ever, and comes with the next answer, with its choices. Whom WeChat has told of it, no centre has to call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bot.channels.wechat.client import CallFailed, NoAnswer, WeChatApi
from bot.channels.wechat.errors import EXPECTED, Outcome, quota_ends
from bot.channels.wechat.incoming import CHANNEL, Incoming
from bot.channels.wechat.news import News, news_of
from bot.channels.wechat.reports import Agreed, Declined, Reached, Report
from bot.channels.wechat.templates import ROUTES, Template, Templates
from bot.dispatch import Parcel, held_from
from bot.linli import Linli
from bot.logs import log
from handlers.turn import readable
from storage import wechat, wechat_notices
from storage.database import Transaction
from storage.outbox import FOR_EVER
from storage.wechat_notices import SUBSCRIPTION, TEMPLATE, Notice, Untold

PATHS: Mapping[str, str] = MappingProxyType(
    {SUBSCRIPTION: "message/subscribe/bizsend", TEMPLATE: "message/template/send"}
)
# Of this message nothing comes any more on this route; another may be tried.
_GONE = frozenset((Outcome.DECLINED, Outcome.WINDOW, Outcome.UNREACHABLE, Outcome.FAULT))


@dataclass(frozen=True, slots=True)
class _Due:
    """A notice that may be sent: to whom, of which message, by which template."""

    notice: Notice
    address: str
    outbox_id: str
    template: Template
    news: News


class Notices:
    """Sends them. A route that may not be used is not tried again before a restart."""

    def __init__(self, linli: Linli, api: WeChatApi, templates: Templates) -> None:
        self._linli = linli
        self._api = api
        self._templates = templates
        self._stopped_until: dict[str, datetime] = {}

    async def tell(self, parcel: Parcel, now: datetime) -> None:
        """Of everything that waits in the conversation of `parcel`, which may be the oldest of it: those
        behind it are not delivered before it is."""
        async with self._linli.database.read() as tx:
            thread = await wechat.thread(tx, parcel.channel, parcel.address)
            waiting = await wechat_notices.untold(tx, thread.id, now, held_from(now)) if thread else []
        for each in waiting:
            view, _ = readable(each.view, self._linli.policy.help_line)
            news = news_of(view, self._linli.policy.help_line)
            if thread and news:
                await self._told(thread.id, parcel.address, each, news, now)

    async def _told(self, thread_id: str, address: str, of: Untold, news: News, now: datetime) -> None:
        """On the first route that takes it."""
        for route in ROUTES:
            template = self._templates.get((route, news.kind))
            if template is None or now < self._stopped_until.get(route, now):
                continue
            notice = Notice(thread_id, of.number, route, template.id)
            if not await self._begun(notice, now):
                continue
            if await self._sent(_Due(notice, address, of.id, template, news), now):
                return

    async def _begun(self, notice: Notice, now: datetime) -> bool:
        needs_credit = notice.route == SUBSCRIPTION
        return await self._linli.database.write(
            lambda tx: wechat_notices.begin(tx, notice, now, needs_credit=needs_credit)
        )

    async def _sent(self, due: _Due, now: datetime) -> bool:
        """False where another route may be tried."""
        route = due.notice.route
        try:
            answer = await self._api.call(PATHS[route], self._body(due))
        except NoAnswer:
            self._count(route, "no answer")
            return True
        except CallFailed as error:
            return await self._refused(due, error, now)
        number = answer.get("msgid")
        reported_as = str(number) if isinstance(number, int | str) else None
        uses_credit = route == SUBSCRIPTION and not due.template.is_lasting
        await self._linli.database.write(
            lambda tx: wechat_notices.sent(tx, due.notice, reported_as, uses_credit=uses_credit)
        )
        self._count(route, "sent")
        return True

    def _body(self, due: _Due) -> dict[str, Any]:
        """The same message has the same `client_msg_id`: for ten minutes WeChat sends it once. Subscription
        notices know none: one of which nobody knows is left alone for as long (storage/wechat_notices.py)."""
        url = self._linli.settings.public_url
        page = f"{url}/" if url else None
        body: dict[str, Any] = {"touser": due.address, "template_id": due.template.id}
        if due.notice.route == TEMPLATE:
            body |= {"url": page} if page else {}
            body |= {"client_msg_id": due.outbox_id.replace("-", "")}
        elif page:
            body |= {"page": page}
        return body | {"data": due.template.data(due.news)}

    async def _refused(self, due: _Due, error: CallFailed, now: datetime) -> bool:
        outcome, route = error.outcome, due.notice.route
        self._count(route, outcome)
        if outcome not in EXPECTED:
            told = {"outbox": due.outbox_id, "outcome": str(outcome), "answered": str(error)}
            log("wechat").error("WeChat did not take a notice", route=route, kind=due.news.kind, **told)
        if outcome in _GONE:
            declined = outcome is Outcome.DECLINED
            await self._linli.database.write(
                lambda tx: wechat_notices.failed(tx, due.notice, ends_credit=declined)
            )
            return False
        await self._linli.database.write(lambda tx: wechat_notices.take_back(tx, due.notice))
        match outcome:
            case Outcome.NOT_ALLOWED:
                self._stopped_until[route] = FOR_EVER
            case Outcome.QUOTA:
                self._stopped_until[route] = quota_ends(now)
            case _:
                return True
        return False

    def _count(self, route: str, outcome: str) -> None:
        _count(self._linli, route, outcome)


async def note_reports(linli: Linli, push: Incoming) -> None:
    """What WeChat reports of notices, also where none are sent any more; of strangers nothing is kept."""

    async def work(tx: Transaction) -> list[Reached]:
        thread = await wechat.thread(tx, CHANNEL, push.address)
        noted = [await _noted(tx, thread.id, push.id, each) for each in push.reports] if thread else []
        return [each for each in noted if each]

    for each in await linli.database.write(work):
        _count(linli, each.route, "arrived" if each.arrived else "failed")


async def _noted(tx: Transaction, thread_id: str, event_id: str, report: Report) -> Reached | None:
    """What became of a notice of ours."""
    match report:
        case Agreed(template_id):
            await wechat_notices.agree(tx, thread_id, template_id, event_id)
        case Declined(template_id):
            await wechat_notices.refuse(tx, thread_id, template_id)
        case Reached(route, number, template_id, arrived):
            known = await wechat_notices.report(
                tx, thread_id, route, number, template_id=template_id, arrived=arrived
            )
            return report if known else None
    return None


def _count(linli: Linli, route: str, outcome: str) -> None:
    linli.metrics.pushes.labels(CHANNEL, f"{route}: {outcome}").inc()

"""The pages of the desk over one Linli: who is signed in, what they look at, what they do."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import TypeVar

from bot import posters
from bot.ids import new_id
from bot.linli import Linli, Reply, staff_codes
from handlers import desk, sign_in
from handlers.asks import Ask
from handlers.desk_site import Errand, Plan, Site, Undone, refused
from handlers.message import Message
from handlers.pages.area import Area
from handlers.permissions import Act, Reach, reach_of
from handlers.posters import Hung, hung_at
from handlers.sign_in import Key
from handlers.world import DirectoryMoved, Scene, World
from messages.render import Rendered
from messages.views import View
from messages.views_staff import Deed, DeskDone, DeskProposed, DeskUndone
from storage import audit, outbox, sign_ins, staff
from storage.sign_ins import SignedIn, SignIn
from storage.transaction import Transaction

T = TypeVar("T")
Show = Callable[[Site], Awaitable[T]]
ShowArea = Callable[[Area], Awaitable[T]]

TOKEN_BYTES = 16
# So often the directory may be saved while somebody acts, before they are told to try again.
ATTEMPTS = 20
# A look within so long is not written down again.
SEEN_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Order:
    """What a yes says yes to: what was read back, its stamp, and the entry that doing it writes, once however
    often the yes is sent."""

    plan: Plan
    stamp: int
    entry_id: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What an order would do, in words; `is_changed`: it was read before and is not the same any more."""

    order: Order
    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in words, and its entry in the audit where it can be taken back."""

    text: str
    entry_id: str | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How it stands now, in words; not `is_whole` where somebody could not be given back what they had."""

    text: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done, and why, in words."""

    text: str


class Desk:
    """Everything is asked of the database anew: a post or sign-in that ended opens nothing any more."""

    def __init__(self, linli: Linli) -> None:
        self._linli = linli
        self._addresses = posters.Addresses()

    async def who(self, token: str) -> SignedIn | None:
        """Who looks with this cookie; None for nobody who is signed in."""
        now, hashed = self._linli.clock(), _hashed(token)
        async with self._linli.database.read(snapshot=False) as tx:
            found = await sign_ins.signed_in(tx, hashed, now)
        if found and now - found.seen_at >= SEEN_AGAIN:
            await self._linli.database.write(lambda tx: sign_ins.seen(tx, found.id, now))
        return found

    async def enter(self, code: str, browser: str, said: Message) -> str | None:
        """A cookie for whom the code lets in; None when it lets nobody in.

        The code of an invitation makes staff of a conversation first, as if it had been said there: `said`.
        """
        token = secrets.token_hex(TOKEN_BYTES)
        key = Key(str(new_id()), _hashed(token), browser)
        keyed = staff_codes(self._linli.settings).hash_of(code)
        code_hash, now = sign_in.hash_of(keyed), self._linli.clock()
        if code_hash is None:
            return None
        entry_id = str(new_id())
        if await self._linli.database.write(lambda tx: sign_in.enter(tx, code_hash, key, entry_id, now)):
            return token
        if (await self._linli.hear(said)).view != "StaffWelcomed":
            return None

        later_id = str(new_id())  # behind that of joining

        async def work(tx: Transaction) -> bool:
            post = await staff.post_at(tx, said.channel, said.address)
            if post is not None:
                await sign_in.begin(tx, post.id, key, later_id, now)
            return post is not None

        return token if await self._linli.database.write(work) else None

    async def leave(self, signed: SignedIn, sign_in_id: str) -> bool:
        """End one of one's own sign-ins; False when it is none of theirs."""
        now, entry = self._linli.clock(), str(new_id())
        return await self._linli.database.write(
            lambda tx: sign_in.leave(tx, sign_in_id, signed.post.id, entry, now)
        )

    async def leave_everywhere(self, signed: SignedIn) -> None:
        now, entry = self._linli.clock(), str(new_id())
        await self._linli.database.write(lambda tx: sign_in.leave_everywhere(tx, signed.post.id, entry, now))

    async def sign_ins(self, signed: SignedIn) -> list[SignIn]:
        """Where they are signed in."""
        async with self._linli.database.read(snapshot=False) as tx:
            return await sign_ins.open_of(tx, signed.post.id, self._linli.clock())

    async def photo(self, signed: SignedIn, token: str) -> bytes | None:
        """The JPEG at an address that was made for them; None for all others."""
        return await self._linli.photos.at(token, signed.channel, signed.address)

    async def take_photo(self, signed: SignedIn, said: Message, content: bytes) -> Reply:
        """A photo as if it had come in their chat."""
        message = replace(said, channel=signed.channel, address=signed.address)
        return await self._linli.photos.hear(message, content)

    async def poster(self, signed: SignedIn, centre_id: str, name: str, ending: str) -> bytes | None:
        """A file of a poster of theirs; None where there is none. Raises NoFont."""
        settings = self._linli.settings

        async def show(site: Site) -> Hung | None:
            here = hung_at(site.centre, site.world.directory, site.now.date())
            return next((each for each in here if each.name == name), None)

        hung = await self.look(signed, Act.ROSTER, centre_id, show) if settings.public_url else None
        if hung is None:
            return None
        async with posters.open_doors(settings, self._addresses) as doors:
            return await posters.file_of(await posters.sheet_of(hung, doors, settings), ending)

    def world(self) -> World:
        return self._linli.world(self._linli.clock())

    async def look(
        self, signed: SignedIn, act: Act, centre_id: str, show: Show[T], *, is_noted: bool = False
    ) -> T | None:
        """What a page shows of a centre; None where it is not theirs. `is_noted`: the look writes itself
        down."""

        async def work(tx: Transaction) -> T | None:
            site = await desk.site_at(centre_id, act, self.world(), self._scene(signed, tx))
            return await show(site) if isinstance(site, Site) else None

        if is_noted:
            return await self._write(work)
        async with self._linli.database.read() as tx:
            return await work(tx)

    async def _write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """What acts at a centre, once it looks at the directory as it is."""
        for _ in range(ATTEMPTS):
            try:
                return await self._linli.database.write(work)
            except DirectoryMoved:
                await self._linli.take_up_directory()
        raise DirectoryMoved

    async def look_over(self, signed: SignedIn, act: Act, show: ShowArea[T]) -> T | None:
        """What a page shows of several centres; None where the act does not reach beyond one."""
        post = signed.post
        match reach_of(post.role, act):
            case Reach.EVERYWHERE:
                subdistrict = None
            case Reach.SUBDISTRICT:
                subdistrict = post.subdistrict
            case _:
                return None
        async with self._linli.database.read() as tx:
            return await show(Area(subdistrict, post, self.world(), self._scene(signed, tx)))

    async def keep(self, signed: SignedIn, work: Callable[[Linli], Awaitable[T]]) -> T | None:
        """What the operator sees of the machine; None for everybody else."""
        is_theirs = reach_of(signed.post.role, Act.MACHINE) is Reach.EVERYWHERE
        return await work(self._linli) if is_theirs else None

    async def try_again(self, signed: SignedIn, message_id: str) -> bool:
        """Let a message that nobody took be sent again, written down; False when it is none, or over."""
        now, entry = self._linli.clock(), str(new_id())

        async def work(tx: Transaction) -> bool:
            done = await outbox.try_again(tx, message_id, now)
            if done:
                subjects = (message_id,)
                await audit.note(
                    tx, entry, signed.post.id, "try_again", centre_id=None, subjects=subjects, done_at=now
                )
            return done

        return bool(await self.keep(signed, lambda linli: linli.database.write(work)))

    def _scene(self, signed: SignedIn, tx: Transaction) -> Scene:
        return Scene(
            tx,
            signed.conversation_id,
            signed.channel,
            "",
            new_id,
            self._linli.safe,
            lambda typed: staff_codes(self._linli.settings).hash_of(typed),
            signed.post,
        )

    async def propose(
        self, signed: SignedIn, errand: Errand, centre_id: str, asked: Ask | Plan, language: str
    ) -> Proposed | Refused:
        """Read back what would be done."""

        async def show(site: Site) -> tuple[Plan, Deed] | View:
            plan = await errand.make(asked, site) if isinstance(asked, Ask) else asked
            if not isinstance(plan, Plan):
                return plan
            deed = await errand.look(plan, site)
            return (plan, deed) if isinstance(deed, Deed) else deed

        match await self.look(signed, errand.act, centre_id, show, is_noted=True):
            case None:
                return self._not_theirs(language)
            case (Plan() as plan, Deed() as deed):
                return self._proposed(plan, deed, language, is_changed=False)
            case view:
                return Refused(self._said(view, language))

    async def do(
        self, signed: SignedIn, errand: Errand, centre_id: str, order: Order | Plan, language: str
    ) -> Done | Proposed | Refused:
        """Do what was read back, or a plan that needs no reading back. What is not the same any more is read
        back again."""
        plan, stamp, entry_id = (
            (order.plan, order.stamp, order.entry_id)
            if isinstance(order, Order)
            else (order, None, str(new_id()))
        )

        async def work(site: Site) -> desk.Performed | Deed | View:
            await desk.one_by_one(site)
            if await audit.of_id(site.scene.tx, entry_id):
                return site.no("done_before", errand.act)
            deed = await errand.look(plan, site)
            if not isinstance(deed, Deed) or stamp not in (None, desk.stamp_of(deed)):
                return deed
            return await desk.perform(errand, plan, deed, site, entry_id)

        match await self.look(signed, errand.act, centre_id, work, is_noted=True):
            case None:
                return self._not_theirs(language)
            case desk.Performed(entry_id, until, deed):
                await self._linli.take_up_directory()
                return Done(self._said(DeskDone(deed, until, ()), language), entry_id if until else None)
            case Deed() as deed:
                return self._proposed(plan, deed, language, is_changed=True)
            case view:
                return Refused(self._said(view, language))

    def _proposed(self, plan: Plan, deed: Deed, language: str, *, is_changed: bool) -> Proposed:
        text = self._said(DeskProposed(deed, is_changed, ()), language)
        return Proposed(Order(plan, desk.stamp_of(deed), str(new_id())), text, is_changed)

    async def undo(self, signed: SignedIn, entry_id: str, language: str) -> TakenBack | Refused:
        """Take back one of one's own acts; or why it stays."""
        found = await self._write(lambda tx: self._taken_back(signed, entry_id, tx))
        if isinstance(found, Undone):
            await self._linli.take_up_directory()
            text = self._said(DeskUndone(found.deed, found.lost, ()), language)
            return TakenBack(text, is_whole=not found.lost)
        return Refused(self._said(found, language)) if found else self._not_theirs(language)

    async def _taken_back(self, signed: SignedIn, entry_id: str, tx: Transaction) -> Undone | View | None:
        entry = await audit.of_id(tx, entry_id)
        if entry is None or entry.who != signed.post.id or entry.what not in desk.BY_ACT:
            return None
        errand = desk.BY_ACT[entry.what]
        site = await desk.site_at(entry.centre_id, errand.act, self.world(), self._scene(signed, tx))
        return await desk.take_back(errand, entry, site) if isinstance(site, Site) else None

    def _not_theirs(self, language: str) -> Refused:
        return Refused(self._said(refused("not_yours", self.world()), language))

    def _said(self, view: View, language: str) -> str:
        rendered: Rendered = self._linli.renderer.render(view, language)
        return rendered.text


def _hashed(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()

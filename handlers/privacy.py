"""What residents may ask of what is kept of them: see it, copy it, take consents back, erase it."""

from dataclasses import astuple, replace

from handlers import bookings as booked
from handlers import erasing as acts
from handlers.asks import Ask, Dialogue, Draft
from handlers.booking import token_of
from handlers.booking_parts import MINE
from handlers.cards import short_name
from handlers.children import ALLERGY, ROSTER, needs_list, not_here
from handlers.codes import receipt_code
from handlers.linked import channels, ids_of, others_of
from handlers.links import give_up
from handlers.notices import office_of
from handlers.periods import Period, period_of
from handlers.safe import LEAVES_THE_COUNTRY
from handlers.talk import choice_gone
from handlers.wishes import REMEMBERED
from handlers.world import Outcome, Scene, World
from messages.view_parts import Choice
from messages.views_children import (
    Agreed,
    AskWhomToErase,
    ConsentsListed,
    ConsentWithdrawn,
    Counted,
    DataErased,
    DataExported,
    EraseProposed,
    KeptName,
    KeptPerson,
    Look,
    PrivacyShown,
    Taken,
    WithdrawProposed,
)
from storage import calendar, children, erasing, families, follows, staff
from storage.children import Consent, Part, SealedName, Seen
from storage.families import Participant

ERASE, WITHDRAW = "erase", "withdraw"
EVERYTHING = "all"
LOOKS_SHOWN = 3
MOST = 100
# As many as a number of one digit can choose from.
LISTED = 9

PRIVACY = Choice("@privacy", "/privacy")
EXPORT = Choice("@export", "/export")
CONSENTS = Choice("@consents", "/consents")
ERASE_ALL = Choice("@erase", "/erase")
HELP = Choice("@help", "/help")


class _Family:
    """What is kept of the conversation's family, read once for a card."""

    def __init__(self, world: World, scene: Scene, family_id: str | None, people: list[Participant]) -> None:
        self._world, self._scene = world, scene
        self.id = family_id
        self.people = people
        self._alias = {who.id: who.alias for who in people}
        self._terms: list[calendar.TermRow] = []

    @classmethod
    async def of(cls, world: World, scene: Scene) -> "_Family":
        family_id = await families.of_conversation(scene.tx, scene.conversation_id)
        people = await families.participants(scene.tx, family_id) if family_id else []
        family = cls(world, scene, family_id, people)
        family._terms = await calendar.terms(scene.tx)
        return family

    def centre(self, centre_id: str | None) -> str | None:
        centre = self._world.directory.centres.get(centre_id or "")
        return short_name(centre) if centre else centre_id

    def term(self, term: str | None) -> str | None:
        return next((each.name for each in self._terms if each.id == term), term)

    def period(self, part: Part) -> Period:
        return period_of(self._terms, part.held_on)

    async def names(self) -> list[SealedName]:
        """Those of who is still of the family."""
        rows = await children.names(self._scene.tx, self.id) if self.id else []
        return [row for row in rows if row.participant_id in self._alias]

    def kept_name(self, row: SealedName) -> KeptName:
        return KeptName(
            self._alias[row.participant_id], row.purpose, row.relation,
            self.centre(row.centre_id) or row.centre_id, self.term(row.term) or row.term, row.expires_on,
        )  # fmt: skip

    async def consents(self) -> list[Consent]:
        return await children.consents(self._scene.tx, self.id) if self.id else []

    def agreed(self, row: Consent) -> Agreed:
        zone = self._world.now.tzinfo
        return Agreed(
            self._alias[row.participant_id], row.purpose, self.centre(row.centre_id), self.term(row.term),
            row.text_version, row.given_at.astimezone(zone).date(),
            row.withdrawn_at.astimezone(zone).date() if row.withdrawn_at else None,
        )  # fmt: skip

    async def looks(self, most: int) -> tuple[Look, ...]:
        rows: list[Seen] = await children.views(self._scene.tx, self.id, most) if self.id else []
        zone = self._world.now.tzinfo
        return tuple(
            Look(self._alias.get(row.participant_id, ""), self.centre(row.centre_id), row.what,
                 row.seen_at.astimezone(zone))
            for row in rows
        )  # fmt: skip

    async def parts(self) -> list[Part]:
        return await children.takes_part(self._scene.tx, self.id, self._world.now) if self.id else []

    async def linked(self) -> tuple[str, ...]:
        return channels(await others_of(self._scene.tx, self._scene.conversation_id))

    async def has_post(self) -> bool:
        """Whether the resident speaks as staff in one of their conversations."""
        tx, here = self._scene.tx, self._scene.conversation_id
        others = [await staff.speaks_there(tx, talk) for talk in await ids_of(tx, here)]
        return self._scene.post is not None or any(others)

    async def _kept(self) -> erasing.Kept:
        """Of all conversations that are linked."""
        tx, here = self._scene.tx, self._scene.conversation_id
        kept = [await erasing.kept_of(tx, talk) for talk in await ids_of(tx, here)]
        return erasing.Kept(*(sum(column) for column in zip(*map(astuple, kept), strict=True)))

    async def counted(self) -> Counted:
        tx = self._scene.tx
        kept = await self._kept()
        bookings = {part.booking_id for part in await self.parts()}
        looks = await children.count_views(tx, self.id) if self.id else 0
        return Counted(
            messages=kept.messages,
            callbacks=kept.callbacks,
            phones=kept.phones,
            codes=kept.codes,
            cases=kept.cases,
            ratings=kept.ratings,
            bookings=len(bookings),
            looks=looks,
            photos=kept.photos,
            follows=len(await self.follows()),
        )

    async def follows(self) -> list[str]:
        """What the centres that it follows are called."""
        ids = await follows.of_family(self._scene.tx, self.id) if self.id else []
        return [self.centre(each) or each for each in ids]


async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """How much is kept of whom and who looked; no name of record, whatever the channel."""
    family = await _Family.of(world, scene)
    stand = [each for each in await family.consents() if each.withdrawn_at is None]
    consents = (CONSENTS,) if stand else ()
    view = PrivacyShown(
        people=tuple(who.alias for who in family.people),
        names=tuple(family.kept_name(row) for row in await family.names()),
        consents=len(stand),
        counted=await family.counted(),
        looks=await family.looks(LOOKS_SHOWN),
        days=world.policy.bodies_days,
        responsible=world.policy.responsible,
        help_line=world.policy.help_line,
        choices=(EXPORT, *consents, ERASE_ALL),
        linked=await family.linked(),
        missed=REMEMBERED,
    )
    return Outcome(view, dialogue.settled)


async def export(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """All of it, with a receipt. No seal is opened for it: the answer is kept like any other."""
    if scene.channel in LEAVES_THE_COUNTRY:
        return Outcome(not_here("export", world), dialogue.settled)
    family = await _Family.of(world, scene)
    allergies = await children.allergies(scene.tx, family.id) if family.id else {}
    past = await children.history(scene.tx, family.id, MOST) if family.id else []
    activities = world.directory.activities
    taken = [(activities.get(each.activity_id), each) for each in past]
    view = DataExported(
        receipt=receipt_code(scene.new_id()),
        at=world.now,
        people=tuple(
            KeptPerson(who.alias, who.born_on, who.grade, who.grade_year, allergies.get(who.id))
            for who in family.people
        ),
        names=tuple(family.kept_name(row) for row in await family.names()),
        agreed=tuple(family.agreed(row) for row in await family.consents()),
        taken=tuple(
            Taken(
                known.name if known else each.activity_id,
                (family.centre(known.centre_id) or "") if known else "",
                each.held_on,
                each.state,
            )
            for known, each in taken
        ),
        looks=await family.looks(MOST),
        counted=await family.counted(),
        days=world.policy.bodies_days,
        choices=(PRIVACY, ERASE_ALL),
        follows=tuple(await family.follows()),
    )
    return Outcome(view, dialogue.settled)


async def erase(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What would be lost, to say yes or no to: of everybody, or of one."""
    kept = dialogue.settled
    family = await _Family.of(world, scene)
    one = next((who for who in family.people if who.id in ask.who), None)
    if one is None and ask.kind == "child":
        own = [who for who in family.people if who.kind == "child"]
        one = own[0] if len(own) == 1 else None
        if len(own) > 1:
            everybody = Choice("@erase_all", f"/erase {EVERYTHING}")
            choices = tuple(Choice(f"@who_{who.alias}", f"/erase {who.id}") for who in own[: LISTED - 1])
            return Outcome(AskWhomToErase((*choices, everybody)), kept)
    names = [name for name in await family.names() if one is None or name.participant_id == one.id]
    bookings = {p.booking_id for p in await family.parts() if one is None or p.participant_id == one.id}
    counted, token = await family.counted(), token_of(scene)
    view = EraseProposed(
        who=one.alias if one else None,
        people=() if one else tuple(who.alias for who in family.people),
        bookings=len(bookings),
        names=len(names),
        messages=counted.messages,
        choices=(Choice("@confirm_erase", f"/yes {token}"), Choice("@keep_all", f"/no {token}"), EXPORT),
        has_post=one is None and await family.has_post(),
        linked=await family.linked(),
    )
    draft = Draft(ERASE, token, who=(one.id,) if one else ())
    return Outcome(view, replace(kept, draft=draft))


async def confirm_erase(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """It is done, and the conversation begins anew, in its language."""
    tx, here, journal = scene.tx, scene.conversation_id, scene.safe.journal
    office = office_of(world, scene.new_id, here)
    receipt = receipt_code(scene.new_id())
    family = await _Family.of(world, scene)
    if draft.who and draft.who[0] not in {who.id for who in family.people}:
        return choice_gone(Ask("gone"), dialogue.settled, world)
    await give_up(await ids_of(tx, here), world, scene)
    if draft.who:
        done = await acts.erase_participant(tx, office, journal, draft.who[0], here, receipt)
    elif family.id:
        done = await acts.erase_family(tx, office, journal, family.id, here, receipt)
    else:
        done = await acts.erase_conversation(tx, office, journal, here, receipt)
    view = DataErased(done.number, done.places, (PRIVACY, HELP))
    return Outcome(view, Dialogue(dialogue.language, traditional=dialogue.traditional))


async def consents(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Those that stand, each to be taken back; with one alone, what would go with it."""
    family = await _Family.of(world, scene)
    stand = [each for each in await family.consents() if each.withdrawn_at is None]
    named = [each for each in stand if each.id == ask.kind] or (stand if len(stand) == 1 else [])
    if not named:
        numbered = list(enumerate(stand, 1))[:LISTED]
        choices = tuple(Choice(f"@withdraw_{number}", f"/withdraw {each.id}") for number, each in numbered)
        agreed = tuple(family.agreed(each) for each in stand)
        return Outcome(ConsentsListed(agreed, choices or (PRIVACY, HELP)), dialogue.settled)
    token = token_of(scene)
    names, parts = await _bound_to(named[0], family, world)
    view = WithdrawProposed(
        family.agreed(named[0]), len(names), len({part.booking_id for part in parts}),
        (Choice("@confirm_withdraw", f"/yes {token}"), Choice("@keep_consent", f"/no {token}")),
    )  # fmt: skip
    draft = Draft(WITHDRAW, token, ids=(named[0].id,))
    return Outcome(view, replace(dialogue.settled, draft=draft))


async def _bound_to(consent: Consent, family: _Family, world: World) -> tuple[list[SealedName], list[Part]]:
    """The names that were sealed by a consent, and the places that are had by it."""
    where = (consent.participant_id, consent.centre_id, consent.term)
    names = [
        name
        for name in await family.names()
        if (name.participant_id, name.centre_id, name.term) == where and name.purpose == consent.purpose
    ]
    if consent.purpose != ROSTER:
        return names, []
    parts = [
        part
        for part in await family.parts()
        if (part.participant_id, part.centre_id, family.period(part).id) == where
        and (activity := world.directory.activities.get(part.activity_id))
        and needs_list(activity)
    ]
    return names, parts


async def confirm_withdraw(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """The consent ends; what was kept by it goes, and places that need it are given back."""
    tx, kept = scene.tx, dialogue.settled
    family = await _Family.of(world, scene)
    consent = next((each for each in await family.consents() if each.id == draft.ids[0]), None)
    if consent is None or consent.withdrawn_at or family.id is None:
        return choice_gone(Ask("gone"), kept, world)
    names, parts = await _bound_to(consent, family, world)
    office = office_of(world, scene.new_id, scene.conversation_id)
    for part in sorted(parts, key=lambda each: each.session_id):
        await booked.give_up(tx, office, part.booking_id, family.id, only=part.participant_id)
    await families.hold(tx, family.id)
    ended = await children.withdraw(tx, consent.id, family.id, world.now)
    if consent.purpose == ALLERGY:
        await children.forget_allergy(tx, consent.participant_id)
    else:
        await children.forget_for(tx, consent)
    view = ConsentWithdrawn(
        family.agreed(ended or consent), len(names), len({part.booking_id for part in parts}), (PRIVACY, MINE)
    )
    return Outcome(view, kept)

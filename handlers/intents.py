"""The table of intents: which function answers which wish."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handlers import (
    arrivals,
    booking,
    booking_own,
    callbacks,
    certificates,
    children,
    desk,
    desk_cases,
    desk_digest,
    drafts,
    find,
    handover,
    lists,
    my_cases,
    photos,
    privacy,
    rating,
    staff,
    star_board,
    talk,
)
from handlers.asks import Ask, Dialogue
from handlers.world import Outcome, Scene, World

Answer = Callable[[Ask, Dialogue, World], Outcome]
Act = Callable[[Ask, Dialogue, World, Scene], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Intent:
    """`answer` only looks and runs outside the transaction; `act` changes something inside it."""

    answer: Answer | None = None
    act: Act | None = None


INTENTS: dict[str, Intent] = {
    "find_service": Intent(find.find_service),
    "service_card": Intent(find.find_service),
    "find_centres": Intent(find.find_centres),
    "kiosks": Intent(find.find_kiosks),
    "centre_card": Intent(lists.show_centre),
    "list_services": Intent(lists.list_services),
    "list_activities": Intent(lists.list_activities),
    "activity_card": Intent(lists.show_activity),
    "coverage": Intent(lists.coverage),
    "greet": Intent(talk.greet),
    "help": Intent(talk.show_help),
    "thanks": Intent(talk.thank),
    "human": Intent(talk.human),
    "callback": Intent(act=callbacks.call_back),
    "callback_phone": Intent(act=booking_own.take_phone),
    "callback_cancel": Intent(act=callbacks.take_back),
    "staff_code": Intent(act=staff.take_code),
    "desk_help": Intent(act=desk.show_desk),
    "desk_undo": Intent(act=desk.undo),
    "desk_roster": Intent(act=desk.roster),
    "desk_names": Intent(act=desk.names),
    "desk_certify": Intent(act=desk.certify),
    "desk_cases": Intent(act=desk_cases.show_list),
    "desk_case": Intent(act=desk_cases.show_case),
    "desk_digest": Intent(act=desk_digest.show),
    "desk_digest_wish": Intent(act=desk_digest.wish),
    "desk_stars": Intent(act=star_board.show),
    "stars": Intent(act=star_board.show),
    **{name: Intent(act=desk.order) for name in desk.ERRANDS},
    "book": Intent(act=booking.book),
    "my_bookings": Intent(act=booking_own.mine),
    "booking": Intent(act=booking_own.show),
    "cancel_booking": Intent(act=booking_own.cancel),
    "change_booking": Intent(act=booking_own.change),
    "accept": Intent(act=booking_own.accept),
    "decline": Intent(act=booking_own.decline),
    "wait_on": Intent(act=booking_own.wait_on),
    "there": Intent(act=arrivals.is_there),
    "not_coming": Intent(act=arrivals.not_coming),
    "my_cases": Intent(act=my_cases.mine),
    "my_case": Intent(act=my_cases.show),
    "verdict": Intent(act=my_cases.verdict),
    "write_case": Intent(act=my_cases.write),
    "case_words": Intent(act=my_cases.take_words),
    "report": Intent(my_cases.complain),
    "photo": Intent(act=photos.add),
    "photo_remove": Intent(act=photos.remove),
    "desk_photos": Intent(act=photos.of_ratings),
    "yes": Intent(act=drafts.say_yes),
    "no": Intent(drafts.say_no),
    "privacy": Intent(act=privacy.show),
    "export": Intent(act=privacy.export),
    "erase": Intent(act=privacy.erase),
    "withdraw": Intent(act=privacy.consents),
    "real_name": Intent(act=children.register_name),
    "take_name": Intent(act=children.take_name),
    "name_unwanted": Intent(children.name_unwanted),
    "fetcher": Intent(act=children.authorise),
    "fetch_code": Intent(act=handover.show_codes),
    "allergy": Intent(act=children.allergy),
    "rate": Intent(act=rating.rate),
    "rate_reason": Intent(act=rating.add_reason),
    "rate_words": Intent(act=rating.ask_words),
    "take_words": Intent(act=rating.take_words),
    "no_rating": Intent(act=rating.decline),
    "my_ratings": Intent(act=rating.mine),
    "certificates": Intent(act=certificates.mine),
    "abuse": Intent(talk.stay_calm),
    "emergency": Intent(talk.emergency),
    "language": Intent(talk.set_language),
    "out_of_scope": Intent(talk.out_of_scope),
    "which_service": Intent(lists.which_service),
    "unknown": Intent(talk.not_understood),
    "repeat": Intent(talk.nothing_to_repeat),
    "not_readable": Intent(talk.not_readable),
    "place_noted": Intent(talk.place_noted),
    "gone": Intent(talk.choice_gone),
}

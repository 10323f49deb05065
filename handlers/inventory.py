"""What is kept of minors, in which table and column: what for, by what right, for whom and how long.

One explicit table. A test compares it with the live schema: a column that stands in none of the three lists
below fails, so that none with personal data can be forgotten.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """Columns of a table that are, or may hold, data of a minor. All but the names are codes, which the words
    (messages/zh/audit.yaml) explain. `ends`: jobs that delete it, 'erase' where its guardian may have it
    erased, 'stays' where what is left says nothing of anybody."""

    table: str
    columns: str
    what: str
    purpose: str
    ground: str
    seen_by: str
    kept: str
    ends: str


HELD: tuple[Held, ...] = (
    Held("participant", "id family_id kind created_at removed_at", "link", "booking", "entered", "machine",
         "erased", "erase stays"),
    Held("participant", "alias", "alias", "booking", "entered", "centre", "erased", "erase"),
    Held("participant", "born_on grade grade_year", "age", "eligible", "entered", "machine", "erased",
         "erase"),
    Held("family", "id turns created_at feed", "link", "booking", "entered", "machine", "erased", "stays"),
    Held("consent",
         "id participant_id purpose centre_id term text_version language channel given_at "
         "withdrawn_at", "consent", "proof", "duty", "family", "proof", "stays"),
    Held("sealed_name", "sealed", "name", "roster", "consent", "centre", "term", "forget-names erase"),
    Held("sealed_name", "id participant_id centre_id term purpose relation sealed_at expires_on",
         "name_about", "roster", "consent", "centre", "term", "forget-names erase"),
    Held("participant_care", "participant_id has_allergy noted_at", "allergy", "care", "consent", "centre",
         "erased", "erase"),
    Held("pickup_code", "booking_id participant_id starts_at code_hash made_at expires_at used_at used_by",
         "pickup", "pickup", "entered", "machine", "code", "forget-names erase"),
    Held("view_log", "id staff_id centre_id participant_id what seen_at", "look", "proof", "duty", "family",
         "proof", "stays"),
    Held("booking",
         "id code session_id family_id size state ended in_line passed_over made_by made_at "
         "offered_at offer_until_at booked_at ended_at version is_walk_in", "booking", "booking", "entered",
         "centre", "erased", "erase stays"),
    Held("booking", "phone", "phone", "reach", "entered", "caller", "line", "phones erase"),
    Held("kept_phone", "booking_id phone until_at", "phone", "reach", "entered", "machine", "line",
         "phones erase"),
    Held("place", "booking_id participant_id session_id is_active", "booking", "booking", "entered",
         "centre", "erased", "erase stays"),
    Held("attendance",
         "booking_id participant_id starts_at arrived_at left_at is_missed is_excused noted_by",
         "attendance", "care", "entered", "centre", "erased", "stays"),
    Held("attendance", "handed_to", "handed", "pickup", "entered", "centre", "erased", "erase"),
    Held("rating_ask", "booking_id starts_at asked_at reminded_at declined_at", "booking", "rating",
         "entered", "machine", "erased", "stays"),
    Held("family_news", "booking_id number news message_key made_at told_at called_at called_by", "news",
         "reach", "entered", "caller", "session", "forget-calls"),
    Held("conversation", "id channel address family_id version last_number created_at seen_at gone_at",
         "link", "talk", "said", "machine", "erased", "erase stays"),
    Held("conversation", "state", "talk", "talk", "said", "machine", "bodies", "empty-bodies erase"),
    Held("inbox", "said intent slots", "talk", "talk", "said", "machine", "bodies", "empty-bodies erase"),
    Held("inbox", "conversation_id message_id number received_at", "link", "talk", "said", "machine",
         "erased", "stays"),
    Held("outbox", "view last_error", "talk", "talk", "said", "machine", "bodies", "empty-bodies erase"),
    Held("outbox",
         "id conversation_id number unique_key state due_at expires_at leased_until_at "
         "lease_holder attempts faults created_at sent_at whose", "link", "talk", "said", "machine", "erased",
         "stays"),
    Held("callback", "topic phone", "phone", "reach", "said", "caller", "callback", "erase"),
    Held("callback",
         "id code conversation_id centre_id owner state asked_at due_at answered_at answered_by", "callback",
         "reach", "said", "caller", "erased", "stays"),
    Held("recovery_code", "conversation_id code_hash offered_at expires_at", "device", "talk", "said",
         "machine", "code", "forget-codes erase"),
    Held("device", "channel address shown_at", "device", "talk", "said", "machine", "code",
         "forget-codes erase"),
    Held("relink", "id conversation_id from_address to_address done_by because done_at", "device", "proof",
         "duty", "machine", "proof", "erase stays"),
    Held("link_code", "id conversation_id code_hash made_at expires_at taken_by", "device", "talk", "said",
         "machine", "code", "links erase"),
    Held("wrong_code", "id conversation_id tried_at", "device", "safety", "safety", "machine", "hour",
         "erase"),
    Held("wrong_link", "id conversation_id tried_at", "device", "safety", "safety", "machine", "hour",
         "stays"),
    Held("rating",
         "id receipt visit centre_id activity_id service_id booking_id conversation_id level how "
         "is_verified rated_on made_at replaces is_current excluded_at excluded_by", "rating", "rating",
         "said", "groups", "erased", "erase stays"),
    Held("rating_reason", "rating_id reason", "rating", "rating", "said", "groups", "erased", "stays"),
    Held("rating_flag", "rating_id flag", "rating", "safety", "safety", "machine", "erased", "stays"),
    Held("rating_words", "rating_id said said_at", "words", "rating", "said", "case", "erased", "erase"),
    Held("rating_quote", "rating_id agreed_at", "words", "rating", "said", "case", "erased", "erase"),
    Held("rating_trace", "rating_id month trace", "trace", "safety", "safety", "machine", "month",
         "forget-devices erase"),
    Held("case_file",
         "id code kind about centre_id activity_id service_id rating_id conversation_id tier "
         "owner state opened_at due_at extended_until_at asked_at closed_at version", "case", "rating",
         "said", "case", "erased", "erase stays"),
    Held("case_step", "case_id number who was became because made_at", "case", "rating", "said", "case",
         "erased", "stays"),
    Held("case_words", "case_id number said", "words", "rating", "said", "case", "erased", "erase"),
    Held("topic_case", "case_id topic_id joined_at", "case", "rating", "said", "case", "erased", "stays"),
    Held("digest", "view quote_rating_id", "words", "rating", "said", "case", "erased", "erase"),
    Held("photo", "content sha256", "photo", "rating", "said", "case", "photo", "forget-photos erase"),
    Held("photo", "id rating_id case_id number added_by conversation_id width height made_at gone", "case",
         "rating", "said", "case", "erased", "stays"),
    Held("lottery", "list_text", "draw", "draw", "entered", "public", "erased", "stays"),
    Held("lottery_receipt", "booking_id session_id receipt drawn_number", "draw", "draw", "entered",
         "family", "erased", "stays"),
    Held("ledger", "number kind subject_id commitment entry_hash made_at", "ledger", "rating", "said",
         "machine", "erased", "stays"),
    Held("ledger_salt", "number salt", "ledger", "rating", "said", "machine", "erased", "erase"),
    Held("erasure", "receipt kind subject_id asked_at done_at scrubbed_at", "erasure", "proof", "duty",
         "machine", "proof", "stays"),
    Held("audit", "id who what centre_id subjects was became done_at", "audit", "proof", "duty", "machine",
         "proof", "stays"),
    Held("unknown_question", "text_key shown language kind times first_on last_on", "question", "better",
         "said", "district", "question", "forget-questions"),
    Held("follow", "centre_id family_id followed_at", "link", "reach", "said", "machine", "erased", "erase"),
    Held("announced", "announcement_id news", "link", "reach", "said", "machine", "erased", "announce"),
    Held("announcement", "last_family", "link", "reach", "said", "machine", "erased", "stays"),
    Held("wechat_shown", "conversation_id message_id numbers page last_number shown_at", "channel", "talk",
         "said", "machine", "erased", "stays"),
    Held("wechat_window", "conversation_id kind message_id pushes_left closes_at", "channel", "talk", "said",
         "machine", "erased", "stays"),
    Held("wechat_notice", "conversation_id number route template_id state reported_as sent_at", "channel",
         "reach", "said", "machine", "erased", "stays"),
    Held("wechat_credit", "conversation_id template_id credits event_id", "channel", "reach", "said",
         "machine", "erased", "stays"),
)  # fmt: skip

# Of staff alone, who are of age.
STAFF: dict[str, str] = {
    "staff":
        "id role centre_id subdistrict conversation_id channel address invitation_id since_at "
        "revoked_at deputy_until_on",
    "invitation": "id code_hash role centre_id subdistrict made_by made_at expires_at used_at revoked_at",
    "desk_code": "staff_id code_hash expires_at",
    "sign_in": "id token_hash staff_id browser began_at seen_at ends_at ended_at",
    "upload": "staff_id kind name sha256 content made_at expires_at",
    "wrong_fetch": "id staff_id tried_at",
    "digest_wish": "staff_id cadence weekday minute",
    "digest_sent": "staff_id cadence first_on skipped made_at",
    "directory_change":
        "id kind row_id centre_id field value since_on made_by made_at applied_at settled settled_at",
    "undo": "audit_id until_at done_at",
    "topic": "id code state opened_at fixed_at said",
    "lottery": "drawn_by",
}  # fmt: skip

# Of places, times, numbers and the machine: of nobody.
OF_NOBODY: dict[str, str] = {
    "activity":
        "id centre_id position name category time_text starts_on ends_on places audience fee room "
        "teacher opens_text cancel_text note row_hash updated_on withdrawn_at",
    "announcement":
        "id centre_id said state made_at goes_at ends_at told arrived",
    "calendar_day": "day_on kind holiday source",
    "calendar_year": "year source",
    "centre":
        "id district position name subdistrict community kind status opened_on address latitude "
        "longitude phone hours_text accessibility transport note row_hash updated_on withdrawn_at "
        "population",
    "closure": "id centre_id service_id first_on last_on hours_text reason created_at",
    "code_count": "name last_number",
    "counted":
        "centre_id cadence first_on very_bad bad fair good very_good unverified activities people "
        "places taken arrived missed waiting unserved opened closed in_silence still_open overdue",
    "digest": "id place cadence first_on made_at",
    "directory_version": "id version changed_at",
    "embedding": "text_hash model vector",
    "job_claim": "job period holder claimed_at finished_at outcome",
    "job_run": "job ran_at outcome",
    "kiosk": "id centre_id position name location hours_text can_do row_hash updated_on withdrawn_at",
    "ledger_root": "day_on number entry_hash published_at",
    "lottery":
        "session_id opens_at closes_at value_name passes list_hash published_at public_value drawn_at",
    "meeting": "session_id starts_at ends_at",
    "name_key": "centre_id term made_at expires_on destroyed_at names",
    "schema_migration": "version name checksum applied_at",
    "school_term": "id name starts_on ends_on source is_invented",
    "service":
        "id centre_id position name category hours_text fee audience bring how words note row_hash "
        "updated_on withdrawn_at",
    "session":
        "id activity_id centre_id held_on last_on starts_at ends_at places capacity taken offered "
        "waiting last_in_line state because is_provisional is_edited has_draw moved_at version "
        "settled_at",
    "star": "centre_id day_on formula stars earned said",
    "wish": "thing near_centre_id week_on times",
}  # fmt: skip


def tables() -> tuple[str, ...]:
    """Those with data of minors, each once."""
    return tuple(dict.fromkeys(each.table for each in HELD))

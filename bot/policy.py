"""What settings mean to handlers: the policy they follow, and what lies outside the database."""

from datetime import timedelta

from bot.addresses import SignedAddresses, passing_addresses
from bot.erased import ErasedLog, PassingLog
from bot.keys import KeyRing, PassingKeys
from bot.secret import secret_of
from bot.settings import Settings
from handlers.case_clock import CaseTerms
from handlers.line import LineTerms
from handlers.pauses import MissTerms
from handlers.safe import Safe
from handlers.world import Policy


def policy_of(settings: Settings) -> Policy:
    return Policy(
        settings.help_line,
        settings.detour_factor,
        settings.walking_pace,
        callback_hours=settings.callback_hours,
        traditional=settings.traditional == "on",
        push=_pushing(settings),
        push_any=_pushing(settings) - _tells_only(settings),
        places_a_week=settings.places_a_week,
        weeks_ahead=settings.weeks_ahead,
        line=LineTerms(timedelta(hours=settings.offer_hours), settings.passes),
        responsible=settings.responsible,
        coverage_by=settings.coverage_by,
        names_days=settings.names_days,
        bodies_days=settings.bodies_days,
        page=settings.public_url,
        photo_days=settings.photo_days,
        misses=MissTerms(settings.misses, settings.miss_days, settings.pause_days),
        cases=CaseTerms(
            settings.case_rating_days,
            settings.case_complaint_days,
            settings.case_information_days,
            settings.case_urgent_hours,
            settings.case_extension_days,
            settings.case_escalation_days,
            settings.verdict_reminder_days,
            settings.verdict_days,
            settings.verdict_sample,
        ),
    )


def _pushing(settings: Settings) -> frozenset[str]:
    """WeChat carries news only where the account may push it, or tell of it by templates, and can be asked
    for a token, Telegram where there is a bot."""
    can_tell = "customer_service" in settings.wechat_can or settings.wechat_templates
    carries = {
        "wechat": can_tell and settings.wechat_appid and settings.wechat_secret,
        "telegram": settings.telegram_token,
    }
    return frozenset(channel for channel, is_so in carries.items() if is_so)


def _tells_only(settings: Settings) -> frozenset[str]:
    """WeChat without customer service tells of what must be heard by a template, and of nothing else."""
    return frozenset() if "customer_service" in settings.wechat_can else frozenset(("wechat",))


def safe_of(settings: Settings) -> Safe:
    """What lies outside the database; nothing is made before it is needed."""
    addresses = SignedAddresses(lambda: secret_of(settings.secret_file).encode())
    return Safe(KeyRing(settings.keys_dir), ErasedLog(settings.erased_log), addresses)


def passing_safe() -> Safe:
    """The same in memory, for dialogues that leave nothing behind."""
    return Safe(PassingKeys(), PassingLog(), passing_addresses())

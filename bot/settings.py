"""Every setting with its default and meaning, read from the environment in one place."""

import os
import re
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic.functional_validators import BeforeValidator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = IPv4Network | IPv6Network


def _listed(value: object) -> object:
    return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value


class Settings(BaseSettings):
    """Settings of one running Linli. Each is read from LINLI_<NAME>, the database from DATABASE_URL."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///var/linli.db",
        repr=False,  # it may hold a password
        validation_alias=AliasChoices("DATABASE_URL", "database_url"),
        pattern=r"^(sqlite:///|postgres(ql)?://)",
        description="Where everything is kept: sqlite:///relative, sqlite:////absolute or postgresql://…",
    )
    durability: Literal["normal", "full"] = Field(
        "normal", description="SQLite only: normal survives a killed process, full a power cut as well"
    )
    busy_deadline_s: float = Field(
        30.0,
        gt=0,
        le=60,
        description="Seconds a write waits its turn, and is tried again, while the database is busy",
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on")
    port: int = Field(8080, ge=0, le=65535, description="Port the web server listens on; 0 takes a free one")
    public_url: str | None = Field(
        None, pattern=r"^https?://[^\s/]+$", description="How residents reach the page, when behind a proxy"
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (), description="Networks of proxies whose X-Forwarded-For is believed, separated by blanks"
    )
    secret_file: Path = Field(
        Path("var/secret"), description="File with the key that signs cookies; made at the first start"
    )
    keys_dir: Path = Field(
        Path("var/keys"), description="Folder of the keys that names are sealed with; never in a backup"
    )
    erased_log: Path = Field(
        Path("var/erased.log"), description="Journal of what was erased, by ids; erased again after a restore"
    )
    names_days: int = Field(
        30, ge=0, le=366, description="Days after the end of a term for which sealed names can be read"
    )
    bodies_days: int = Field(
        30, ge=1, description="Days after which what was said and answered is emptied; counts stay"
    )
    responsible: str | None = Field(
        None,
        description="Who is responsible for children's data, with a way to reach them; residents read it",
    )
    coverage_by: date | None = Field(
        None,
        description="By when every centre of the directory is to be open; the district's digest compares",
    )
    turns_per_minute: int = Field(
        30, ge=1, description="Messages one web session, or one resident of an app, may send in a minute"
    )
    turns_per_minute_address: int = Field(
        600, ge=1, description="Messages one internet address may send in a minute; a block shares one"
    )
    code_days: int = Field(
        180, ge=1, le=3650, description="Days for which a recovery code brings a conversation elsewhere"
    )
    help_line: str = Field("12345", min_length=3, description="The phone number given in every failure")
    callback_hours: int = Field(
        8, ge=1, le=80, description="Opening hours within which a resident who wants a person is answered"
    )
    places_a_week: int = Field(15, ge=1, description="Places a family may have in sessions of one week")
    offer_hours: int = Field(
        12, ge=1, le=72, description="Hours for which a place that became free is kept for the next in line"
    )
    passes: int = Field(
        3, ge=0, description="Families that may be served before a bigger one ahead of them in line"
    )
    misses: int = Field(
        3, ge=0, description="Absences without cancelling that make booking pause; 0: none do"
    )
    miss_days: int = Field(60, ge=1, description="Days within which such absences count together")
    pause_days: int = Field(14, ge=1, description="Days for which booking pauses after too many of them")
    case_rating_days: int = Field(
        5, ge=1, le=60, description="Working days within which what came of a bad rating is answered"
    )
    case_complaint_days: int = Field(
        5, ge=1, le=60, description="Working days within which a complaint is answered"
    )
    case_information_days: int = Field(
        2, ge=1, le=60, description="Working days within which wrong information is put right"
    )
    case_urgent_hours: int = Field(
        4, ge=1, le=12, description="Hours of the clock within which danger is dealt with, on any day"
    )
    case_extension_days: int = Field(
        5, ge=1, le=30, description="Working days by which a case may be put off, once and before it is due"
    )
    case_escalation_days: int = Field(
        2, ge=0, le=30, description="Working days after its deadline on which a case goes one tier up"
    )
    verdict_reminder_days: int = Field(
        3, ge=1, le=60, description="Days after which a resident is asked again whether it is solved"
    )
    verdict_days: int = Field(
        7, ge=1, le=90, description="Days of silence after which a case is closed provisionally"
    )
    verdict_sample: int = Field(
        20,
        ge=0,
        le=100,
        description="Of a hundred cases closed in silence, how many the district calls about",
    )
    photo_days: int = Field(
        30, ge=1, le=365, description="Days after a case is closed for which its photos are kept"
    )
    weeks_ahead: int = Field(6, ge=1, le=26, description="Weeks for which sessions are planned ahead")
    unknown_days: int = Field(
        90, ge=1, description="Days after which an unanswered question that came once only is forgotten"
    )
    detour_factor: float = Field(
        1.3, ge=1, le=3, description="How much longer streets are than the straight line"
    )
    walking_pace: float = Field(
        70.0, ge=20, le=120, description="Metres an elderly resident walks in a minute"
    )
    sample_phone_prefix: str = Field(
        "0595-0000", description="Phone numbers that begin so are invented and said to be samples"
    )
    vectors: Literal["on", "off"] = Field("on", description="Whether sentence vectors are loaded")
    traditional: Literal["on", "off"] = Field(
        "off", description="Whether those who write Traditional characters are answered in them"
    )
    refresh_s: float = Field(
        0.5, gt=0, le=60, description="Seconds between looks for a changed directory or new messages"
    )
    backup_dir: Path = Field(Path("var/backup"), description="Folder of the nightly copies (SQLite)")
    backups_kept: int = Field(14, ge=1, description="Nightly copies kept before the oldest is deleted")
    wechat_token: SecretStr | None = Field(
        None, description="Token of the WeChat Official Account, as in its console; with it, /wechat answers"
    )
    wechat_mode: Literal["plain", "compat", "safe"] = Field(
        "safe", description="How the console sends messages; with compat and safe, nothing unsealed is taken"
    )
    wechat_aes_key: SecretStr | None = Field(
        None, description="EncodingAESKey of the account, 43 characters; not needed with plain"
    )
    wechat_appid: str | None = Field(
        None,
        pattern=r"^wx[0-9A-Za-z]{16}$",
        description="AppID of the account; with plain needed only to push and to make menu and codes",
    )
    wechat_secret: SecretStr | None = Field(
        None, description="AppSecret of the account; needed to push and to make menu and codes"
    )
    wechat_can: Annotated[
        tuple[Literal["customer_service", "menu", "qr"], ...], NoDecode, BeforeValidator(_listed)
    ] = Field((), description="What the account may do: customer_service, menu, qr; without, it only answers")
    wechat_templates: Path | None = Field(
        None, description="YAML file of the account's templates, for news that WeChat takes no message of"
    )
    wechat_api: str = Field(
        "https://api.weixin.qq.com", pattern=r"^https?://[^\s/]+$", description="Where WeChat's API is"
    )
    telegram_token: SecretStr | None = Field(
        None, description="Token of the Telegram bot, as BotFather gives it; with it, Telegram is answered"
    )
    telegram_secret: SecretStr | None = Field(
        None,
        description="16 letters and digits or more: Telegram pushes to /telegram; without, Linli fetches",
    )
    telegram_api: str = Field(
        "https://api.telegram.org", pattern=r"^https?://[^\s/]+$", description="Where Telegram's API is"
    )
    telegram_per_second: int = Field(
        30, ge=1, le=30, description="Messages Telegram is sent in a second; more would have to be paid for"
    )
    telegram_times: int = Field(
        1, ge=1, le=100, description="So many times Telegram's limits, for trials with an API of one's own"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged; never what residents wrote"
    )


# A password in a database's URL: between the name and the last @, or among its parameters.
PASSWORD = re.compile(r"(?<=://)([^/?@:]*):.*@|([?&](?:password|sslpassword|passfile)=)[^&]*", re.IGNORECASE)


def hide_password(url: str) -> str:
    return PASSWORD.sub(
        lambda found: f"{found[1]}:[hidden]@" if found[2] is None else f"{found[2]}[hidden]", url
    )


def shown(value: object) -> str:
    """A setting's value for operators, without the password of a database."""
    match value:
        case None:
            return ""
        case tuple():
            return " ".join(map(str, value))
        case _:
            return hide_password(str(value))


class SettingsError(ValueError):
    """All problems of the settings at once, a line each."""


def load_settings() -> Settings:
    """Read the environment. Raises SettingsError naming every setting that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{variable_of(str(item['loc'][0]))}: {item['msg']}" for item in error.errors()]
        raise SettingsError("these settings are wrong:\n  " + "\n  ".join(lines)) from None


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return "DATABASE_URL" if name.lower() == "database_url" else f"LINLI_{name.upper()}"


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Where systemd listens, and after how many seconds without a sign of life it ends us; None: never."""

    address: str | None
    patience_s: float | None


def supervisor() -> Supervisor:
    """What systemd hands to a service; nobody sets this."""
    patience_us = os.environ.get("WATCHDOG_USEC", "")
    patience_s = int(patience_us) / 1_000_000 if patience_us.isdecimal() else None
    return Supervisor(os.environ.get("NOTIFY_SOCKET"), patience_s)

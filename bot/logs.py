"""JSON logs that carry what happened and never what residents wrote, nor secrets or whole exceptions."""

import json
import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO

import structlog

# Their INFO lines hold URLs with tokens and openids, or bodies.
QUIET = ("httpx", "httpcore", "uvicorn.access", "aiosqlite", "apscheduler", "asyncio")
# python-telegram-bot quotes in full what it cannot read, as critical. It raises whatever matters.
SILENT = "telegram"
# It warns whenever a job takes longer than its pause; that beats are skipped then is as meant.
METRONOME = "apscheduler.scheduler"

# What must not stand in a log even when a library puts it there. No \b: in an address a token follows
# letters, and an openid may end in a dash.
SECRETS = re.compile(
    r"(?<!\d)\d{6,12}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"  # a Telegram bot token
    r"|(?<![A-Za-z0-9_-])o[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])"  # a WeChat openid
    r"|(?<![A-Za-z0-9])[0-9a-f]{32}(?![A-Za-z0-9])"  # a WeChat AppSecret
    r"|(?<!\d)(?:(?:\+|%2[Bb]|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"  # a mobile phone number
)
HIDDEN = "[hidden]"

Event = MutableMapping[str, Any]


def scrub(value: Any) -> Any:
    """`value` with everything that looks like a secret or a phone number masked, whatever holds it."""
    match value:
        case str():
            return SECRETS.sub(HIDDEN, value)
        case None | bool():
            return value
        case int() | float():
            return HIDDEN if SECRETS.search(str(value)) else value
        case dict():
            return {scrub(key): scrub(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [scrub(item) for item in value]
        case BaseException():
            return where(value)
        case _:
            return SECRETS.sub(HIDDEN, str(value))


def _scrubbed(_: Any, __: str, event: Event) -> Event:
    return {key: scrub(value) for key, value in event.items()}


def where(error: BaseException) -> str:
    """Type and place of an exception, of several together those of the first. Its text is left out: it may
    quote what a resident wrote."""
    if isinstance(error, BaseExceptionGroup):
        first = error.exceptions[0]
        return f"{type(error).__name__} of {len(error.exceptions)}: {where(first)}"
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return type(error).__name__ + "".join(f" < {f.filename}:{f.lineno} {f.name}" for f in reversed(frames))


def _without_exception_text(_: Any, __: str, event: Event) -> Event:
    raised = event.pop("exc_info", None)
    if isinstance(raised, tuple):
        raised = raised[1]
    elif raised is True:
        raised = sys.exc_info()[1]
    if isinstance(raised, BaseException):
        event["error"] = where(raised)
    return event


class Handler(logging.StreamHandler[TextIO]):
    """Writes lines; a line that cannot be made is told without what should have stood in it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        error = sys.exc_info()[1]
        told = {"event": "a log line could not be written", "logger": record.name, "level": "error"}
        with suppress(OSError, ValueError):  # nowhere to write at all: residents are answered all the same
            self.stream.write(json.dumps(told | {"error": where(error) if error else "unknown"}) + "\n")


def set_up_logs(level: str, stream: TextIO | None = None) -> None:
    """Send every log line, ours and the libraries', as scrubbed JSON to `stream` (standard error)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_exception_text,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = Handler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.stdlib.PositionalArgumentsFormatter(),
                _scrubbed,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.propagate = True  # a web server may have cut it off; what it does say goes through here
    logging.getLogger(METRONOME).setLevel(logging.ERROR)
    logging.getLogger(SILENT).setLevel(logging.CRITICAL + 1)


def log(name: str) -> structlog.stdlib.BoundLogger:
    """Ours stand below a name of their own: a library may be called like one of them, and is quiet."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(f"linli.{name}")
    return logger

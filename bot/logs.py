"""JSON logs that carry what happened and never what residents wrote, nor secrets or whole exceptions."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

# Their INFO lines hold URLs with tokens and openids, or bodies.
QUIET = ("httpx", "httpcore", "telegram", "uvicorn.access", "aiosqlite", "apscheduler", "asyncio")

# What must not stand in a log even when a library puts it there.
SECRETS = re.compile(
    r"\b\d{6,12}:[A-Za-z0-9_-]{30,}"  # a Telegram bot token
    r"|\bo[A-Za-z0-9_-]{27}\b"  # a WeChat openid
    r"|\b[0-9a-f]{32}\b"  # a WeChat AppSecret
    r"|(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)"  # a mobile phone number
)

Event = MutableMapping[str, Any]


def scrub(value: Any) -> Any:
    """`value` with everything that looks like a secret or a phone number masked."""
    match value:
        case str():
            return SECRETS.sub("[hidden]", value)
        case dict():
            return {scrub(key): scrub(item) for key, item in value.items()}
        case list() | tuple():
            return [scrub(item) for item in value]
        case _:
            return value


def _scrubbed(_: Any, __: str, event: Event) -> Event:
    return {key: scrub(value) for key, value in event.items()}


def where(error: BaseException) -> str:
    """Type and place of an exception. Its text is left out: it may quote what a resident wrote."""
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
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.stdlib.PositionalArgumentsFormatter(),
                _scrubbed,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            keep_exc_info=True,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def log(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger

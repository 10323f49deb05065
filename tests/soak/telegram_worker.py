"""One process of a storm over Telegram: `python -m tests.soak.telegram_worker SETTINGS BEGAN`, until killed.

It is `linli run` but for its clock, which goes on from the sample's moment some times as fast, so that leases
of processes that were killed run out soon. It prints the port that it serves.
"""

import asyncio
import json
import sys
from contextlib import closing
from datetime import datetime

from pydantic import SecretStr

from bot.channels.telegram.account import open_telegram
from bot.clock import Clock, system_clock
from bot.logs import set_up_logs
from bot.serve import bound, outlive_signals, serve_web, web_server, working
from bot.settings import Settings
from bot.wiring import open_linli
from tests.sample import NOW

FASTER = 4
"""A lease still outlasts its sending."""


def clock_since(began: datetime) -> Clock:
    return lambda: NOW + (system_clock() - began) * FASTER


def told(settings: Settings, began: datetime) -> tuple[str, str]:
    """What the process is given."""
    given = settings.model_dump(mode="json")
    secrets = {name: value.get_secret_value() for name, value in settings if isinstance(value, SecretStr)}
    return json.dumps(given | secrets), began.isoformat()


async def main(settings: Settings, began: datetime) -> None:
    set_up_logs(settings.log_level)
    with closing(bound(settings.host, settings.port)) as door:
        async with (
            open_linli(settings, clock_since(began)) as linli,
            open_telegram(linli) as telegram,
            working(linli, {"telegram": telegram.deliver}),
        ):
            server = web_server(linli, channels=telegram.routes)
            outlive_signals(server)
            sys.stdout.write(f"{door.getsockname()[1]}\n")
            sys.stdout.flush()
            await serve_web(server, door, settings)


if __name__ == "__main__":
    asyncio.run(main(Settings.model_validate_json(sys.argv[1]), datetime.fromisoformat(sys.argv[2])))

"""A person in two channels, who links them in the chat."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import fixed_clock
from bot.jobs import run_due
from bot.linli import Linli, Reply
from storage.statements import statement
from tests.family_talk import Parent
from tests.sample import NOW

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
FAMILIES = statement("test.link_families", "SELECT channel, family_id FROM conversation")


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody on the page, and the same person, or another, in a second chat."""

    page: Parent
    chat: Parent

    @property
    def linli(self) -> Linli:
        return self.page.linli

    async def code(self) -> str:
        """A new one, made on the page."""
        return code_in(await self.page.say("连接另一个聊天"))

    async def asked(self) -> Reply:
        """The code was said in the chat, with a yes."""
        return await self.chat.say(f"连接码 {await self.code()}", "好的")

    async def linked(self) -> Reply:
        await self.asked()
        return await self.page.say(await heard_choice(self.page, "/link_yes"))

    async def later(self, by: timedelta) -> "Pair":
        linli = self.linli.over(self.linli.database, fixed_clock(NOW + by), safe=self.linli.safe)
        await run_due(linli, NOW + by)
        return Pair(Parent(linli), Parent(linli, self.chat.address, self.chat.channel))


def pair_of(linli: Linli, channel: str = "wechat") -> Pair:
    return Pair(Parent(linli), Parent(linli, "dong", channel))


def code_in(reply: Reply) -> str:
    found = CODE.search(reply.rendered.text)
    assert found, reply.rendered.text
    return found[0]


async def heard(who: Parent) -> str:
    """The last thing that Linli said there."""
    lines = await who.linli.lines(who.channel, who.address, after=0)
    return lines[-1].rendered.text


async def heard_choice(who: Parent, begins: str) -> str:
    lines = await who.linli.lines(who.channel, who.address, after=0)
    [said] = [choice.say for choice in lines[-1].rendered.choices if choice.say.startswith(begins)]
    return said


async def are_linked(pair: Pair) -> bool:
    async with pair.linli.database.read() as tx:
        rows = {row["channel"]: row["family_id"] for row in await tx.rows(FAMILIES)}
    found = {rows.get(pair.page.channel), rows.get(pair.chat.channel)}
    return len(found) == 1 and found != {None}

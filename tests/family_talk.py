"""A family that booked a class with a list of names, as residents do it in the chat."""

from dataclasses import dataclass

from bot.linli import Linli, Reply
from storage import children, conversations, families
from storage.families import Participant
from tests.sample import message

BOOK = ("帮我儿子报明天华城社区的四点半课堂", "二年级", "好的")
NAME, FETCHER = "林晓鹂", "林阿凤"


@dataclass(frozen=True, slots=True)
class Parent:
    """Somebody who talks on one channel."""

    linli: Linli
    address: str = "ding"
    channel: str = "web"

    async def say(self, *texts: str) -> Reply:
        """The answer to the last of them."""
        replies = [
            await self.linli.hear(message(text, address=self.address, channel=self.channel)) for text in texts
        ]
        assert all(reply.number for reply in replies), texts
        return replies[-1]

    async def press(self, reply: Reply, label: str) -> Reply:
        [choice] = [each for each in reply.rendered.choices if each.label == label]
        return await self.say(choice.say)

    async def people(self) -> list[Participant]:
        async with self.linli.database.read() as tx:
            talk = await conversations.find(tx, self.channel, self.address)
            family = await families.of_conversation(tx, talk.id) if talk else None
            return await families.participants(tx, family) if family else []

    async def names(self) -> list[children.SealedName]:
        async with self.linli.database.read() as tx:
            talk = await conversations.find(tx, self.channel, self.address)
            family = await families.of_conversation(tx, talk.id) if talk else None
            return await children.names(tx, family) if family else []

    async def consents(self) -> list[children.Consent]:
        async with self.linli.database.read() as tx:
            talk = await conversations.find(tx, self.channel, self.address)
            family = await families.of_conversation(tx, talk.id) if talk else None
            return await children.consents(tx, family) if family else []


async def booked(linli: Linli, address: str = "ding", channel: str = "web") -> Parent:
    """A parent whose son has a place in tomorrow's class."""
    parent = Parent(linli, address, channel)
    assert (await parent.say(*BOOK)).view == "Booked"
    return parent


async def named(linli: Linli, address: str = "ding", name: str = NAME) -> Parent:
    """The same, with the son's name under seal."""
    parent = await booked(linli, address)
    assert (await parent.say("登记孩子真名", "同意", name)).view == "NameSealed"
    return parent

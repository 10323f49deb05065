"""Residents of a Telegram of tests, who write, press, follow links, send their place and edit, by chance.

Now and then Telegram delivers something twice.
"""

import random
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.channels.telegram.wording import FILE, tapped_of
from handlers.snapshot import Directory
from tests.telegram_chats import Sent
from tests.telegram_peer import TelegramPeer
from tests.telegram_refusals import Json

FIRST = 1_001
"""The number of the first resident."""
DUPLICATES = 0.02
LATE = 100
"""Of so many updates one may come again."""
SENTENCES, PLACES = 200, 22
OF_A_PLACE = (
    "{}", "{}几点开门", "{}的电话", "{}今天开门吗", "{}周末开门吗", "{}有老年食堂吗",
    "{}怎么走", "{}有什么活动",
)  # fmt: skip
ALONE = (
    "你好", "谢谢", "最近的老年食堂", "还有别的吗", "那明天呢", "附近的4点钟课堂", "/more", "再说一遍", "🙂",
    "1", "第二个", "叫人回我电话", "取消回电", "宠物洗澡有吗", "怎么评分", "/help",
    "hello", "where is the canteen",
    "近一点的", "有没有书法班", "周六有什么", "我想找人", "<b>&", "…",
)  # fmt: skip
PAYLOADS = ("", "door_FZ002", "door_FZ004", "group", "nothing_known")


def sentences(directory: Directory) -> list[str]:
    places = sorted({centre.community for centre in directory.centres.values() if centre.community})[:PLACES]
    return [each.format(place) for place in places for each in OF_A_PLACE] + list(ALONE)


@dataclass
class Residents:
    """`said` is what has to be in the inbox of each chat, in order; `kinds` counts what came."""

    peer: TelegramPeer
    chance: random.Random
    sentences: list[str]
    people: int
    said: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    kinds: Counter[str] = field(default_factory=Counter)
    _newest: dict[int, int] = field(default_factory=dict)
    _messages: dict[int, Json] = field(default_factory=dict)
    _pressed: set[tuple[int, int]] = field(default_factory=set)
    _recent: deque[Json] = field(default_factory=lambda: deque(maxlen=LATE))

    def act(self) -> None:
        """One update of one of them."""
        chat = FIRST + self.chance.randrange(self.people)
        self.peer.meet(chat, language_code="en" if chat % 10 == 0 else "zh-hans")
        acts: list[Callable[[int], Json]] = [self._write, self._press, self._start, self._locate, self._edit]
        [act] = self.chance.choices(acts, (60, 20, 7, 8, 5))
        self._recent.append(act(chat))
        if self.chance.random() < DUPLICATES:
            self.peer.duplicate(self.chance.choice(self._recent))
            self.kinds["duplicate"] += 1

    def _write(self, chat: int) -> Json:
        return self._said(chat, "text", self.peer.say(chat, self.chance.choice(self.sentences)))

    def _start(self, chat: int) -> Json:
        return self._said(chat, "start", self.peer.start(chat, self.chance.choice(PAYLOADS)))

    def _locate(self, chat: int) -> Json:
        north, east = (self.chance.uniform(-0.03, 0.03) for _ in range(2))
        return self._said(chat, "location", self.peer.share_location(chat, 24.9 + north, 118.6 + east))

    def _press(self, chat: int) -> Json:
        """Each message once: a second press would be one of a finger that trembles."""
        below = self._with_buttons(chat)
        if below is None:
            return self._write(chat)
        self._pressed.add((chat, below.message_id))
        update = self.peer.press(chat, below, data := self.chance.choice(_choices(below)))
        self.said[chat].append(f"b{data}")
        self.kinds["press"] += 1
        return update

    def _edit(self, chat: int) -> Json:
        """Linli does not ask for edits; they come all the same, as what was under way when it said so."""
        before = self._messages.get(chat)
        if before is None:
            return self._write(chat)
        edit = self.peer.change(before, self.chance.choice(self.sentences))
        self.peer.updates.again(edit)
        self.kinds["edit"] += 1
        return edit

    def _said(self, chat: int, kind: str, update: Json) -> Json:
        number = update["message"]["message_id"]
        self.said[chat].append(f"m{number}")
        self.kinds[kind] += 1
        self._newest[chat] = number
        if kind == "text":
            self._messages[chat] = update
        return update

    def _with_buttons(self, chat: int) -> Sent | None:
        """Of what was answered last."""
        found, number = None, self._newest.get(chat, 0) + 1
        while sent := self.peer.chats.sent.get((chat, number)):
            if (chat, number) not in self._pressed and _choices(sent):
                found = sent
            number += 1
        return found


def _choices(sent: Sent) -> list[str]:
    """The data of the buttons that say something."""
    below = [button["callback_data"] for button in sent.buttons if "callback_data" in button]
    return [data for data in below if (tapped := tapped_of(data)) and tapped.choice != FILE]

"""The pipeline from a sentence to what was meant: normalise, names, times, cues."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from messages.calendar import Calendar
from messages.understand.abuse import BLANK, Swearing
from messages.understand.booking import NO_BOOKING, BookingTalk, BookingWords
from messages.understand.danger import DangerWords, danger_of
from messages.understand.going_on import NO_GOING_ON, SIGNS, GoingOn, going_on_words
from messages.understand.intents import Ranked
from messages.understand.lexicon import FAINT, PLACES, THINGS, Hit, Lexicon, Span, Topic
from messages.understand.normalise import breaks_in, clean, language_of, normalise
from messages.understand.rating import NO_RATING, RatingTalk, RatingWords
from messages.understand.respelling import Respelling
from messages.understand.sounds import SoundIndex
from messages.understand.time import TimeExpr, TimeGrammar
from messages.understand.vectors import Ranking
from messages.words import LANGUAGES, words

# Cues whose words stand in names of services as well, which are taken out for all others.
WITH_NAMES = frozenset({"advice", "certificate", "link", "unlink"})
# Cues whose own words say no: without steps, free of charge.
SAYS_NO = frozenset({"access", "accessible", "callback_cancel", "farther", "more", "no", "no_call"})
# This one says no, too, and may be refused as well: 'at no cost' and 'not the free one'.
FREE = "free"

# Cues of a question: what stands beside them in anger, or as a trick, is then no part of what is asked.
ASKS = frozenset(
    {"access", "activities", "any_service", "bring", "coverage", "hours", "how"}
    | {"kiosk", "nearest", "phone", "price", "teacher", "where", "who"}
)

# A name of so many characters that only sounds right is rather a name than a time.
LONG = 4
LETTERS = re.compile("[a-z]{3}")

# What a web page would take for its own: nobody means anything by it.
TAGS = re.compile("<[^<>]{0,200}>")

COMMAND = re.compile(r"^/([a-z_]+)(?: (\S+(?: \S+)*))?$")


@dataclass(frozen=True, slots=True)
class Command:
    """What a button says: a name and its arguments."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a sentence holds; nothing is decided yet. `text` is normalised and otherwise as it was typed,
    `language` 'zh', 'en' or None; all else is of the text with what only sounds right put right.

    `without` are names that were said not to be meant. `plain` is the text as its meaning is weighed: places
    have become any community, and what is not wanted is left out. `intents`, `subjects` and `things` are
    filled in by that weighing, the likeliest first, and `other`: how likely the directory offers nothing of
    the kind. `half` is how a place's name begins and how it ends, where somebody remembers no more of it,
    `on` how the sentence goes on from what was said.
    """

    text: str
    language: str | None
    cues: frozenset[str]
    hits: tuple[Hit, ...] = ()
    without: tuple[Hit, ...] = ()
    times: tuple[TimeExpr, ...] = ()
    emergency: str | None = None
    out_of_scope: bool = False
    audience: frozenset[str] = frozenset()
    pick: int | None = None
    command: Command | None = None
    wanted: str | None = None
    plain: str = ""
    intents: Ranked = ()
    subjects: Ranked = ()
    things: Ranking[Topic] | None = None
    booking: BookingTalk = NO_BOOKING
    rating: RatingTalk = NO_RATING
    other: float = 0.0
    half: tuple[str, str] | None = None
    on: GoingOn = NO_GOING_ON

    @property
    def likeliest(self) -> tuple[str, float]:
        """The likeliest intent and its probability."""
        return self.intents[0] if self.intents else ("", 0.0)

    def chance(self, *intents: str) -> float:
        """How likely it is that one of these is meant."""
        return sum(chance for intent, chance in self.intents if intent in intents)

    def about(self, subject: str) -> float:
        """How likely it is that the sentence is about this."""
        return next((chance for name, chance in self.subjects if name == subject), 0.0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sentence is read with: the names that are known, the moment, the calendar.

    `opens` tells for what was named when it opens (minutes after midnight), so that "at eight" is understood.
    `language` is the conversation's, for texts without letters.
    """

    lexicon: Lexicon
    now: datetime
    calendar: Calendar
    opens: Callable[[tuple[Hit, ...]], int | None]
    language: str


class Phrases:
    """The phrases of one language, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "phrases")
        self.cues = [(cue, _any_of(texts)) for cue, texts in listed["cues"].items()]
        self.danger = DangerWords(language)
        self._by_ear = {term: cue for cue, terms in listed.get("by_ear", {}).items() for term in terms}
        self._ear = SoundIndex(self._by_ear)
        self.out_of_scope = _any_of(listed["out_of_scope"])
        self.audience = [(who, _any_of(texts)) for who, texts in listed["audience"].items()]
        self.pick = re.compile(listed["pick"])
        self._half = [re.compile(pattern) for pattern in listed.get("half_remembered", ())]
        self.wanted, self._no_thing = re.compile(listed["wanted"]), re.compile(listed["no_thing"])
        self.digits = {word: number for number, word in enumerate(listed.get("numbers", ()))}
        self._any_place, self._any_centre = str(listed["any_place"]), str(listed["any_centre"])
        self._centre_endings = tuple(listed["centre_endings"])
        self._not_from = _any_of(listed["negated"]["before"])
        self._not_until = re.compile(listed["negated"]["until"])
        self._not_before = _any_of(listed["negated"]["after"])
        self._asks = re.compile(listed["negated"]["asks"])

    def heard_in(self, text: str) -> set[str]:
        """Cues whose words were written with characters that only sound right."""
        return {self._by_ear[heard.term] for each in self._ear.find(text, ()) for heard in each}

    def wanted_in(self, text: str, pauses: Sequence[int] = ()) -> str | None:
        """What a place is asked for, in one part of the text: nobody names it across a pause. Only what may
        be a name counts."""
        parts = pairwise((0, *pauses, len(text)))
        found = next((it for start, end in parts if (it := self.wanted.search(text[start:end]))), None)
        said = next((group for group in found.groups() if group), None) if found else None
        return None if said is None or self._no_thing.search(said) else said

    def half_in(self, text: str) -> tuple[str, str] | None:
        found = next((match for each in self._half if (match := each.search(text))), None)
        if found is None:
            return None
        parts = found.groupdict(default="")
        return parts.get("begins", ""), parts.get("ends", "")

    def stand_in(self, place: Hit) -> str:
        """What stands for a place where a sentence's meaning is weighed."""
        return self._any_centre if place.text.endswith(self._centre_endings) else self._any_place

    def negated_in(self, text: str, pauses: Sequence[int]) -> list[Span]:
        """The parts of a normalised text that say what is not wanted."""
        found = []
        for start, end in _in_parts(self._not_from, text, pauses):
            pause = next((at for at in pauses if at >= end), len(text))
            until = self._not_until.search(text, end, pause)
            last = until.start() if until else pause
            if not self._asks.search(text, end, last):  # 'is it not ...?' refuses nothing
                found.append((start, last))
        begins = {start for start, _ in found}
        ends = {*pauses, len(text), *(sign.start() for sign in SIGNS.finditer(text))}
        for start, end in _in_parts(self._not_before, text, pauses):
            if start in begins and end not in ends:
                continue  # it refuses what follows, not what went before
            pause = next((at for at in pauses if at >= end), len(text))
            if (asks := self._asks.search(text, end, pause)) and asks.start() > end:
                continue
            before = max((at for at in pauses if at <= start), default=0)
            wanted = [each.end() for each in self._not_until.finditer(text, before, start)]
            found.append((wanted[-1] if wanted else before, end))
        return found

    def no_longer_than(self, negated: Sequence[Span], text: str, times: Sequence[Span]) -> list[Span]:
        """A no right before a time refuses the time alone: 'except Saturday what is on in ...'."""
        ends = dict(times)
        found = []
        for start, end in negated:
            no = self._not_from.match(text[start:])  # it began a part of the sentence, or was found so
            found.append((start, min(end, ends.get(start + no.end(), end)) if no else end))
        return found


class Reader:
    """Reads sentences. Built once; the lexicon comes with each call because the directory changes."""

    def __init__(self) -> None:
        self._phrases = {language: Phrases(language) for language in LANGUAGES}
        self._booking = {language: BookingWords(language) for language in LANGUAGES}
        self._rating = {language: RatingWords(language) for language in LANGUAGES}
        self._grammar = TimeGrammar.load()
        self._swearing = Swearing()
        self._respelling = Respelling.load()

    def read(self, said: str, around: Surroundings) -> Understanding:
        command = COMMAND.match(clean(said))
        said = TAGS.sub(" ", said)
        typed = normalise(said)
        if command:
            arguments = tuple((command[2] or "").split())
            return Understanding(typed, None, frozenset(), command=Command(command[1], arguments))
        breaks = breaks_in(said)
        written = around.lexicon.find(typed, breaks)
        text = self._meant(typed, written, around)
        written = written if text == typed else around.lexicon.find(text, breaks)
        names = _spans(written)
        own = language_of(_without(text, names)) or language_of(text)
        phrases = self._phrases[own or around.language]
        places = [hit for hit in written if hit.kind in PLACES]
        long = [hit for hit in around.lexicon.hear(text, places, ()) if hit.end - hit.start >= LONG]
        long = [hit for hit in long if not any(_is_part(hit, other) for other in written)]
        written = tuple(hit for hit in written if not any(_is_part(hit, other) for other in long))
        names = _spans([*written, *long])
        times = self._grammar.parse(
            text, around.now, around.calendar, opens=around.opens(written), names=names
        )
        spans = [time.span for time in times]
        talk = self._booking[own or around.language]
        spans += talk.spans_in(text)
        heard = around.lexicon.hear(text, [*written, *long], spans)
        hits = (*written, *long, *(hit for hit in heard if not self._says_itself(hit, phrases)))
        negated = phrases.no_longer_than(phrases.negated_in(text, breaks), text, spans)
        on = going_on_words(own or around.language).read(text, breaks, times, hits, negated)
        hits = tuple(hit for hit in hits if hit.kind in PLACES or not _within(hit.start, on.aside))
        meant = tuple(hit for hit in hits if not _within(hit.start, negated))
        if not any(hit.kind in THINGS for hit in meant):
            meant = (*meant, *_only_not_there(hits, negated))
        else:
            both = {name for hit in meant for name in hit.ids}
            meant = (*meant, *(hit for hit in _only_not_there(hits, negated) if both.issuperset(hit.ids)))
        refused = tuple(hit for hit in hits if hit not in meant)
        bare = _without(text, _spans([hit for hit in hits if hit.rank > FAINT]))
        rest = _without(bare, negated)
        somewhere = _spans([hit for hit in hits if hit.kind in PLACES and hit.rank > FAINT])
        joke = self._swearing.joke_in(_without(text, somewhere))
        tricks = [*self._swearing.tricks_in(_without(text, somewhere)), *joke]
        calm = self._swearing.calm_in(_without(text, somewhere))
        hard, hot = self._swearing.words_in(bare), self._swearing.heat_in(bare)
        tempers = {cue for cue, found in (("abuse", hard), ("heat", hot), ("trick", tricks)) if found}
        tempers |= phrases.heard_in(_without(text, names))
        aside = [*tricks, *calm]
        if hard or hot:
            calmer = _without(rest, [*hard, *hot, *tricks])
            if times or self._cues(text, bare, calmer, phrases, negated) & ASKS:
                aside = [*hard, *hot, *aside]
        bare, rest = _without(bare, aside), _without(rest, aside)
        meant = tuple(hit for hit in meant if not _within(hit.start, [*tricks, *calm]))
        by_the_way = [*phrases.danger.past_in(text), *phrases.danger.cries_in(text)]
        return Understanding(
            typed,
            own,
            self._cues(text, bare, rest, phrases, negated).union(tempers),
            meant,
            refused,
            _wanted_times(times, negated, on),
            danger_of(
                tuple(dict.fromkeys((typed, text))),
                rest,
                [each.danger for each in self._spoken_with(phrases)],
            ),
            bool(phrases.out_of_scope.search(rest)),
            frozenset(who for who, pattern in phrases.audience if pattern.search(text)),
            self._picked(text),
            wanted=phrases.wanted_in(rest, on.pauses),
            plain=_plain(text, meant, [*negated, *aside, *by_the_way, *on.aside], phrases) or text,
            booking=talk.read(typed, bare),
            rating=self._rating[own or around.language].read(typed),
            half=phrases.half_in(_without(text, aside)),
            on=on,
        )

    def _meant(self, typed: str, written: Sequence[Hit], around: Surroundings) -> str:
        """What was typed with the characters that only sound right put right; names, times and hard words
        stay."""
        names = _spans([hit for hit in written if hit.rank > FAINT])
        if self._respelling.better(typed, names) == typed:
            return typed  # as it mostly is: nobody listens for names then
        heard = around.lexicon.hear(typed, written, ())
        places = _spans([hit for hit in heard if hit.kind in PLACES and hit.rank > FAINT])
        times = [time.span for time in self._grammar.parse(typed, around.now, around.calendar, names=names)]
        hard = (*self._swearing.words_in(typed), *self._swearing.tricks_in(typed))
        return self._respelling.better(typed, [*names, *places, *times, *hard])

    def _says_itself(self, heard: Hit, phrases: Phrases) -> bool:
        """Whether what only sounds like a name is a word of its own: 'a sound' is no doctor, and who asks for
        the address names no place."""
        if heard.kind in THINGS:
            return self._respelling.is_word(heard.text)
        return any(cue in ASKS and pattern.fullmatch(heard.text) for cue, pattern in phrases.cues)

    def _spoken_with(self, phrases: Phrases) -> list[Phrases]:
        """Those of all languages, the sentence's own first."""
        return [phrases, *(each for each in self._phrases.values() if each is not phrases)]

    def pick_in(self, said: str) -> int | None:
        """The number of the choice that is meant, where nothing else is said."""
        return self._picked(normalise(TAGS.sub(" ", said)))

    def _cues(
        self, text: str, bare: str, rest: str, phrases: Phrases, negated: Sequence[Span]
    ) -> frozenset[str]:
        """What is asked about, also in the other language's words where both are mixed."""
        spoken = self._spoken_with(phrases)
        is_mixed = bool(LETTERS.search(rest)) and phrases is self._phrases["zh"]
        return frozenset(
            cue
            for each in (spoken if is_mixed else [phrases])
            for cue, pattern in each.cues
            if (
                _says_no_itself(pattern, bare, negated)
                if cue == FREE
                else pattern.search(text if cue in WITH_NAMES else bare if cue in SAYS_NO else rest)
            )
        )

    def _picked(self, text: str) -> int | None:
        for phrases in self._phrases.values():
            found = phrases.pick.match(text)
            if found:
                return int(phrases.digits.get(found[1], found[1]))
        return None


def _in_parts(pattern: re.Pattern[str], text: str, pauses: Sequence[int]) -> Iterator[Span]:
    """Where it stands between pauses: nothing is the end or the beginning of a word over one."""
    for begin, end in pairwise((0, *pauses, len(text))):
        yield from ((begin + at.start(), begin + at.end()) for at in pattern.finditer(text[begin:end]))


def _any_of(texts: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in texts) or r"(?!)")


def _spans(hits: Sequence[Hit]) -> list[Span]:
    return [(hit.start, hit.end) for hit in hits]


def _within(at: int, spans: Sequence[Span]) -> bool:
    return any(start <= at < end for start, end in spans)


def _says_no_itself(pattern: re.Pattern[str], text: str, negated: Sequence[Span]) -> bool:
    """Whether a cue stands where nothing is refused, or begins with the no itself."""
    begins = {start for start, _ in negated}
    return any(at.start() in begins or not _within(at.start(), negated) for at in pattern.finditer(text))


def _only_not_there(hits: Sequence[Hit], negated: Sequence[Span]) -> Iterator[Hit]:
    """Things that are refused at one place only: 'not the canteen of that community'."""
    for start, end in negated:
        inside = [hit for hit in hits if start <= hit.start < end]
        places = [hit.start for hit in inside if hit.kind in PLACES]
        yield from (hit for hit in inside if hit.kind in THINGS and places and places[0] < hit.start)


def _wanted_times(times: Sequence[TimeExpr], no: Sequence[Span], on: GoingOn) -> tuple[TimeExpr, ...]:
    """Those that are not refused; who refuses what is shut on a day wants what is open then."""
    wanted = [time for time in times if not _within(time.span[0], no) or time in on.open_on]
    return tuple(time for time in wanted if time not in on.refused or time in on.open_on)


def _is_part(hit: Hit, other: Hit) -> bool:
    """Whether a name stands where another does or inside it."""
    return other.start <= hit.start and hit.end <= other.end


def _without(text: str, spans: Sequence[Span]) -> str:
    """The text with names blanked out, so that a cue inside a name is not taken for a question."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = BLANK * (end - start)
    return "".join(letters)


def _plain(text: str, hits: Sequence[Hit], negated: Sequence[Span], phrases: Phrases) -> str:
    """The text whose meaning is weighed."""
    letters = list(text)
    for start, end in negated:
        letters[start:end] = [""] * (end - start)
    for hit in hits:
        if hit.kind in PLACES:
            letters[hit.start : hit.end] = [phrases.stand_in(hit), *[""] * (hit.end - hit.start - 1)]
    return "".join(letters).strip()

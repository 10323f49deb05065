"""Tokens read one after the other, with a look ahead and errors that name the place."""

from messages.hours_lexer import Kind, Token
from messages.hours_types import HoursError


class Stream:
    """A position in the tokens of `text`."""

    def __init__(self, text: str, tokens: tuple[Token, ...]) -> None:
        self.text = text
        self._tokens = tokens
        self.at = 0

    def peek(self, ahead: int = 0) -> Token | None:
        place = self.at + ahead
        return self._tokens[place] if place < len(self._tokens) else None

    def kind(self, ahead: int = 0) -> Kind | None:
        token = self.peek(ahead)
        return token.kind if token else None

    def take(self, *kinds: Kind) -> Token | None:
        """The next token if it is of one of these kinds."""
        token = self.peek()
        if token is None or token.kind not in kinds:
            return None
        self.at += 1
        return token

    def since(self, start: int) -> str:
        """What was written from token `start` up to here."""
        return "".join(token.text for token in self._tokens[start : self.at])

    def error(self, what: str = "", why: str = "not understood") -> HoursError:
        """An error about `what`, or else about what comes next."""
        token = self.peek()
        rest = "".join(each.text for each in self._tokens[self.at : self.at + 4]) if token else self.text
        return HoursError(self.text, what or rest, why)

"""In which language a follower was answered last, for words that must not wait for the database."""

from bot.web.rates import MANY


class Languages:
    """Those of the many who were answered last."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def note(self, address: str, language: str | None) -> None:
        """None: that answer had none of its own."""
        if language is None:
            return
        self._known.pop(address, None)  # the newest stands last
        self._known[address] = language
        if len(self._known) > MANY:
            del self._known[next(iter(self._known))]

    def of(self, address: str) -> str | None:
        return self._known.get(address)

"""The people of the story: what they text goes through the carrier, what they press on a page through the database."""

from collections.abc import Callable, Mapping
from pathlib import Path

from alongside.demo.model import Deed, Does
from carer_portal.database import Database
from devices.model import Clock
from hub.intents import IntentKind

Text = Callable[[str, str], object]
"""Carries a text from somebody's number to the hub's."""

ASKS: Mapping[Deed, Callable[[int, str], tuple[IntentKind, Mapping[str, object]]]] = {
    Deed.ARRIVES: lambda alarm, _: (IntentKind.ACKNOWLEDGE, {"alarm_id": alarm, "said": "arrived"}),
    Deed.CLOSES: lambda alarm, words: (IntentKind.CLOSE, {"alarm_id": alarm, "outcome": words}),
    Deed.SAYS_WRONG: lambda alarm, words: (
        IntentKind.LABEL,
        {"alarm_id": alarm, "verdict": "wrong", "because": words},
    ),
}
"""What each deed on a page asks of the hub."""


class People:
    """Carries out what people do."""

    def __init__(self, db: Path, clock: Clock, text: Text, numbers: Mapping[str, str]) -> None:
        self._database = Database(db)
        self._clock = clock
        self._text = text
        self._numbers = numbers

    def do(self, does: Does, alarm: int) -> None:
        """Let one person do one thing about this alarm."""
        if does.deed is Deed.TEXTS:
            self._text(self._numbers[does.who], does.words)
            return
        kind, payload = ASKS[does.deed](alarm, does.words)
        self._database.ask(kind, payload, does.who, self._clock.now())

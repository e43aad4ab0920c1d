"""What a button does: it asks the hub, durably, in the name of whoever looks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.intents import IntentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Asks the hub for things. `slow_after` is how long its answer may take before the page says so."""

    ask: Callable[[IntentKind, Mapping[str, object], str, datetime], int]
    by: str
    now: Callable[[], datetime]
    slow_after: timedelta

    def __call__(self, kind: IntentKind, payload: Mapping[str, object]) -> None:
        """Ask now."""
        self.ask(kind, payload, self.by, self.now())

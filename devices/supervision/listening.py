"""Counts the seconds in which the hub listened, so that its own sleep is nobody's silence."""

from dataclasses import dataclass, field

MOST_BETWEEN_LOOKS_S = 60.0
"""The hub looks twice a minute: where more time has passed, it slept or was overloaded, and heard nothing."""


@dataclass(slots=True)
class Listening:
    """Runs with the boot clock, except that no more than a minute counts between two looks."""

    _looked_s: float | None = field(default=None, init=False)
    _counted_s: float = field(default=0.0, init=False)

    def at(self, boot_s: float) -> float:
        """How many seconds were listened to until then.

        >>> listening = Listening()
        >>> listening.look(100.0), listening.at(130.0), listening.look(5_000.0)
        (0.0, 30.0, 60.0)
        """
        if self._looked_s is None:
            self._looked_s = boot_s
        return self._counted_s + min(max(0.0, boot_s - self._looked_s), MOST_BETWEEN_LOOKS_S)

    def look(self, boot_s: float) -> float:
        """The same, when the hub looks."""
        self._counted_s = self.at(boot_s)
        self._looked_s = boot_s
        return self._counted_s

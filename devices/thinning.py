"""Thins the reports of a sensor that speaks many times a second, before they cost storage."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from devices.model import Quantity, Reading
from devices.units import STATES


@dataclass(slots=True)
class Thinner:
    """Lets what is `prompt` through when it changes, and everything at least every `every_s`.

    What flickers is let through at most once in `settle_s`, with the value that it has then. By default every state is
    prompt, and no measure.
    """

    every_s: float
    settle_s: float = 1.0
    prompt: AbstractSet[Quantity] = STATES
    _last: dict[Quantity, Reading] = field(default_factory=dict, init=False)

    def passes(self, reading: Reading) -> bool:
        """Whether this reading tells something new. It does, too, where the clock was set back."""
        last = self._last.get(reading.quantity)
        if last is not None and 0 <= (reading.at - last.at).total_seconds() < self._wait_s(last, reading):
            return False
        self._last[reading.quantity] = reading
        return True

    def _wait_s(self, last: Reading, reading: Reading) -> float:
        changed = reading.quantity in self.prompt and reading.value != last.value
        return self.settle_s if changed else self.every_s

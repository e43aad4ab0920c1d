"""Whether a wearable is worn: what it says of contact, and whether it makes the small movements of a living body."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from devices.model import Quantity, Reading, SampleBlock

STILL_S = 1_200.0
"""No small movement for so long is "not worn" (OpenSeizureDetector), if others see the person meanwhile."""
SEEN_AFTER_S = 300.0
"""Whoever lays a wearable down is seen doing so: what others see in the first minutes counts for nothing."""
MICRO_G = 0.03
"""More than the noise of an accelerometer over an hour, less than any shift of a sitting or lying person."""
PULSES = frozenset({Quantity.HEART_RATE_BPM, Quantity.PULSE_BPM})
SIGNS = PULSES | {Quantity.SKIN_CONTACT, Quantity.MOVEMENT_COUNT}


@dataclass(slots=True)
class Wear:
    """The last signs of being worn, by the seconds that the hub listened."""

    sign_s: float | None = None
    off_s: float | None = None
    _counted: float | None = field(default=None, init=False)
    _before: NDArray[np.float32] | None = field(default=None, init=False)

    def take_reading(self, reading: Reading, now_s: float) -> None:
        """Learn from what it measures and from what it says of itself."""
        if reading.quantity is Quantity.SKIN_CONTACT:
            self._contact(now_s, on=bool(reading.value))
        elif reading.quantity in PULSES and reading.value > 0 and reading.quality > 0 and self.off_s is None:
            self.sign_s = now_s
        elif reading.quantity is Quantity.MOVEMENT_COUNT:
            if self._counted not in (None, reading.value):
                self.sign_s = now_s
            self._counted = reading.value

    def take_block(self, block: SampleBlock, now_s: float) -> None:
        """Learn from its acceleration: within the block, and since the block before."""
        known = block.acceleration_g[~np.isnan(block.acceleration_g).any(axis=1)]
        if not known.size:
            return
        span = np.ptp(known, axis=0).max()
        middle = known.mean(axis=0)
        moved = 0.0 if self._before is None else float(np.abs(middle - self._before).max())
        if max(float(span) / 2, moved) > MICRO_G:
            self.sign_s = now_s
        self._before = middle

    def worn(self, now_s: float) -> bool | None:
        """Whether it is worn; None where it has given no sign yet."""
        if self.off_s is not None:
            return False
        if self.sign_s is None:
            return None
        return now_s - self.sign_s < STILL_S

    @property
    def still_since_s(self) -> float | None:
        """When the last sign was that it is worn; None where there never was one."""
        return self.sign_s if self.off_s is None else self.off_s

    def _contact(self, now_s: float, *, on: bool) -> None:
        if on:
            self.sign_s, self.off_s = now_s, None
        elif self.off_s is None and self.sign_s is not None:
            self.off_s = now_s

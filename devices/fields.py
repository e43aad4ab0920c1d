"""Reads a payload field by field, as Bluetooth characteristics are laid out: little-endian, some fields optional."""

from datetime import datetime

from devices.ieee11073 import from_float, from_sfloat
from devices.model import DecodeError


class Fields:
    """Takes fields off the front of a payload; one that ends too soon is a `DecodeError`.

    What lies beyond the fields that are asked for is left alone: the specification lets a later version append there.
    """

    __slots__ = ("_next", "_payload", "_what")

    def __init__(self, payload: bytes, what: str) -> None:
        self._payload = payload
        self._what = what
        self._next = 0

    @property
    def left(self) -> int:
        """How many bytes have not been taken."""
        return len(self._payload) - self._next

    def take(self, size: int) -> bytes:
        """The next bytes."""
        end = self._next + size
        if end > len(self._payload):
            raise DecodeError(
                f"{self._what} ends after {len(self._payload)} of at least {end} bytes: {self._payload.hex()}"
            )
        taken = self._payload[self._next : end]
        self._next = end
        return taken

    def whole(self, size: int) -> int:
        """An unsigned whole number of `size` bytes."""
        return int.from_bytes(self.take(size), "little")

    def sfloat(self) -> float | None:
        """A 16-bit medical float; None is no reading."""
        return from_sfloat(self.whole(2))

    def medical_float(self) -> float | None:
        """A 32-bit medical float; None is no reading."""
        return from_float(self.whole(4))

    def date_time(self) -> datetime | None:
        """The device's own local time; None where its clock was never set (zeros or an impossible date)."""
        year, parts = self.whole(2), self.take(5)
        try:
            return datetime(year, *parts)  # noqa: DTZ001 -- the device does not say which zone
        except ValueError:
            return None

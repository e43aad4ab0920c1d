"""How long Bluetooth may take, how it is tried again, and what its errors mean in words."""

from dataclasses import dataclass

from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError, BleakDeviceNotFoundError, BleakError
from dbus_fast.errors import DBusError, DBusFastError


class RadioLostError(Exception):
    """Nothing more can be heard: the radio, its service or the message bus has gone. Says which, in words."""


TROUBLE = (RadioLostError, BleakError, DBusFastError, EOFError, OSError)
"""Everything that bleak and D-Bus raise when something is not there or does not answer (TimeoutError is an OSError)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on the calls, in real seconds, and waits between tries, in the clock's seconds.

    `quiet_s` is how long not one advert of any device may come before the scan is started afresh: BlueZ can lose a scan
    without a word. `breath_s` is how long the scanner hears undisturbed before the next connection is made: a radio
    that connects is deaf. `retry_most_s` keeps a device that is in range again back within ten seconds.
    """

    scan_s: float = 10.0
    connect_s: float = 8.0
    subscribe_s: float = 8.0
    release_s: float = 3.0
    quiet_s: float = 120.0
    breath_s: float = 0.2
    retry_s: float = 0.5
    retry_most_s: float = 4.0


LIMITS = Limits()


class Backoff:
    """Waits that double from `first_s` to `most_s`.

    >>> waits = Backoff(first_s=0.5, most_s=2.0)
    >>> [waits.next_s() for _ in range(4)]
    [0.5, 1.0, 2.0, 2.0]
    """

    def __init__(self, *, first_s: float, most_s: float) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s

    def next_s(self) -> float:
        """How long to wait this time."""
        wait_s, self._next_s = self._next_s, min(self._next_s * 2, self._most_s)
        return wait_s

    def reset(self) -> None:
        """It went well: begin again with the shortest wait."""
        self._next_s = self._first_s


IN_PROGRESS = "org.bluez.Error.InProgress"
_OFF = "The Bluetooth radio is switched off"
_NOT_RUNNING = "The Bluetooth service is not running"
_TEXTS = {
    "POWERED_OFF": _OFF,
    "org.bluez.Error.NotReady": _OFF,
    "NO_BLUETOOTH": "There is no Bluetooth adapter",
    "DENIED_BY_SYSTEM": "The hub is not allowed to use Bluetooth",
    "org.freedesktop.DBus.Error.AccessDenied": "The hub is not allowed to use Bluetooth",
    IN_PROGRESS: "Bluetooth is busy with something else",
    "org.freedesktop.DBus.Error.ServiceUnknown": _NOT_RUNNING,
    "org.freedesktop.DBus.Error.NameHasNoOwner": _NOT_RUNNING,
    "org.freedesktop.DBus.Error.NoReply": _NOT_RUNNING,
}
_TEXTS_BY_TYPE: tuple[tuple[type[BaseException], str], ...] = (
    (BleakDeviceNotFoundError, "The device was heard, but was gone when the hub wanted to connect"),
    (TimeoutError, "Bluetooth did not answer in time"),
    (OSError, "The system's message bus cannot be reached"),
    (EOFError, "The system's message bus went away"),
)


def why(error: BaseException) -> str:
    """The error in words that an operator can use.

    >>> why(BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"]))
    'The Bluetooth radio is switched off'
    """
    if isinstance(error, RadioLostError):
        return str(error)
    if (text := _TEXTS.get(_code(error))) is not None:
        return text
    fallback = f"Bluetooth failed: {error}"
    return next((text for kind, text in _TEXTS_BY_TYPE if isinstance(error, kind)), fallback)


def is_in_progress(error: BaseException) -> bool:
    """Whether BlueZ says that it is still at this very thing."""
    return _code(error) == IN_PROGRESS


def _code(error: BaseException) -> str:
    if isinstance(error, BleakBluetoothNotAvailableError):
        return error.reason.name
    if isinstance(error, BleakDBusError):
        return error.dbus_error
    return error.type if isinstance(error, DBusError) else ""

"""What a kind of device is: how it is heard, what it yields, how often, and what its silence means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from devices.model import Decoder, Quantity, TriggerKind


class Path(StrEnum):
    """How a device's bytes reach the hub."""

    ADVERT = "advert"
    GATT = "gatt"
    SERIAL = "serial"
    MQTT = "mqtt"


class Tested(StrEnum):
    """What a decoder's tests rest on, and never more than that."""

    CAPTURE = "frames captured from a device"
    PUBLIC_VECTOR = "a public test suite's frames"
    DESCRIPTION = "frames made from the format's description"


class Use(StrEnum):
    """How a device is used, and so what its silence means."""

    FIXED = "in its place, on all the time"
    BUTTON = "silent until it is pressed"
    WORN = "worn, and speaks all the time that it is"
    AT_WILL = "taken up for a measurement, when somebody likes"


class SetupError(ValueError):
    """A device declared in a way that its kind cannot work with: says which device and what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sent a frame that came through a port which hears several senders."""

    address: str
    signal_dbm: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialLine:
    """How a port is opened. `parity` is N, E or O.

    `questions` are put to the device again and again, every `ask_every_s`, where it speaks only when it is asked.
    """

    baud: int
    parity: str = "N"
    stop_bits: int = 1
    questions: tuple[bytes, ...] = ()
    ask_every_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSetup:
    """One device as home.toml declares it. `key` is its encryption key, from the secrets, never from the file.

    `address` is what its frames bear (see `Frame`). Where several devices share a port, `options["port"]` is the port.
    """

    name: str
    kind: str
    address: str
    room: str | None = None
    person: str | None = None
    key: bytes | None = field(default=None, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


Split = Callable[[bytearray], list[bytes]]
SenderOf = Callable[[bytes], Sender | None]
Write = tuple[str, bytes]
"""A characteristic, named as in `Frame.source`, and what is written to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKind:
    """One row of the registry.

    `sources` are the `Frame.source` values it decodes (for GATT: the characteristics to subscribe to). `split` takes
    whole frames off the front of a serial buffer, leaving an unfinished one, in bounded memory. `interval_s` is how
    often it speaks of itself with nothing happening, None where only events make it speak. `sender_of` reads who sent
    a whole frame, on a receiver that many devices share; None as its answer means the receiver itself. `on_connect` is
    what is written to a GATT device, in order, once the hub listens to it. `rates_hz` are the rates at which it can
    stream acceleration (`SampleBlock`), the usual one first; none for one that does not. `use` says how it is used.
    `options` are those that home.toml may give it, besides what its path needs.
    """

    name: str
    title: str
    path: Path
    sources: tuple[str, ...]
    yields: frozenset[Quantity | TriggerKind]
    make_decoder: Callable[[DeviceSetup], Decoder]
    interval_s: float | None
    battery: str | None
    silence_means: str
    tested: Tested
    serial: SerialLine | None = None
    split: Split | None = None
    sender_of: SenderOf | None = None
    on_connect: Callable[[DeviceSetup], tuple[Write, ...]] | None = None
    rates_hz: tuple[float, ...] = ()
    use: Use = Use.FIXED
    options: frozenset[str] = frozenset()

"""What the emulated radio can hear: peripherals, their services, and their adverts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from devices.simulated.bluez_objects import RefusalError

_BASE = "-0000-1000-8000-00805f9b34fb"


def uuid16(number: int) -> str:
    """A Bluetooth SIG number as the full UUID that BlueZ speaks of.

    >>> uuid16(0x2A37)
    '00002a37-0000-1000-8000-00805f9b34fb'
    """
    return f"0000{number:04x}{_BASE}"


@dataclass(slots=True, kw_only=True, eq=False)
class Characteristic:
    """One value of a GATT device. `flags` are BlueZ's words: read, write, notify, indicate, ..."""

    uuid: str
    flags: tuple[str, ...]
    value: bytes = b""
    on_write: Callable[[bytes], None] | None = None

    @property
    def notifies(self) -> bool:
        """Whether it can be subscribed to."""
        return not {"notify", "indicate"}.isdisjoint(self.flags)


@dataclass(slots=True, kw_only=True, eq=False)
class Service:
    """A group of characteristics."""

    uuid: str
    characteristics: tuple[Characteristic, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Peripheral:
    """A Bluetooth Low Energy device as the radio meets it.

    `connect_s` and `resolve_s` are how long connecting and finding its services take; `refuses` is what connecting to
    it fails with; out of range it is not heard, and connecting to it goes on until someone gives up.
    """

    address: str
    name: str | None = None
    services: tuple[Service, ...] = ()
    connect_s: float = 0.01
    resolve_s: float = 0.01
    in_range: bool = True
    refuses: RefusalError | None = None
    connected: bool = field(default=False, init=False)

    @property
    def node(self) -> str:
        """The last part of its D-Bus path."""
        return f"dev_{self.address.upper().replace(':', '_')}"

    @property
    def alias(self) -> str:
        """Its name, or what BlueZ makes of its address when it has none."""
        return self.name or self.address.upper().replace(":", "-")

    def characteristics(self) -> Iterator[Characteristic]:
        """Every characteristic of every service."""
        for service in self.services:
            yield from service.characteristics

    def characteristic(self, uuid: str) -> Characteristic:
        """The characteristic with this full UUID."""
        return next(one for one in self.characteristics() if one.uuid == uuid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """One advertisement as it is received: what it carries, by full UUID and by company, and how strong it came in."""

    service_data: Mapping[str, bytes] = field(default_factory=dict)
    manufacturer_data: Mapping[int, bytes] = field(default_factory=dict)
    uuids: tuple[str, ...] = ()
    rssi_dbm: int = -60

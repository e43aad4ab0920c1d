"""Bluetooth devices to play with: advertisers that send given bytes, and wearables that one connects to."""

from collections.abc import Mapping

from devices.simulated.bluez import Advert, Characteristic, EmulatedBlueZ, Peripheral, Service, uuid16

_BTHOME = 0xFCD2
_BATTERY_SERVICE, _BATTERY = uuid16(0x180F), uuid16(0x2A19)


class SimulatedAdvertiser:
    """A device that only advertises: a button, a door contact, a thermometer."""

    def __init__(self, bluez: EmulatedBlueZ, address: str, name: str | None = None) -> None:
        self._bluez = bluez
        self.peripheral = bluez.add(Peripheral(address=address, name=name))

    def advertise(self, payload: bytes, *, service: int = _BTHOME, rssi_dbm: int = -60) -> bool:
        """Send service data, BTHome's unless told otherwise; returns whether anybody scanned."""
        advert = Advert(service_data={uuid16(service): payload}, rssi_dbm=rssi_dbm)
        return self._bluez.advertise(self.peripheral, advert)

    def advertise_company(self, company: int, payload: bytes, *, rssi_dbm: int = -60) -> bool:
        """Send manufacturer data; returns whether anybody scanned."""
        advert = Advert(manufacturer_data={company: payload}, rssi_dbm=rssi_dbm)
        return self._bluez.advertise(self.peripheral, advert)

    def drop(self) -> None:
        """Go out of range, or let the battery die."""
        self.peripheral.in_range = False

    def return_to_range(self) -> None:
        """Be heard again."""
        self.peripheral.in_range = True


class SimulatedGattDevice:
    """A device that one connects to. It advertises, as real ones do, only while nobody is connected to it.

    `values` are its characteristics by their Bluetooth SIG number: what it notifies of, beside the battery, which can
    also be read.
    """

    def __init__(self, bluez: EmulatedBlueZ, address: str, name: str, service: int, notifies: tuple[int, ...]) -> None:
        self._bluez = bluez
        self._service = uuid16(service)
        self._main = notifies[0]
        told = tuple(Characteristic(uuid=uuid16(number), flags=("notify",)) for number in notifies)
        self._battery = Characteristic(uuid=_BATTERY, flags=("read", "notify"), value=bytes([100]))
        services = (
            Service(uuid=self._service, characteristics=told),
            Service(uuid=_BATTERY_SERVICE, characteristics=(self._battery,)),
        )
        self.peripheral = bluez.add(Peripheral(address=address, name=name, services=services))

    @property
    def heard(self) -> bool:
        """Whether a hub is connected and listens."""
        return self._bluez.values.listened_to(self.peripheral)

    def set_battery(self, percent: int) -> None:
        """Charge or drain the battery; a hub that listens is told."""
        self._battery.value = bytes([percent])
        self.notify(self._battery.value, characteristic=0x2A19)

    def advertise(self, rssi_dbm: int = -60, manufacturer_data: Mapping[int, bytes] | None = None) -> bool:
        """Send one advert, if nobody is connected; returns whether anybody scanned."""
        if self.peripheral.connected:
            return False
        advert = Advert(uuids=(self._service,), manufacturer_data=manufacturer_data or {}, rssi_dbm=rssi_dbm)
        return self._bluez.advertise(self.peripheral, advert)

    def notify(self, payload: bytes, *, characteristic: int | None = None) -> bool:
        """Tell of a value, the main one unless told otherwise; returns whether anybody listens."""
        return self._bluez.notify(self.peripheral, uuid16(characteristic or self._main), payload)

    def drop(self) -> None:
        """Go out of range: the link is lost and nothing is heard."""
        self.peripheral.in_range = False
        self._bluez.drop(self.peripheral)

    def return_to_range(self) -> bool:
        """Come back and advertise; returns whether anybody scanned."""
        self.peripheral.in_range = True
        return self.advertise()


class SimulatedHeartRate(SimulatedGattDevice):
    """A chest strap with the heart rate service; `notify` takes a Heart Rate Measurement (0x2A37)."""

    def __init__(self, bluez: EmulatedBlueZ, address: str, name: str = "Chest strap") -> None:
        super().__init__(bluez, address, name, 0x180D, (0x2A37,))


class SimulatedOximeter(SimulatedGattDevice):
    """A pulse oximeter; `notify` takes a Continuous Measurement (0x2A5F), a Spot-Check has the number 0x2A5E."""

    def __init__(self, bluez: EmulatedBlueZ, address: str, name: str = "Oximeter") -> None:
        super().__init__(bluez, address, name, 0x1822, (0x2A5F, 0x2A5E))

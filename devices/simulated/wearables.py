"""Wearables to play with: they stream acceleration once the hub has written what starts them."""

from collections.abc import Mapping

from devices.decoders import metamotion, polar
from devices.simulated.bluez import Advert, Characteristic, EmulatedBlueZ, Peripheral, Service, uuid16
from devices.simulated.frames_polar import answer

_PMD_SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
_METAWEAR_SERVICE = "326a9000-85cb-9195-d9dd-464cfbbae75a"
_HEART_RATE, _BATTERY = uuid16(0x2A37), uuid16(0x2A19)
_FEATURES = bytes([0x0F, 0x04]) + bytes(15)
_INVALID_RATE = 8


def _battery() -> Service:
    charge = Characteristic(uuid=_BATTERY, flags=("read", "notify"), value=bytes([100]))
    return Service(uuid=uuid16(0x180F), characteristics=(charge,))


class SimulatedWearable:
    """A wearable that listens for commands. It advertises, as real ones do, only while nobody is connected to it."""

    def __init__(self, bluez: EmulatedBlueZ, peripheral: Peripheral) -> None:
        self._bluez = bluez
        self.peripheral = bluez.add(peripheral)
        self.written: list[bytes] = []

    @property
    def heard(self) -> bool:
        """Whether a hub is connected and listens."""
        return self._bluez.values.listened_to(self.peripheral)

    def advertise(self, rssi_dbm: int = -60) -> bool:
        """Send one advert, if nobody is connected; returns whether anybody scanned."""
        if self.peripheral.connected:
            return False
        services = tuple(service.uuid for service in self.peripheral.services)
        return self._bluez.advertise(self.peripheral, Advert(uuids=services, rssi_dbm=rssi_dbm))

    def notify(self, uuid: str, payload: bytes) -> bool:
        """Tell of a value; returns whether anybody listens."""
        return self._bluez.notify(self.peripheral, uuid, payload)

    def drop(self) -> None:
        """Go out of range: the link is lost and nothing is heard. What was started has to be started again."""
        self.written.clear()
        self.peripheral.in_range = False
        self._bluez.drop(self.peripheral)


class SimulatedPolar(SimulatedWearable):
    """A Polar strap. It answers the command to start, and refuses a rate that it does not have."""

    def __init__(self, bluez: EmulatedBlueZ, address: str, rates_hz: tuple[float, ...] = polar.RATES_HZ) -> None:
        self._rates_hz = rates_hz
        control = Characteristic(
            uuid=polar.CONTROL, flags=("read", "write", "indicate"), value=_FEATURES, on_write=self._command
        )
        measurement = Service(
            uuid=_PMD_SERVICE,
            characteristics=(control, Characteristic(uuid=polar.DATA, flags=("notify",))),
        )
        pulse = Service(uuid=uuid16(0x180D), characteristics=(Characteristic(uuid=_HEART_RATE, flags=("notify",)),))
        services = (measurement, pulse, _battery())
        super().__init__(bluez, Peripheral(address=address, name="Polar H10", services=services))

    @property
    def streams(self) -> bool:
        """Whether it was started."""
        return bool(self.written)

    def send(self, payload: bytes) -> bool:
        """Send a packet of the stream, once it was started; returns whether anybody listens."""
        return self.streams and self.notify(polar.DATA, payload)

    def _command(self, value: bytes) -> None:
        rate_hz = float(int.from_bytes(value[4:6], "little"))
        known = rate_hz in self._rates_hz
        if known:
            self.written.append(value)
        self.notify(polar.CONTROL, answer(0 if known else _INVALID_RATE))


class SimulatedMetaMotion(SimulatedWearable):
    """A MetaMotion. It streams when it was told its rate, to pack its samples, to sample, and to go."""

    _NEEDED: Mapping[int, str] = {0x03: "rate and range", 0x1C: "packed", 0x02: "sampling", 0x01: "go"}

    def __init__(self, bluez: EmulatedBlueZ, address: str) -> None:
        command = Characteristic(
            uuid=metamotion.COMMAND, flags=("write", "write-without-response"), on_write=self._command
        )
        board = Service(
            uuid=_METAWEAR_SERVICE,
            characteristics=(command, Characteristic(uuid=metamotion.NOTIFY, flags=("notify",))),
        )
        super().__init__(bluez, Peripheral(address=address, name="MetaWear", services=(board, _battery())))

    @property
    def streams(self) -> bool:
        """Whether it was told all that it needs."""
        return {command[1] for command in self.written} == set(self._NEEDED)

    def send(self, payload: bytes) -> bool:
        """Send a packet of the stream, once it was started; returns whether anybody listens."""
        return self.streams and self.notify(metamotion.NOTIFY, payload)

    def _command(self, value: bytes) -> None:
        self.written.append(value)

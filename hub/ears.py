"""What the hub listens with: Bluetooth if a device needs it, each serial port, each broker, undisturbed by others."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from devices.kinds import DeviceSetup, Path, Write
from devices.model import Clock, Frame, LinkEvent, Transport
from devices.mqtt import USUAL, Broker, broker_of
from devices.registry import KINDS
from devices.transports.serial import Port, ports
from hub.secrets import read_secret
from hub.supervisor import Supervisor

RADIO = "radio"
"""What the Bluetooth transport calls itself in its link events."""
SECRET = "mqtt_password"  # noqa: S105 -- its name, not its value
"""The secret with which the hub enters a broker, where that asks for one."""
ZIGBEE = "zigbee2mqtt"
"""Begins the names of the kinds that Zigbee2MQTT speaks for: it stands at the beginning of their topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """One transport that is needed. `key` is the same for as long as the transport can stay as it is.

    `subject` is what its own link events are about; None for one whose outages are nobody's business.
    """

    part: str
    subject: str | None = None
    key: Hashable
    make: Callable[[Clock], Transport]


def needed(setups: Iterable[DeviceSetup]) -> list[Ear]:
    """What hears these devices. Raises `SetupError` where two cannot share a port."""
    known = list(setups)
    ears = [_port(port) for port in ports(known, KINDS)]
    if any(KINDS[one.kind].path in (Path.ADVERT, Path.GATT) for one in known):
        ears.append(_radio([one for one in known if KINDS[one.kind].path is Path.GATT]))
    return ears + _brokers(one for one in known if KINDS[one.kind].path is Path.MQTT)


def receiver_of(setup: DeviceSetup) -> str:
    """Which receiver hears this device: the subject of that one's link events."""
    kind = KINDS[setup.kind]
    if kind.path is Path.MQTT:
        return broker_of(setup.options.get("broker", USUAL)).url
    if kind.path is Path.SERIAL:
        return setup.options["port"] if kind.sender_of else setup.address
    return RADIO


class Ears:
    """Runs the transports that are needed, each on its own."""

    def __init__(
        self,
        supervisor: Supervisor,
        clock: Clock,
        deliver: Callable[[Frame], None],
        report: Callable[[LinkEvent], None],
    ) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._deliver = deliver
        self._report = report
        self._open: dict[str, Hashable] = {}

    async def listen(self, ears: Sequence[Ear]) -> None:
        """Listen with these and no others; one that is the same as before is not disturbed."""
        wanted = {ear.part: ear.key for ear in ears}
        gone = [part for part, key in self._open.items() if wanted.get(part) != key]
        await self._supervisor.stop(gone)
        new = [ear for ear in ears if ear.part in gone or ear.part not in self._open]
        self._open = wanted
        for ear in new:
            self._supervisor.start(ear.part, partial(self._hear, ear))

    async def _hear(self, ear: Ear) -> None:
        await ear.make(self._clock).run(self._deliver, self._report)


def _port(port: Port) -> Ear:
    line = (port.path, port.line, port.split, port.sender_of)
    return Ear(part=f"the serial port {port.path}", subject=port.path, key=line, make=port.transport)


def _radio(connected: Iterable[DeviceSetup]) -> Ear:
    gatt: dict[str, tuple[str, ...]] = {}
    commands: dict[str, tuple[Write, ...]] = {}
    for setup in connected:
        kind = KINDS[setup.kind]
        gatt[setup.address] = tuple(dict.fromkeys((*gatt.get(setup.address, ()), *kind.sources)))
        if kind.on_connect is not None:
            commands[setup.address] = (*commands.get(setup.address, ()), *kind.on_connect(setup))
    key = (tuple(sorted(gatt.items())), tuple(sorted(commands.items())))
    return Ear(part="the Bluetooth radio", subject=RADIO, key=key, make=lambda clock: _bluetooth(clock, gatt, commands))


def _bluetooth(clock: Clock, gatt: Mapping[str, Sequence[str]], commands: Mapping[str, Sequence[Write]]) -> Transport:
    from devices.transports.ble import BleTransport  # noqa: PLC0415 -- bleak is slow to load, and some homes have none

    return BleTransport(clock, gatt=gatt, commands=commands)


def _brokers(behind: Iterable[DeviceSetup]) -> list[Ear]:
    """One ear a broker, for all the topics that are declared there."""
    topics: dict[Broker, list[DeviceSetup]] = {}
    for setup in behind:
        topics.setdefault(broker_of(setup.options.get("broker", USUAL)), []).append(setup)
    return [_broker(broker, setups) for broker, setups in topics.items()]


def _broker(broker: Broker, setups: Sequence[DeviceSetup]) -> Ear:
    heard = tuple(sorted({one.address for one in setups}))
    bridges = tuple(sorted({one.address.partition("/")[0] for one in setups if one.kind.startswith(ZIGBEE)}))

    def make(clock: Clock) -> Transport:
        from devices.transports.mqtt import MqttTransport  # noqa: PLC0415 -- few homes have a broker

        return MqttTransport(clock, broker, heard, bridges=bridges, password=read_secret(SECRET))

    key = (broker, heard, bridges)
    return Ear(part=f"the MQTT broker {broker.url}", subject=broker.url, key=key, make=make)

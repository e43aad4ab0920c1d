"""A simulated home for a real hub: each device speaks over an emulated radio, a pseudo-terminal or a broker."""

import contextlib
import shlex
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path as FilePath
from random import Random
from typing import Any

import aiomqtt

from devices.decoders.bthome import KEY_SIZE
from devices.kinds import DeviceSetup, Path
from devices.model import Clock
from devices.mqtt import Broker
from devices.registry import KINDS
from devices.simulated.bluez import ENVIRONMENT as BUS
from devices.simulated.bluez import EmulatedBlueZ, PrivateBus
from devices.simulated.folder import OwnFolder
from devices.simulated.home import Life, Pace, SimulatedHome
from devices.simulated.media import AtBroker, Medium, OnAir, OnPort, connected
from devices.simulated.mosquitto import Mosquitto
from devices.simulated.serial import SimulatedPort
from hub import household
from hub.clock import ENVIRONMENT as CLOCK
from hub.clock import StoryClock
from hub.household.model import Household
from hub.paths import DATABASE
from hub.secrets import SecretError, need_key, variable
from hub.store.writer import Store

PREFIX = "alongside-home-"
_ON_AIR = frozenset({Path.ADVERT, Path.GATT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What runs. `environment` is the file that points another terminal to it."""

    home: Household
    play: SimulatedHome
    clock: Pace
    environment: FilePath
    receivers: tuple[str, ...]


@contextlib.asynccontextmanager
async def simulated(document: str, life: Life, speed: float, real: Clock) -> AsyncIterator[Simulation]:
    """Let this household's devices live from `life.start` on, so many times as fast as life.

    Raises `HouseholdError`, `BusError`, `BrokerError`.
    """
    declared = household.parse(document)
    folder = OwnFolder(PREFIX)
    try:
        async with contextlib.AsyncExitStack() as stack:
            stage = _Stage(folder.path, real, stack)
            await stage.build(declared)
            home = _settled(stage.document(document), folder.path, life.start)
            keys = _keys(home, life.seed)
            setups = [replace(one, key=keys.get(one.name)) for one in home.devices.values()]
            clock = Pace(real, life.start, speed)
            StoryClock(folder.path / "clock.json").set(life.start, speed)
            play = SimulatedHome(await stage.media(setups), setups, life, clock)
            environment = _written(folder.path, {**stage.variables(), **_secrets(home, keys)})
            yield Simulation(
                home=home, play=play, clock=clock, environment=environment, receivers=tuple(stage.receivers())
            )
    finally:
        folder.close()


class _Stage:
    """The emulated radio, the ports and the broker that a home needs, in a folder."""

    def __init__(self, folder: FilePath, real: Clock, stack: contextlib.AsyncExitStack) -> None:
        self._folder = folder
        self._real = real
        self._stack = stack
        self._bus: PrivateBus | None = None
        self._bluez: EmulatedBlueZ | None = None
        self._broker: Broker | None = None
        self._ports: dict[str, SimulatedPort] = {}

    async def build(self, home: Household) -> None:
        """Whatever these devices need."""
        paths = {KINDS[one.kind].path for one in home.devices.values()}
        if paths & _ON_AIR:
            self._bus = self._stack.enter_context(PrivateBus())
            self._bluez = await EmulatedBlueZ(self._bus.address, self._real.sleep).start()
            self._stack.push_async_callback(self._bluez.stop)
        if Path.MQTT in paths:
            mosquitto = await self._stack.enter_async_context(Mosquitto(self._folder, self._real.sleep))
            self._broker = mosquitto.broker
        for number, port in enumerate(sorted(filter(None, map(_port_of, home.devices.values())))):
            if port not in self._ports:
                link = self._folder / f"port-{number}-{FilePath(port).name}"
                self._ports[port] = self._stack.enter_context(SimulatedPort(link))

    def receivers(self) -> Iterable[str]:
        """What a hub will listen with."""
        yield from ["an emulated Bluetooth radio"] if self._bluez else []
        yield from (f"a serial port in place of {port}" for port in self._ports)
        yield from ["an MQTT broker"] if self._broker else []

    def document(self, text: str) -> str:
        """The household with these ports and this broker in place of its own."""
        import tomlkit  # noqa: PLC0415 -- slow to load

        edited = tomlkit.parse(text)
        devices: Any = edited.get("devices", {})
        for table in devices.values():
            kind = KINDS[table["kind"]]
            if kind.path is Path.SERIAL:
                self._replug(table, "address" if kind.sender_of is None else "port")
            if self._broker is not None and kind.path is Path.MQTT:
                table.setdefault("options", tomlkit.inline_table())["broker"] = self._broker.url
        return edited.as_string()

    def _replug(self, table: Any, where: str) -> None:
        """A shared port may stand among the options, too."""
        holder = table if where in table else table["options"]
        holder[where] = self._ports[holder[where]].path

    async def media(self, setups: Iterable[DeviceSetup]) -> Mapping[str, Medium]:
        """What carries each device's frames. Ports go by their new names now."""
        ports = {port.path: OnPort(port) for port in self._ports.values()}
        at_broker = await self._at_broker()
        return {one.name: self._medium(one, ports, at_broker) for one in setups}

    def _medium(self, setup: DeviceSetup, ports: Mapping[str, OnPort], at_broker: Medium | None) -> Medium:
        path = KINDS[setup.kind].path
        if path is Path.SERIAL:
            return ports[_port_of(setup) or ""]
        if at_broker is not None and path is Path.MQTT:
            return at_broker
        if self._bluez is None:
            raise LookupError(f"nothing carries what {setup.kind} says")
        return OnAir(self._bluez, setup) if path is Path.ADVERT else connected(self._bluez, setup, self._real)

    async def _at_broker(self) -> Medium | None:
        if self._broker is None:
            return None
        client = await self._stack.enter_async_context(aiomqtt.Client(self._broker.host, self._broker.port))

        async def publish(topic: str, payload: bytes) -> None:
            await client.publish(topic, payload, qos=1)

        return AtBroker(publish)

    def variables(self) -> dict[str, str]:
        """What a hub must be told to find all of it."""
        bus = {BUS: self._bus.address} if self._bus else {}
        database, clock = self._folder / "home.sqlite3", self._folder / "clock.json"
        return {**bus, DATABASE: str(database), CLOCK: str(clock)}


def _port_of(setup: DeviceSetup) -> str | None:
    kind = KINDS[setup.kind]
    if kind.path is not Path.SERIAL:
        return None
    return setup.address if kind.sender_of is None else setup.options["port"]


def _settled(document: str, folder: FilePath, now: datetime) -> Household:
    """Put the household in force in the folder's own database, so that a hub can begin at once."""
    (folder / "home.toml").write_text(document, encoding="utf-8")
    store = Store.open(folder / "home.sqlite3")
    try:
        store.run(lambda connection: household.apply(connection, document, now, "alongside simulate"))
    finally:
        store.shut()
    return household.parse(document)


def _keys(home: Household, seed: int) -> dict[str, bytes]:
    """Each device's key: the hub's own where it is known here, else one that is made up."""
    rng = Random(seed)  # noqa: S311 -- it protects nothing: the device does not exist
    return {device: _key(secret, rng) for device, secret in home.key_secrets.items()}


def _key(secret: str, rng: Random) -> bytes:
    made_up = rng.randbytes(KEY_SIZE)
    try:
        return need_key(secret)
    except SecretError:
        return made_up


def _secrets(home: Household, keys: Mapping[str, bytes]) -> dict[str, str]:
    return {variable(secret): keys[device].hex() for device, secret in home.key_secrets.items()}


def _written(folder: FilePath, variables: Mapping[str, str]) -> FilePath:
    file = folder / "environment"
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    file.write_text("".join(lines), encoding="utf-8")
    return file

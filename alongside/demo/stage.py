"""Puts the demo on: radio and ports, carrier, hub and portal, the story on them, and everything away again."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from alongside.demo import story
from alongside.demo.house import House, Props
from alongside.demo.process import Program, StartError, running
from alongside.demo.witness import BUSY_S
from devices.beside import beside
from devices.model import LinkState
from devices.simulated.bluez import ENVIRONMENT as BUS
from devices.simulated.bluez import EmulatedBlueZ, PrivateBus
from hub import household
from hub.clock import ENVIRONMENT as CLOCK
from hub.clock import StoryClock, SystemClock
from hub.household.model import Household
from hub.paths import DATABASE
from hub.secrets import variable
from hub.simulated.carrier import ACCOUNT_SID, NUMBER, TOKEN, Carrier
from hub.store import links
from hub.store.connect import reader_engine
from hub.store.writer import Store

READY_WITHIN_S = 30.0
LOOKS_EVERY_S = 0.05
AS_IN_LIFE = 1.0
ADDRESS = re.compile(r"http://\S+")
LIFE = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """Everything that runs for as long as the demo lasts.

    `text` carries a text from a number to the hub's, `portal` is what the portal said, its address among it.
    """

    db: Path
    clock: StoryClock
    house: House
    household: Household
    text: Callable[[str, str], object]
    portal: str


def document(folder: Path) -> str:
    """The made-up household, its serial ports in this folder."""
    text = resources.files("alongside.demo").joinpath("home.toml").read_text(encoding="utf-8")
    return Template(text).substitute(SERIAL=folder)


@contextlib.asynccontextmanager
async def scenery(folder: Path, port: int) -> AsyncIterator[Scenery]:
    """Start everything in this folder, and stop it whatever happens. Raises `StartError` and `BusError`."""
    db, anchor = folder / "home.sqlite3", folder / "clock.json"
    clock = StoryClock(anchor)
    clock.set(story.STARTS, AS_IN_LIFE)
    home = declared(db, document(folder), clock)
    carrier = Carrier(clock)
    async with virtual_home(home) as (house, bus), beside(house.chatter(clock)), carrier.serving() as url:
        environment = {CLOCK: str(anchor), BUS: bus, DATABASE: str(db)}
        viewer = ["portal", "--as", story.DAUGHTER, "--port", str(port)]
        async with (
            running("hub", ["hub"], environment | account(url), folder) as hub,
            running("portal", viewer, environment, folder) as portal,
        ):
            await until_ready(hub, lambda: _hears(db, house.receivers))
            await until_ready(portal, lambda: ADDRESS.search(portal.said()) is not None)
            yield Scenery(db=db, clock=clock, house=house, household=home, text=carrier.text, portal=portal.said())


def account(url: str) -> dict[str, str]:
    """The account for texts, at the carrier with this address, as the hub finds it in its environment."""
    secrets = {"twilio-account-sid": ACCOUNT_SID, "twilio-token": TOKEN, "twilio-number": NUMBER, "twilio-url": url}
    return {variable(name): value for name, value in secrets.items()}


@contextlib.asynccontextmanager
async def virtual_home(home: Household) -> AsyncIterator[tuple[House, str]]:
    """The home's radio, ports and devices, and the address of the bus that the radio is on."""
    with PrivateBus() as bus:
        bluez = await EmulatedBlueZ(bus.address, LIFE.sleep).start()
        props = Props(bluez, LIFE)
        try:
            yield House(props, home.devices.values()), bus.address
        finally:
            props.unplug()
            await bluez.stop()


def declared(db: Path, text: str, clock: StoryClock) -> Household:
    """Put a household in force in a new database, as `alongside home apply` does."""
    store = Store.open(db)
    try:
        store.run(lambda connection: household.apply(connection, text, clock.now(), "the demo"))
    finally:
        store.shut()
    return household.parse(text)


def _hears(db: Path, receivers: int) -> bool:
    """Whether the hub hears the radio and every port."""
    engine = reader_engine(db, BUSY_S)
    try:
        with engine.connect() as connection:
            return [event.state for event in links.now(connection).values()].count(LinkState.UP) >= receivers
    finally:
        engine.dispose()


async def until_ready(program: Program, ready: Callable[[], bool], within_s: float = READY_WITHIN_S) -> None:
    """Wait until a program is ready. Raises `StartError` where it ends before, or takes too long."""
    try:
        async with asyncio.timeout(within_s):
            while program.running and not ready():
                await LIFE.sleep(LOOKS_EVERY_S)
    except TimeoutError:
        raise StartError(f"the {program.name} was not ready within {within_s:g} s") from None
    if not program.running:
        raise StartError(f"the {program.name} ended at once: {program.last_words()}")

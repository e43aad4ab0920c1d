"""What the hub writes down of itself: that it is alive, what it counted, what it kept out, how its links fared."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from devices.model import DecodeError, Frame, LinkEvent, LinkState, Observation, Quantity, Reading
from hub.catalogue import Catalogue
from hub.clock import boot_id
from hub.ledger import BEAT_S, Ledger
from hub.rejections import Rejections
from hub.router import MOST_UNKNOWN_SENDERS, OTHERS, Route, Router
from hub.store import counters, heartbeat, links
from hub.store.schema import rejection
from hub.store.writer import Store
from hub.supervisor import Supervisor
from hub.vigil import Vigil
from tests.fakes import START, FakeClock
from tests.hub.conftest import DOOR, WATCH

ADDRESS = "54:48:E6:8F:80:A5"


def read_door(frame: Frame) -> list[Observation]:
    if not frame.payload:
        raise DecodeError("nothing in it")
    return []


@pytest.fixture
def router() -> Router:
    routes = {(ADDRESS, "advert:fcd2"): (Route(device=DOOR, kind="shelly_door", decode=read_door),)}
    return Router(routes, print, Vigil(FakeClock()))


@pytest.fixture
def ledger(open_store: Store, clock: FakeClock, catalogue: Catalogue) -> Ledger:
    return Ledger(open_store, clock, catalogue)


def frame(address: str = ADDRESS, payload: bytes = b"\x01", *, after: float = 0.0) -> Frame:
    at = START + timedelta(seconds=after)
    return Frame(address=address, source="advert:fcd2", payload=payload, at=at)


async def test_the_counts_add_up_over_several_writings(open_store: Store, ledger: Ledger, router: Router) -> None:
    for payload in (b"\x01", b"", b"\x01"):
        router.read(frame(payload=payload))
        await ledger.write(router, Rejections())
    with open_store.reading() as connection:
        (sender,) = counters.senders(connection)
    assert (sender.address, sender.device) == (ADDRESS, DOOR)
    assert (sender.good, sender.malformed, sender.last_error) == (2, 1, "nothing in it")


async def test_the_database_remembers_the_strangers_heard_last(
    open_store: Store, ledger: Ledger, router: Router
) -> None:
    for number in range(MOST_UNKNOWN_SENDERS):
        router.read(frame(f"old {number}"))
    await ledger.write(router, Rejections())
    for number in range(50):
        router.read(frame(f"new {number}", after=60))
    await ledger.write(router, Rejections())
    with open_store.reading() as connection:
        senders = {one.address: one for one in counters.senders(connection)}
    assert len(senders) == MOST_UNKNOWN_SENDERS + 1
    assert senders[OTHERS].unknown == 50
    assert all(f"new {number}" in senders for number in range(50))


async def test_declared_devices_are_never_forgotten(open_store: Store, ledger: Ledger, router: Router) -> None:
    router.read(frame())
    for number in range(MOST_UNKNOWN_SENDERS + 10):
        router.read(frame(f"stranger {number}", after=60))
    await ledger.write(router, Rejections())
    with open_store.reading() as connection:
        assert ADDRESS in {one.address for one in counters.senders(connection)}


async def test_rejections_and_links_are_kept(open_store: Store, ledger: Ledger, router: Router) -> None:
    rejections = Rejections()
    pulse = Reading(device=WATCH, quantity=Quantity.HEART_RATE_BPM, value=400.0, at=START)
    rejections.add(pulse, "400 is impossible", START)
    ledger.report(LinkEvent(subject="radio", state=LinkState.DOWN, at=START, detail="switched off"))
    await ledger.write(router, rejections)
    with open_store.reading() as connection:
        row = connection.execute(select(rejection)).one()
        link = links.now(connection)["radio"]
    assert (row.value, row.reason) == (400.0, "400 is impossible")
    assert (link.state, link.detail) == (LinkState.DOWN, "switched off")


async def test_a_beat_every_few_seconds_on_both_clocks(
    open_store: Store, ledger: Ledger, router: Router, clock: FakeClock
) -> None:
    supervisor = Supervisor(clock, print)
    supervisor.start("ledger", lambda: ledger.keep(router, Rejections()))
    for _ in range(3):
        await clock.advance(BEAT_S)
        await open_store.submit(lambda _: None)
    with open_store.reading() as connection:
        beat = heartbeat.last(connection)
    await supervisor.stop()
    assert beat is not None
    assert beat.boot_id == boot_id()
    assert clock.boot_s() - beat.boot_s <= BEAT_S
    assert beat.at == START + timedelta(seconds=beat.boot_s - 1000.0)

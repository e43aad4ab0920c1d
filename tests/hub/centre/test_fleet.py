"""Hubs and a centre as they really run: TLS, access rules, a worker and a broker that are killed, a hostile hub."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiomqtt
import pytest
from sqlalchemy import Connection, Engine, func, insert, select, text

from hub.centre import schema
from hub.centre.enrolment import revoke
from hub.centre.lookout import Lookout, _because
from hub.centre.silence import IncidentKind
from hub.clock import SystemClock
from hub.escalation.sayings import Said
from hub.intents import carry_out
from hub.simulated.centre import LocalCentre, local_centre
from hub.store import devices
from hub.store.schema import observation
from hub.sync import wire
from hub.sync.joining import Invitation, JoiningError, invitation, join
from hub.sync.membership import folder_of, trust
from hub.sync.wire import Lane
from tests.hub.centre.rig import CLOCK, WITHIN_S, Hub, connected, hub, own_worker, until, worker_of
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import finding
from tests.hub.homes import HOME

OPEN_HOME = HOME.replace('family = ["name"', 'operator = ["kind", "room", "contacts", "vitals"]\nfamily = ["name"')


@pytest.fixture
async def running(folder: Path, database: str, engine: Engine) -> AsyncIterator[LocalCentre]:
    async with local_centre(folder, database, engine) as one:
        yield one


def hear(home: Hub, count: int) -> None:
    """Let the home's sensors be heard so often."""

    def job(connection: Connection) -> None:
        number = devices.quantity_ids(connection)
        quantity_id = next(iter(number.values()))
        rows = [
            {"id": home.store.next_id(), "device_id": 1, "quantity_id": quantity_id, "at": 10**15, "value": 1.0}
            for _ in range(count)
        ]
        connection.execute(insert(observation), rows)

    home.store.run(job)


def arrived(its_centre: LocalCentre) -> tuple[int, int]:
    """How many readings are at the centre, and how many different ones."""
    with its_centre.engine.connect() as connection:
        row = connection.execute(text("SELECT count(*), count(DISTINCT (hub_id, id)) FROM observation")).one()
        return int(row[0]), int(row[1])


async def test_what_is_heard_arrives_once_though_worker_and_broker_are_killed(
    running: LocalCentre, tmp_path: Path
) -> None:
    home = hub(tmp_path, running, "hh-1", OPEN_HOME)
    async with connected(home):
        with worker_of(running):
            hear(home, 100)
            await until(lambda: arrived(running) == (100, 100) and _has_beaten(running))  # a beat is not sent again
        hear(home, 100)
        running.broker.kill()
        hear(home, 100)
        await running.broker.start()
        async with own_worker(running):
            await until(lambda: arrived(running)[1] == 300)
            assert arrived(running) == (300, 300)
    with running.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.MIRRORED["household"])).scalar() == 1
    home.store.shut()


def _has_beaten(its_centre: LocalCentre) -> bool:
    with its_centre.engine.connect() as connection:
        return connection.execute(select(schema.hub.c.beat_at)).scalar() is not None


async def test_an_open_alarm_is_told_when_the_broker_is_cut_off_and_over_when_the_hub_is_heard_again(
    running: LocalCentre, tmp_path: Path
) -> None:
    home, told = hub(tmp_path, running, "hh-1", OPEN_HOME), list[str]()
    later = ShiftedClock(timedelta(seconds=50))
    looking = Lookout(running.engine, later, told.append)
    async with own_worker(running), connected(home):
        await until(lambda: _has_beaten(running))
        desk = Desk(home.store)
        desk.admit(finding())
        await until(lambda: _open_alarms(running) == 1)
        looking.look()  # it has been there only since now, and gives everybody time
        running.broker.kill()
        later.by *= 2
        looking.look()
        assert told == [f"{_because(IncidentKind.ALARM, 1)} (hh-1)"]
        await running.broker.start()
        desk.say(1, Said.GOING, "priya")
        later.by = timedelta()
        await until(lambda: _acknowledged(running))
    looking.look()
    with running.engine.connect() as connection:
        assert connection.execute(select(schema.incident.c.closed_at)).scalar_one() is not None
    assert len(told) == 1
    home.store.shut()


@dataclass(slots=True)
class ShiftedClock(SystemClock):
    """A clock that is ahead."""

    by: timedelta

    def now(self) -> datetime:
        return CLOCK.now() + self.by


def _open_alarms(its_centre: LocalCentre) -> int:
    return _count(its_centre, "SELECT count(*) FROM alarm WHERE closed_at IS NULL")


def _acknowledged(its_centre: LocalCentre) -> bool:
    return _count(its_centre, "SELECT count(*) FROM alarm WHERE state = 'acknowledged'") == 1


def _count(its_centre: LocalCentre, query: str) -> int:
    with its_centre.engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


async def test_what_the_centre_asks_is_done_and_its_answer_comes_back(running: LocalCentre, tmp_path: Path) -> None:
    home = hub(tmp_path, running, "hh-1", OPEN_HOME)
    asked = {"hub_id": 1, "kind": "resident", "payload": {"said": "fine"}, "by": "an operator", "at": 0}
    with running.engine.begin() as connection:
        connection.execute(insert(schema.command).values(**asked))
    async with own_worker(running), connected(home):
        await until(lambda: _waiting(home) == 1)
        home.store.run(lambda connection: carry_out(connection, {}, CLOCK.now()))
        await until(lambda: _result(running) is not None)
    assert str(_result(running)).startswith("refused")
    home.store.shut()


def _waiting(home: Hub) -> int:
    with home.store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM intent")).scalar_one())


def _result(its_centre: LocalCentre) -> str | None:
    with its_centre.engine.connect() as connection:
        found: str | None = connection.execute(select(schema.command.c.result)).scalar()
        return found


@contextlib.asynccontextmanager
async def client_of(its_centre: LocalCentre, home: Hub, name: str) -> AsyncIterator[aiomqtt.Client]:
    place = ("localhost", its_centre.broker.port)
    async with aiomqtt.Client(
        *place, identifier=name, tls_context=trust(home.papers), protocol=aiomqtt.ProtocolVersion.V5, timeout=2
    ) as client:
        yield client


async def test_a_hostile_hub_reaches_nothing_of_another(running: LocalCentre, tmp_path: Path) -> None:
    good, hostile = hub(tmp_path, running, "hh-good"), hub(tmp_path, running, "hh-hostile")
    async with own_worker(running), connected(good), client_of(running, hostile, "spy") as spy:
        hear(good, 5)
        await spy.subscribe([("alongside/1/+/up/+", 1), (wire.answers("hh-good"), 1), ("#", 1)])
        for topic in (wire.up("hh-good", Lane.ALARMS), wire.beat("hh-good"), wire.answers("hh-good")):
            with contextlib.suppress(aiomqtt.MqttError):  # told that it may not, or not even that
                await spy.publish(topic, b"forged", qos=1)
        await until(lambda: _upto(running, "hh-good", Lane.READINGS) == 5)
        with running.engine.connect() as connection:
            assert connection.execute(select(func.count()).select_from(schema.unreadable)).scalar() == 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await anext(spy.messages)
    for home in (good, hostile):
        home.store.shut()


def _upto(its_centre: LocalCentre, name: str, lane: Lane) -> int:
    query = text("SELECT upto FROM lane JOIN hub ON hub.id = hub_id WHERE name = :name AND lane = :lane")
    with its_centre.engine.connect() as connection:
        return int(connection.execute(query, {"name": name, "lane": lane.value}).scalar_one())


async def test_a_hub_that_is_shut_out_cannot_come_in_again(running: LocalCentre, tmp_path: Path) -> None:
    home = hub(tmp_path, running, "hh-lost")
    async with client_of(running, home, "hh-lost"):
        pass
    with running.engine.begin() as connection:
        assert revoke(connection, running.authority, "hh-lost", CLOCK.now()) == 1
    running.broker.reload()  # as an operator is told to: SIGHUP
    async with asyncio.timeout(WITHIN_S):
        while await _comes_in(running, home):
            await CLOCK.sleep(0.1)
    home.store.shut()


async def _comes_in(its_centre: LocalCentre, home: Hub) -> bool:
    try:
        async with client_of(its_centre, home, home.membership.hub):
            return True
    except aiomqtt.MqttError:
        return False


async def test_without_papers_nobody_comes_in(running: LocalCentre) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client("localhost", running.broker.port, timeout=1):
            pass


async def test_a_code_is_good_once_and_only_with_the_right_server(running: LocalCentre, tmp_path: Path) -> None:
    invited = running.invite("hh-1")
    stranger = Invitation(url=invited.url, code=invited.code, fingerprint="0" * 64)
    with pytest.raises(JoiningError, match="not the one that invited"):
        await asyncio.to_thread(join, folder_of(tmp_path / "a"), stranger)
    joined = await asyncio.to_thread(join, folder_of(tmp_path / "a"), invitation(str(invited)))
    assert joined.hub == "hh-1"
    with pytest.raises(JoiningError, match="used already"):
        await asyncio.to_thread(join, folder_of(tmp_path / "b"), invited)
    assert not folder_of(tmp_path / "b").exists()


@pytest.mark.parametrize("text_", ["", "http://x/enrol#a.b", "https://x/enrol", "https://x/enrol#code.short"])
def test_what_is_no_invitation_is_refused(text_: str) -> None:
    with pytest.raises(JoiningError, match="no invitation"):
        invitation(text_)

"""What operators see: who is silent, told once; how the homes are, the worst first; the page escapes what hubs say."""

from datetime import timedelta

import httpx
import pytest
import urllib3
from sqlalchemy import Engine, insert, select, text

from hub.centre import schema
from hub.centre.enrolment import EnrolmentError, invite, revoke
from hub.centre.lookout import Lookout
from hub.centre.overview import HomeState, homes
from hub.centre.page import page
from hub.store.columns import to_us
from tests.fakes import START, FakeClock

MINUTE = timedelta(minutes=1)


@pytest.fixture
def three(engine: Engine) -> Engine:
    with engine.begin() as connection:
        for number, name in enumerate(("calm", "<b>loud</b>", "quiet"), start=1):
            values = {"name": name, "enrolled_at": 0, "beat_at": to_us(START), "beat": {"behind": 4}}
            connection.execute(insert(schema.hub).values(id=number, **values))
        alarm = {"hub_id": 2, "id": 1, "kind": "fall", "state": "escalating", "opened_at": to_us(START)}
        connection.execute(insert(schema.MIRRORED["alarm"]).values(**alarm))
        battery = {"quantity_id": 3, "hour": 1, "n": 1, "total": 9.0, "lowest": 9.0, "highest": 9.0, "last": 9.0}
        connection.execute(insert(schema.rollup_hour).values(hub_id=1, device_id=5, last_id=1, **battery))
        connection.execute(insert(schema.MIRRORED["quantity"]).values(hub_id=1, id=3, name="battery_percent"))
        fault = {"kind": "sensor_lost", "subject": "hall", "opened_at": to_us(START)}
        connection.execute(insert(schema.MIRRORED["fault"]).values(hub_id=1, id=1, **fault))
    return engine


async def answered(engine: Engine) -> httpx.Response:
    app = page(engine, lambda: START + MINUTE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://operators") as client:
        return await client.get("/")


def beat(engine: Engine, hub_id: int, clock: FakeClock) -> None:
    with engine.begin() as connection:
        connection.execute(schema.hub.update().where(schema.hub.c.id == hub_id).values(beat_at=to_us(clock.now())))


async def test_a_silent_hub_is_told_once_and_is_over_when_it_beats(three: Engine) -> None:
    clock, told, visits = FakeClock(), list[str](), list[None]()
    looking = Lookout(three, clock, told.append, lambda: visits.append(None))
    for _ in range(24):
        looking.look()
        beat(three, 1, clock)
        beat(three, 2, clock)
        await clock.advance(15)
    assert len(told) == 1
    assert told[0].endswith("(quiet)")
    assert len(visits) == 24
    beat(three, 3, clock)
    looking.look()
    with three.connect() as connection:
        assert connection.execute(select(schema.incident.c.closed_at)).scalar_one() is not None


async def test_an_open_alarm_of_a_hub_that_falls_silent_is_told_within_the_minute(three: Engine) -> None:
    clock, told = FakeClock(), list[str]()
    looking = Lookout(three, clock, told.append)
    with three.begin() as connection:  # the alarm itself has only just come, long after the last beat
        connection.execute(text("UPDATE hub SET beat_at = beat_at - 55000000"))
        connection.execute(insert(schema.lane).values(hub_id=2, lane="alarms", upto=1, at=to_us(START)))
    for _ in range(6):
        looking.look()
        await clock.advance(10)
    assert len(told) == 1
    assert told[0].startswith("An alarm is open and nothing is heard of the hub any more")
    assert told[0].endswith("(<b>loud</b>)")
    beat(three, 2, clock)
    looking.look()
    with three.connect() as connection:
        assert connection.execute(select(schema.incident.c.closed_at)).scalar_one() is not None


async def test_what_could_not_be_told_is_told_later(three: Engine) -> None:
    clock, told = FakeClock(), list[str]()
    fails = [True]

    def tell(sentence: str) -> None:
        if fails.pop() if fails else False:
            raise urllib3.exceptions.HTTPError
        told.append(sentence)

    looking = Lookout(three, clock, tell)
    for _ in range(16):
        looking.look()
        await clock.advance(15)
    assert len(told) == 3


def test_the_worst_home_comes_first(three: Engine) -> None:
    with three.connect() as connection:
        found = homes(connection, START + MINUTE)
    assert [one.state for one in found] == [HomeState.ALARM, HomeState.FAULT, HomeState.WELL]
    assert found[0].document()["behind"] == 4


async def test_the_page_says_it_all_and_escapes_what_hubs_say(three: Engine) -> None:
    answer = await answered(three)
    assert answer.status_code == 200
    assert "&lt;b&gt;loud&lt;/b&gt;" in answer.text
    assert "<b>" not in answer.text
    for said in ("3 homes: 1 alarm, 1 fault, 1 well.", "sensor_lost hall", "<td>calm</td><td>a device</td><td>9</td>"):
        assert said in answer.text


async def test_an_empty_centre_says_what_there_is_not(engine: Engine) -> None:
    answer = await answered(engine)
    assert "There are no homes yet." in answer.text


@pytest.mark.parametrize("name", ["", "Flat 12", "a/b", "x" * 61, "+", "#"])
def test_a_name_that_is_no_part_of_a_topic_is_refused(engine: Engine, name: str) -> None:
    with engine.begin() as connection, pytest.raises(EnrolmentError, match="cannot name a hub"):
        invite(connection, name, START)


def test_a_hub_that_is_not_known_cannot_be_shut_out(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(EnrolmentError, match="no hub 'nobody'"):
        revoke(connection, None, "nobody", START)  # type: ignore[arg-type]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM hub")).scalar() == 0

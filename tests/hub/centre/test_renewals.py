"""Certificates are renewed over the hub's own line: end to end, and what is refused."""

import json
from datetime import timedelta
from pathlib import Path

import aiomqtt
import pytest
from sqlalchemy import Engine, select, text

from hub.centre import schema
from hub.centre.authority import Authority
from hub.centre.enrolment import MOST_A_DAY, enrol, invite
from hub.centre.renewals import grant
from hub.simulated.centre import LocalCentre, local_centre
from hub.sync.membership import OWN, trust
from hub.sync.papers import new_key, request
from hub.sync.wire import PAPERS, everything_up
from tests.fakes import START
from tests.hub.centre.rig import CLOCK, connected, hub, own_worker, until


async def test_a_hub_gets_a_new_certificate_and_comes_in_with_it(
    folder: Path, database: str, engine: Engine, tmp_path: Path
) -> None:
    async with local_centre(folder, database, engine) as centre:
        home = hub(tmp_path, centre, "hh-1", ahead=timedelta(days=338))
        first = (home.papers / OWN).read_text()
        async with own_worker(centre), connected(home):
            await until(lambda: (home.papers / OWN).read_text() != first)
        with engine.begin() as connection:
            oldest = select(schema.certificate.c.serial).order_by(schema.certificate.c.expires_at).limit(1)
            centre.authority.revoke([connection.execute(oldest).scalar_one()], CLOCK.now())
        centre.broker.kill()
        await centre.broker.start()  # now the first is on its list
        async with client(centre, home.papers):
            pass
        (home.papers / OWN).write_text(first)
        with pytest.raises(aiomqtt.MqttError):
            async with client(centre, home.papers):
                pass
        home.store.shut()


def client(centre: LocalCentre, papers: Path) -> aiomqtt.Client:
    context, port = trust(papers), centre.broker.port
    return aiomqtt.Client("localhost", port, tls_context=context, protocol=aiomqtt.ProtocolVersion.V5, timeout=2)


@pytest.fixture
def authority(engine: Engine, tmp_path: Path) -> Authority:
    """An authority, and a hub of its own."""
    made = Authority.open(tmp_path / "authority", START)
    with engine.begin() as connection:
        enrol(connection, made, invite(connection, "hh-1", START), request(new_key(), "hub"), START)
    return made


def asks() -> dict[str, bytes]:
    return {"hh-1": json.dumps({"request": request(new_key(), "hub")}).encode()}


def test_what_is_no_request_and_who_is_no_hub_is_not_answered(engine: Engine, authority: Authority) -> None:
    for payload in (b"junk", b"[]", b'{"request": "none"}', b"{" * 9999):
        assert grant(engine, authority, {"hh-1": payload}, START) == {}
    assert grant(engine, authority, {"stranger": asks()["hh-1"]}, START) == {}


def test_a_hub_that_was_shut_out_gets_none(engine: Engine, authority: Authority) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE hub SET revoked_at = 1"))
    assert grant(engine, authority, asks(), START) == {}


def test_a_hub_that_asks_without_end_gets_so_many_a_day(engine: Engine, authority: Authority) -> None:
    for _ in range(MOST_A_DAY - 1):  # it has its first from today
        assert set(grant(engine, authority, asks(), START)) == {"hh-1"}
    assert grant(engine, authority, asks(), START) == {}
    assert set(grant(engine, authority, asks(), START + timedelta(days=1, seconds=1))) == {"hh-1"}


def test_only_a_worker_that_can_grant_is_asked() -> None:
    assert any(topic.endswith(PAPERS) for topic in everything_up("g", with_papers=True))
    assert not any(PAPERS in topic or "up/+" in topic for topic in everything_up("g", with_papers=False))

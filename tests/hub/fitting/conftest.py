"""A home that was declared, and an emulated radio for those who ask for it."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from devices.simulated.bluez import ENVIRONMENT, EmulatedBlueZ, PrivateBus
from tests.devices.ble_rig import CLOCK
from tests.hub.homes import settle_in


@pytest.fixture
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where there will be a home."""
    monkeypatch.setenv("ALONGSIDE_DB", str(tmp_path / "home.sqlite3"))
    monkeypatch.setenv(ENVIRONMENT, f"unix:path={tmp_path}/nobody")
    return tmp_path / "home.sqlite3"


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was declared once, to be copied: laying the tables takes a second."""
    path = tmp_path_factory.mktemp("settled") / "home.sqlite3"
    settle_in(path)
    return path


@pytest.fixture
def db(no_home: Path, settled: Path) -> Path:
    shutil.copy(settled, no_home)
    return no_home


@pytest.fixture
def bus(db: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    assert db.exists()
    with PrivateBus() as private:
        monkeypatch.setenv(ENVIRONMENT, private.address)
        yield private


@pytest.fixture
async def bluez(bus: PrivateBus) -> AsyncIterator[EmulatedBlueZ]:
    emulated = await EmulatedBlueZ(bus.address, CLOCK.sleep).start()
    yield emulated
    await emulated.kill()
    bus.stop()

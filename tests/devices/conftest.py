"""An emulated BlueZ on a bus of the test's own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from devices.simulated.bluez import ENVIRONMENT, EmulatedBlueZ, PrivateBus
from tests.devices.ble_rig import CLOCK


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    with PrivateBus() as private:
        monkeypatch.setenv(ENVIRONMENT, private.address)
        yield private


@pytest.fixture
async def bluez(bus: PrivateBus) -> AsyncIterator[EmulatedBlueZ]:
    emulated = await EmulatedBlueZ(bus.address, CLOCK.sleep).start()
    yield emulated
    await emulated.kill()
    bus.stop()

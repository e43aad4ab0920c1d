"""An emulated BlueZ on a bus of the test's own, as the devices' tests have it."""

from tests.devices.conftest import bluez, bus

__all__ = ["bluez", "bus"]

"""The form in which libraries take an advertisement."""

from typing import Any, cast

from habluetooth import BluetoothServiceInfoBleak


def blank_info() -> BluetoothServiceInfoBleak:
    """An advertisement that says nothing yet. Its `address` and `service_data` are set anew for each frame."""
    return BluetoothServiceInfoBleak(
        name="",
        address="",
        rssi=0,
        manufacturer_data={},
        service_data={},
        service_uuids=[],
        source="",
        device=cast("Any", None),  # no parser asks for it
        advertisement=None,
        connectable=False,
        time=0.0,
        tx_power=None,
    )

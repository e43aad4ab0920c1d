"""Every kind of device that can be declared: one visible table, one row a kind."""

import re
from collections.abc import Mapping
from dataclasses import replace

from devices import (
    registry_adverts,
    registry_beacons,
    registry_gatt,
    registry_mqtt,
    registry_serial,
    registry_wearables,
    registry_xiaomi,
)
from devices.kinds import DeviceKind, DeviceSetup, Path, SetupError
from devices.mqtt import USUAL, broker_of, is_topic
from devices.spelling import unknown

KINDS: Mapping[str, DeviceKind] = {
    kind.name: kind
    for kind in (
        *registry_adverts.ROWS,
        *registry_xiaomi.ROWS,
        *registry_beacons.ROWS,
        *registry_gatt.ROWS,
        *registry_wearables.ROWS,
        *registry_serial.ROWS,
        *registry_mqtt.ROWS,
    )
}

_MAC = re.compile(r"([0-9A-F]{2}:){5}[0-9A-F]{2}")
_SENDER = re.compile(r"[0-9A-F]{8}")


def checked(setup: DeviceSetup) -> DeviceSetup:
    """The same device, its address written as its frames bear it. Raises `SetupError`: what to change and why."""
    kind = KINDS.get(setup.kind)
    if kind is None:
        raise SetupError(f"device {setup.name}: {unknown('kind', setup.kind, KINDS)}")
    check_options(setup, kind)
    address = _address(setup, kind)
    kind.make_decoder(setup)
    return replace(setup, address=address)


def check_options(setup: DeviceSetup, kind: DeviceKind) -> None:
    """Refuse an option that its kind does not know. Raises `SetupError`."""
    known = options_of(kind)
    for option in setup.options:
        if option not in known:
            raise SetupError(f"device {setup.name}: {unknown('option', option, known)}")


def options_of(kind: DeviceKind) -> frozenset[str]:
    """Every option that home.toml may give a device of this kind."""
    by_path = {"broker"} if kind.path is Path.MQTT else set[str]()
    shared = {"port"} if kind.sender_of is not None else set[str]()
    streams = {"rate_hz", "range_g"} if kind.rates_hz else set[str]()
    return kind.options | by_path | shared | streams


def is_sender(address: str) -> bool:
    """Whether it is a Bluetooth address or an EnOcean sender's id.

    >>> is_sender("a4:c1:38:00:00:02"), is_sender("0029A1B2"), is_sender("hello")
    (True, True, False)
    """
    return any(pattern.fullmatch(address.upper()) for pattern in (_MAC, _SENDER))


def _address(setup: DeviceSetup, kind: DeviceKind) -> str:
    if kind.path in (Path.ADVERT, Path.GATT):
        return _matched(setup, _MAC, setup.address.upper().replace("-", ":"), "like A4:C1:38:00:00:02")
    if kind.path is Path.MQTT:
        return _topic(setup)
    if kind.sender_of is not None:
        if not setup.options.get("port"):
            raise SetupError(f"device {setup.name}: say in `port` which serial port it is heard through")
        return _matched(setup, _SENDER, setup.address.upper().replace(":", ""), "its sender id, like 0029A1B2")
    if not setup.address.startswith("/"):
        raise SetupError(f"device {setup.name}: the address must be a serial port's path, like /dev/serial/by-id/...")
    return setup.address


def _topic(setup: DeviceSetup) -> str:
    try:
        broker_of(setup.options.get("broker", USUAL))
    except ValueError as error:
        raise SetupError(f"device {setup.name}: {error}") from error
    if not is_topic(setup.address):
        raise SetupError(f"device {setup.name}: the address must be one topic, like zigbee2mqtt/hall motion")
    return setup.address


def _matched(setup: DeviceSetup, pattern: re.Pattern[str], address: str, example: str) -> str:
    if not pattern.fullmatch(address):
        raise SetupError(f"device {setup.name}: the address {setup.address!r} must be {example}")
    return address

"""The object tree of the emulated org.bluez, and the signals that tell of its changes.

A tree of plain dictionaries rather than dbus-fast's `ServiceInterface`: BlueZ's properties come and go at run time
(RSSI, ManufacturerData, Name), which class-level declarations cannot express.
"""

from collections.abc import Callable, Iterable, Mapping

from dbus_fast import Message, MessageType, Variant

OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"
ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
DESCRIPTOR = "org.bluez.GattDescriptor1"

PropertyMap = dict[str, Variant]
YES = Variant("b", True)  # noqa: FBT003 -- D-Bus's way of writing a truth value
NO = Variant("b", False)  # noqa: FBT003 -- likewise
Reply = tuple[str, list[object], list[int]]
"""A method's answer: D-Bus signature, values, file descriptors."""
NOTHING: Reply = ("", [], [])


class RefusalError(Exception):
    """An error reply: its D-Bus name and its text."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(name, text)
        self.name = name
        self.text = text


def refusal(error: str, text: str = "") -> RefusalError:
    """One of BlueZ's own errors, such as `NotReady` or `InProgress`."""
    return RefusalError(f"org.bluez.Error.{error}", text)


class ObjectTree:
    """Objects, their interfaces and properties; every change is signalled as BlueZ signals it."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self.objects: dict[str, dict[str, PropertyMap]] = {}

    def add(self, path: str, interface: str, properties: PropertyMap) -> None:
        """Let an object appear."""
        self.objects.setdefault(path, {})[interface] = properties
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, {interface: properties}])

    def remove(self, path: str) -> None:
        """Let an object go, those below it first."""
        gone = [one for one in self.objects if f"{one}/".startswith(f"{path}/")]
        for one in sorted(gone, reverse=True):
            interfaces = list(self.objects.pop(one))
            self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [one, interfaces])

    def change(self, path: str, interface: str, changed: Mapping[str, Variant]) -> None:
        """Change properties; an object that has gone meanwhile has none to change."""
        if path in self.objects and changed:
            self.objects[path][interface].update(changed)
            self._properties_changed(path, interface, changed, [])

    def drop(self, path: str, interface: str, names: Iterable[str]) -> None:
        """Let properties disappear, as RSSI does when nobody scans any more."""
        properties = self.objects[path][interface]
        gone = [name for name in names if properties.pop(name, None) is not None]
        if gone:
            self._properties_changed(path, interface, {}, gone)

    def paths_with(self, interface: str) -> list[str]:
        """Every object that has the interface."""
        return [path for path, interfaces in self.objects.items() if interface in interfaces]

    def _properties_changed(self, path: str, interface: str, changed: Mapping[str, Variant], gone: list[str]) -> None:
        self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, dict(changed), gone])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        self._send(
            Message(
                message_type=MessageType.SIGNAL,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )

"""The emulated adapter: who scans, with which filters, and what BlueZ tells them of an advert.

Copied from BlueZ's own behaviour (src/adapter.c, src/device.c and a real bluetoothd 5.66):

* RSSI is signalled when it moved by 8 dB or more, and for every advert when a client's filter has RSSI or path loss;
* service and manufacturer data are signalled when they changed, and for every advert when a filter has DuplicateData;
* without DuplicateData both gather keys: a new company does not drop the old one;
* any property change makes the client library repeat the *last* advert: nothing says that nothing was heard;
* RSSI disappears when the last scan ends; a scan belongs to its D-Bus client and ends with it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from dbus_fast import Message, Variant

from devices.simulated.bluez_objects import ADAPTER, DEVICE, NO, NOTHING, YES, ObjectTree, PropertyMap, Reply, refusal
from devices.simulated.bluez_peripheral import Advert, Peripheral

RSSI_STEP_DB = 8
Handler = Callable[[Message], Awaitable[Reply]]
_Filter = Mapping[str, Any]


class Adapter:
    """One Bluetooth radio as Adapter1, and the devices that it hears."""

    def __init__(self, tree: ObjectTree, path: str) -> None:
        self._tree = tree
        self.path = path
        self._filters: dict[str, _Filter] = {}
        self._scans: dict[str, _Filter] = {}
        self.deaf = False

    @property
    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Its D-Bus methods."""
        return {
            (ADAPTER, "SetDiscoveryFilter"): self._set_filter,
            (ADAPTER, "StartDiscovery"): self._start_scan,
            (ADAPTER, "StopDiscovery"): self._stop_scan,
        }

    @property
    def scanning(self) -> bool:
        """Whether any client scans."""
        return bool(self._scans)

    def plug_in(self) -> None:
        """Let the adapter appear, powered."""
        self._tree.add(self.path, ADAPTER, _adapter_properties())

    def unplug(self) -> None:
        """Let the adapter vanish with everything that it has heard, as a dongle that is pulled out does."""
        self._scans.clear()
        self._tree.remove(self.path)

    def power(self, *, on: bool) -> None:
        """Switch the radio; switching it off ends every scan."""
        if not on and self._scans:
            self._scans.clear()
            self._scan_ended()
        self._tree.change(self.path, ADAPTER, {"Powered": Variant("b", on)})

    def device_path(self, peripheral: Peripheral) -> str:
        """Where the peripheral's object is, or would be."""
        return f"{self.path}/{peripheral.node}"

    def hear(self, peripheral: Peripheral, advert: Advert) -> bool:
        """Receive one advert; returns whether any client scanned for it."""
        filters = list(self._scans.values())
        if self.deaf or not any(_wanted(one, advert) for one in filters):
            return False
        path = self.device_path(peripheral)
        if path not in self._tree.objects:
            self._tree.add(path, DEVICE, _device_properties(self.path, peripheral, advert))
        else:
            self._tree.change(path, DEVICE, _news(self._tree.objects[path][DEVICE], advert, filters))
        return True

    def client_gone(self, client: str) -> None:
        """A D-Bus client has left the bus; its scan leaves with it."""
        self._filters.pop(client, None)
        if self._scans.pop(client, None) is not None and not self._scans:
            self._scan_ended()

    async def _set_filter(self, message: Message) -> Reply:
        self._filters[message.sender or ""] = {key: variant.value for key, variant in message.body[0].items()}
        return NOTHING

    async def _start_scan(self, message: Message) -> Reply:
        client = message.sender or ""
        self._assert_powered()
        if client in self._scans:
            raise refusal("InProgress", "Operation already in progress")
        self._scans[client] = self._filters.get(client, {})
        self._tree.change(self.path, ADAPTER, {"Discovering": YES})
        return NOTHING

    async def _stop_scan(self, message: Message) -> Reply:
        self._assert_powered()
        if self._scans.pop(message.sender or "", None) is None:
            raise refusal("Failed", "No discovery started")
        if not self._scans:
            self._scan_ended()
        return NOTHING

    def _assert_powered(self) -> None:
        if not self._tree.objects[self.path][ADAPTER]["Powered"].value:
            raise refusal("NotReady", "Resource Not Ready")

    def _scan_ended(self) -> None:
        for path in self._tree.paths_with(DEVICE):
            self._tree.drop(path, DEVICE, ("RSSI", "TxPower"))
        self._tree.change(self.path, ADAPTER, {"Discovering": NO})


def _wanted(scan: _Filter, advert: Advert) -> bool:
    uuids = scan.get("UUIDs")
    return not uuids or not set(uuids).isdisjoint(advert.uuids)


def _news(known: PropertyMap, advert: Advert, filters: Iterable[_Filter]) -> PropertyMap:
    """What BlueZ signals of an advert of a device that it knows already."""
    every_field = any(one.get("DuplicateData") for one in filters)
    every_rssi = any("RSSI" in one or "Pathloss" in one for one in filters)
    news: PropertyMap = {}
    if every_rssi or "RSSI" not in known or abs(known["RSSI"].value - advert.rssi_dbm) >= RSSI_STEP_DB:
        news["RSSI"] = Variant("n", advert.rssi_dbm)
    for name, heard in _fields(advert).items():
        before = known[name].value if name in known else {}
        after = heard.value if every_field else {**before, **heard.value}
        if every_field or after != before:
            news[name] = Variant(heard.signature, after)
    if not set(advert.uuids) <= set(known["UUIDs"].value):
        news["UUIDs"] = Variant("as", sorted({*known["UUIDs"].value, *advert.uuids}))
    return news


def _fields(advert: Advert) -> PropertyMap:
    """The data fields that the advert has; a field that it lacks leaves the old one standing."""
    fields: PropertyMap = {}
    if advert.manufacturer_data:
        data = {company: Variant("ay", payload) for company, payload in advert.manufacturer_data.items()}
        fields["ManufacturerData"] = Variant("a{qv}", data)
    if advert.service_data:
        data_by_uuid = {uuid: Variant("ay", payload) for uuid, payload in advert.service_data.items()}
        fields["ServiceData"] = Variant("a{sv}", data_by_uuid)
    return fields


def _device_properties(adapter: str, peripheral: Peripheral, advert: Advert) -> PropertyMap:
    named = {"Name": Variant("s", peripheral.name)} if peripheral.name else {}
    no = ("Paired", "Bonded", "Trusted", "Blocked", "LegacyPairing", "Connected", "ServicesResolved")
    return {
        "Adapter": Variant("o", adapter),
        "Address": Variant("s", peripheral.address.upper()),
        "AddressType": Variant("s", "random"),
        "Alias": Variant("s", peripheral.alias),
        "UUIDs": Variant("as", list(advert.uuids)),
        "RSSI": Variant("n", advert.rssi_dbm),
        **dict.fromkeys(no, NO),
        **named,
        **_fields(advert),
    }


def _adapter_properties() -> PropertyMap:
    no = ("Discovering", "Discoverable", "Pairable")
    return {
        "Address": Variant("s", "00:00:5E:00:53:F0"),
        "AddressType": Variant("s", "public"),
        "Name": Variant("s", "hub"),
        "Alias": Variant("s", "hub"),
        "Powered": YES,
        "UUIDs": Variant("as", []),
        "Roles": Variant("as", ["central", "peripheral"]),
        **dict.fromkeys(no, NO),
    }

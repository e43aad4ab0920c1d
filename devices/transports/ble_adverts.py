"""What an advertisement says, as frames, and whether it says it anew.

The decision: a field of an advert is delivered each time BlueZ sends it, also when it is the same as before, because
only so is a slow or quiet device known to be alive; and it is *not* delivered when BlueZ did not send it. bleak calls
back for every change of any property of a device and hands over all that it ever heard of it, so that a lost connection
or a new signal strength looks like the last advert again, and one press on a panic button would become many. What
cannot be known here (a device that repeats its own advert ten times, which is what buttons do) is left to the packet
ids that the decoders read.
"""

from collections.abc import Mapping
from datetime import datetime

from bleak.backends.scanner import AdvertisementData

from devices.model import Frame

_SERVICE_DATA = "ServiceData"
_MANUFACTURER_DATA = "ManufacturerData"
_SPOKEN = (_SERVICE_DATA, _MANUFACTURER_DATA, "RSSI")
_SIG_BASE = "-0000-1000-8000-00805f9b34fb"
_UNKNOWN_RSSI_DBM = -127
_MOST_REMEMBERED = 4096

Properties = Mapping[str, object]


def short_uuid(uuid: str) -> str:
    """A Bluetooth SIG UUID in its four digits, any other in full.

    >>> short_uuid("0000fcd2-0000-1000-8000-00805f9b34fb")
    'fcd2'
    >>> short_uuid("FB005C80-02E7-F387-1CAD-8ACD2D8DF0C8")
    'fb005c80-02e7-f387-1cad-8acd2d8df0c8'
    """
    lower = uuid.lower()
    return lower[4:8] if lower.startswith("0000") and lower.endswith(_SIG_BASE) else lower


class News:
    """Tells what BlueZ sent anew from what bleak repeats.

    dbus-fast makes a new object of every value that it reads, and bleak keeps that object until BlueZ sends the
    property again. So the *identical* object is a repetition, and an *equal* one is an advert that was heard again.
    (CPython shares whole numbers from -5 upwards only, and no advert is that strong.) Should a later bleak hand out
    copies, then repetitions are delivered too, and are caught by their packet ids; nothing gets lost.
    """

    def __init__(self) -> None:
        self._last: dict[str, Properties] = {}
        self._held: dict[str, Properties] = {}

    def start(self, held: Mapping[str, Properties]) -> None:
        """Take what BlueZ holds from before this scan, by path, so that its first repetition is not taken for news."""
        self._held = dict(held)

    def of(self, path: str, properties: Properties) -> frozenset[str]:
        """The names of the properties that the device has just spoken; none in a mere repetition."""
        spoken = {name: properties[name] for name in _SPOKEN if name in properties}
        held, last = self._held.pop(path, None), self._last.pop(path, {})
        self._remember(path, spoken)
        if held is not None:
            return frozenset(name for name, value in spoken.items() if value != held.get(name))
        return frozenset(name for name, value in spoken.items() if value is not last.get(name))

    def _remember(self, path: str, spoken: Properties) -> None:
        # Phones change their address every quarter of an hour: the longest silent one makes room.
        if len(self._last) >= _MOST_REMEMBERED:
            del self._last[next(iter(self._last))]
        self._last[path] = spoken


def frames_of(address: str, advert: AdvertisementData, news: frozenset[str], at: datetime) -> list[Frame]:
    """One frame for each data field that was spoken anew."""
    fields: list[tuple[str, bytes]] = []
    if _SERVICE_DATA in news:
        fields += [(f"advert:{short_uuid(uuid)}", payload) for uuid, payload in advert.service_data.items()]
    if _MANUFACTURER_DATA in news:
        fields += [(f"advert:company:{company:04x}", payload) for company, payload in advert.manufacturer_data.items()]
    signal_dbm = None if advert.rssi == _UNKNOWN_RSSI_DBM else advert.rssi
    return [
        Frame(address=address, source=source, payload=payload, at=at, signal_dbm=signal_dbm)
        for source, payload in fields
    ]

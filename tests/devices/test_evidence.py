"""What the README's device table claims: each kind that is said to rest on real or public frames reads such frames."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from devices.kinds import DeviceSetup
from devices.kinds import Tested as Origin  # under its own name pytest takes it for tests
from devices.model import Frame, Quantity, Reading, SampleBlock, Trigger, TriggerKind
from devices.registry import KINDS
from tests.fakes import START

PUBLIC, CAPTURED = Origin.PUBLIC_VECTOR, Origin.CAPTURE
BTHOME, XIAOMI, SERIAL = "advert:fcd2", "advert:fe95", "serial"
What = Quantity | TriggerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A frame that was not made by us: where it comes from, how it is heard, and what it must say."""

    kind: str
    frames: Mapping[str, str]
    says: Mapping[What, float]
    origin: Origin = PUBLIC
    mac: str = "A4:C1:38:00:00:02"
    key: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


PRESS: dict[What, float] = {TriggerKind.PRESS: 1.0}
SMOKE = "5859970966bc9ce344ef5401081205000000715ebe90"
PRESSURE = "58594c3f1012efbe38c1a47f7b3e9500000035019b75"
PRESENCE = "58590f6a11ee917427b5e83567ac0e1c0000f681b610"
DOOR = "58588b09a3ae2181ecaae40e2c553c040000d28a500c"
FLOOD = "58590f3f4a674cb938c1a4d6e57b83040000d01e0b4b"
BUTTON = "5859685952116e205fb9083026548d020000ce31cfc3"
CONTACT = {"advert:fd3d": "6440da020017005144", "advert:company:0969": "cb39cdc43d46849c0017005144"}
MOTION = {"advert:fd3d": "7340e2003801", "advert:company:0969": "c0219ae8bc49695c0038"}
LEAK = {"advert:fd3d": "260064", "advert:company:0969": "c43430374c7a4764f96761c4083c0500000000"}
PMD = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"
MOVED = "326a9006-85cb-9195-d9dd-464cfbbae75a"

EVIDENCE = (
    Evidence(kind="bthome", frames={BTHOME: "40005201643a01"}, says=PRESS | {Quantity.BATTERY_PERCENT: 100.0}),
    Evidence(
        kind="shelly_button",
        frames={BTHOME: "450aeb84467f85ba0100003188788c"},
        mac="B4:35:22:F5:3D:A4",
        key="90bffd73cb6b26ef58a7a8eba9232036",
        says=PRESS,
    ),
    Evidence(
        kind="shelly_motion",
        frames={BTHOME: "4187b90011223372b0231f"},
        mac="54:48:E6:8F:80:A5",
        key="231d39c1d7cc1ab1aee224cd096db932",
        says={Quantity.MOTION: 1.0},
    ),
    Evidence(kind="shelly_door", frames={BTHOME: "402d01"}, says={Quantity.OPEN: 1.0}),
    Evidence(kind="shelly_door", frames={BTHOME: "401100"}, says={Quantity.OPEN: 0.0}),
    *(
        Evidence(
            kind=kind,
            frames={XIAOMI: SMOKE},
            mac="54:EF:44:E3:9C:BC",
            key="5b51a7c91cde6707c9ef18dfda143a58",
            says={Quantity.SMOKE: 1.0},
        )
        for kind in ("xiaomi", "xiaomi_smoke")
    ),
    Evidence(
        kind="linptech_pressure",
        frames={XIAOMI: PRESSURE},
        mac="A4:C1:38:BE:EF:12",
        key="8b72476b60fe2a0b63bf58d588fe4ea1",
        says={Quantity.OCCUPIED: 1.0},
    ),
    Evidence(
        kind="linptech_presence",
        frames={XIAOMI: PRESENCE},
        mac="E8:B5:27:74:91:EE",
        key="068a081b4e5aa7295ebf263585adf4f1",
        says={Quantity.OCCUPIED: 1.0},
    ),
    Evidence(
        kind="xiaomi_door",
        frames={XIAOMI: DOOR},
        mac="E4:AA:EC:81:21:AE",
        key="017e52d2684779298709b117c0a75a7b",
        says={Quantity.OPEN: 1.0, Quantity.LEFT_OPEN: 1.0},
    ),
    Evidence(
        kind="linptech_flood",
        frames={XIAOMI: FLOOD},
        mac="A4:C1:38:B9:4C:67",
        key="33ede53321bc73c790a8daae4581f3d5",
        says={Quantity.WET: 0.0},
    ),
    Evidence(
        kind="xiaomi_button",
        frames={XIAOMI: BUTTON},
        mac="08:B9:5F:20:6E:11",
        key="59ba8eef0f5351bb09d6896762d5afa5",
        says=PRESS,
    ),
    *(
        Evidence(kind=kind, frames=CONTACT, says={Quantity.OPEN: 1.0, Quantity.BATTERY_PERCENT: 90.0})
        for kind in ("switchbot", "switchbot_contact")
    ),
    Evidence(kind="switchbot_motion", frames=MOTION, says={Quantity.MOTION: 1.0, Quantity.BATTERY_PERCENT: 98.0}),
    Evidence(kind="switchbot_leak", frames=LEAK, says={Quantity.WET: 1.0, Quantity.BATTERY_PERCENT: 100.0}),
    Evidence(
        kind="ruuvitag",
        frames={"advert:company:0499": "0512fc5394c37c0004fffc040cac364200cdcbb8334c884f"},
        mac="CB:B8:33:4C:88:4F",
        says={
            Quantity.TEMPERATURE_C: 24.3,
            Quantity.HUMIDITY_PERCENT: 53.49,
            Quantity.PRESSURE_HPA: 1000.44,
            Quantity.BATTERY_V: 2.977,
            Quantity.MOVEMENT_COUNT: 66.0,
        },
    ),
    Evidence(kind="heart_rate", frames={"gatt:2a37": "06ff"}, says={Quantity.HEART_RATE_BPM: 255.0}),
    Evidence(
        kind="pulse_oximeter",
        frames={"gatt:2a5f": "1c5f005a00200000000057f0"},
        says={Quantity.SPO2_PERCENT: 95.0, Quantity.PULSE_BPM: 90.0, Quantity.PERFUSION_PERCENT: 8.7},
    ),
    Evidence(kind="polar", frames={f"gatt:{PMD}": "02009435770000000001f7ffffffe703f8fffeffe503"}, says={}),
    Evidence(kind="metamotion", frames={f"gatt:{MOVED}": "030416c494a22ad0"}, says={}, options={"range_g": "4"}),
    Evidence(
        kind="ld2410",
        frames={SERIAL: "f4f3f2f10d0002aa00c40100dd0124d3015500f8f7f6f5"},
        origin=CAPTURED,
        says={Quantity.OCCUPIED: 0.0, Quantity.MOVING_DISTANCE_CM: 452.0, Quantity.STILL_DISTANCE_CM: 477.0},
    ),
    *(
        Evidence(kind=kind, frames={SERIAL: "55000707017af650002989793001ffffffff37009d"}, says=PRESS)
        for kind in ("esp3", "enocean_rocker")
    ),
    Evidence(
        kind="enocean_contact",
        frames={SERIAL: "55000707017ad50801825dab0001ffffffff360053"},
        says={Quantity.OPEN: 1.0},
    ),
    Evidence(
        kind="enocean_temperature",
        frames={SERIAL: "55000a0701eba5000055080181b7440001ffffffff2d0075"},
        says={Quantity.TEMPERATURE_C: 26.67},
    ),
)


def said(one: Evidence) -> tuple[dict[What, float], list[SampleBlock]]:
    """What the kind's own decoder reads, as the hub would."""
    key = None if one.key is None else bytes.fromhex(one.key)
    setup = DeviceSetup(name="it", kind=one.kind, address=one.mac, key=key, options=one.options)
    decode = KINDS[one.kind].make_decoder(setup)
    told: dict[What, float] = {}
    blocks = []
    for source, payload in one.frames.items():
        frame = Frame(address=one.mac, source=source, payload=bytes.fromhex(payload), at=START)
        for each in decode(frame):
            if isinstance(each, SampleBlock):
                blocks.append(each)
            elif isinstance(each, Reading):
                told[each.quantity] = each.value
            else:
                assert isinstance(each, Trigger)
                told[each.kind] = 1.0
    return told, blocks


@pytest.mark.parametrize("one", EVIDENCE, ids=lambda one: f"{one.kind}-{next(iter(one.frames.values()))[:12]}")
def test_a_frame_that_was_not_made_here_is_read(one: Evidence) -> None:
    told, blocks = said(one)
    assert {what: round(told[what], 2 if value < 1000 else 1) for what, value in one.says.items()} == {
        what: round(value, 2 if value < 1000 else 1) for what, value in one.says.items()
    }
    assert bool(blocks) is not bool(one.says)
    assert {*one.frames} <= {*KINDS[one.kind].sources}


def test_what_is_claimed_of_each_kind_is_what_there_is_evidence_for() -> None:
    shown: dict[str, set[Origin]] = {}
    for one in EVIDENCE:
        shown.setdefault(one.kind, set()).add(one.origin)
    claimed = {name: {kind.tested} for name, kind in KINDS.items() if kind.tested is not Origin.DESCRIPTION}
    assert shown == claimed

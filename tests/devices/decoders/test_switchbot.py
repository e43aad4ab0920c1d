import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.switchbot import COMPANY, SERVICE, Model, SwitchBot, make, maker_of
from devices.kinds import DeviceSetup
from devices.model import DecodeError, Observation, Quantity
from devices.simulated.frames_switchbot import Parts, contact, leak, motion
from tests.devices.builders import MAC, frame, values

SETUP = DeviceSetup(name="it", kind="switchbot", address=MAC)


def read(decode: SwitchBot, parts: Parts | tuple[str, str], after_s: float = 0.0) -> list[Observation]:
    """What a whole advert says; the hub hears its service data first."""
    service, company = parts
    said = decode(frame(service, SERVICE, after_s=after_s))
    return said + decode(frame(company, COMPANY, after_s=after_s))


@pytest.mark.parametrize(
    ("service", "company", "said"),
    [
        (
            "6440da020017005144",
            "cb39cdc43d46849c0017005144",
            {
                Quantity.OPEN: 1.0,
                Quantity.LEFT_OPEN: 0.0,
                Quantity.MOTION: 1.0,
                Quantity.BATTERY_PERCENT: 90.0,
            },
        ),
        ("7340e2003801", "c0219ae8bc49695c0038", {Quantity.MOTION: 1.0, Quantity.BATTERY_PERCENT: 98.0}),
        (
            "260064",
            "c43430374c7a4764f96761c4083c0500000000",
            {
                Quantity.WET: 1.0,
                Quantity.TAMPERED: 0.0,
                Quantity.BATTERY_PERCENT: 100.0,
                Quantity.BATTERY_LOW: 0.0,
            },
        ),
    ],
)
def test_what_a_public_advert_says_is_read(service: str, company: str, said: dict[Quantity, float]) -> None:
    assert values(read(make(SETUP), (service, company))) == said


def test_both_parts_say_the_same_of_a_door() -> None:
    for is_open, left_open in ((False, False), (True, False), (True, True)):
        parts = contact(MAC, is_open=is_open, left_open=left_open)
        by_service = values(make(SETUP)(frame(parts.service, SERVICE)))
        by_company = values(SwitchBot("it", Model.CONTACT)(frame(parts.company, COMPANY)))
        assert by_company.items() <= by_service.items()
        assert by_service[Quantity.OPEN] == is_open


def test_a_door_that_is_left_open_is_open() -> None:
    said = values(SwitchBot("it", Model.CONTACT)(frame(contact(MAC, is_open=False, left_open=True).company, COMPANY)))
    assert (said[Quantity.OPEN], said[Quantity.LEFT_OPEN]) == (1.0, 1.0)


def test_a_low_battery_is_told_before_it_is_flat() -> None:
    said = values(SwitchBot("it", Model.LEAK)(frame(leak(MAC, wet=False, battery=9).company, COMPANY)))
    assert said == {
        Quantity.BATTERY_PERCENT: 9.0,
        Quantity.BATTERY_LOW: 1.0,
        Quantity.WET: 0.0,
        Quantity.TAMPERED: 0.0,
    }


def test_a_change_is_told_at_once_and_the_rest_every_minute() -> None:
    decode = make(SETUP)
    assert len(values(read(decode, motion(MAC, moving=False)))) == 2
    assert read(decode, motion(MAC, moving=False), after_s=30) == []
    assert values(read(decode, motion(MAC, moving=True), after_s=31)) == {Quantity.MOTION: 1.0}
    assert values(read(decode, motion(MAC, moving=True), after_s=61)) == {Quantity.BATTERY_PERCENT: 100.0}


def test_a_model_that_is_encrypted_or_waits_to_be_paired_is_known() -> None:
    assert values(make(SETUP)(frame("f340e2003801", SERVICE)))[Quantity.MOTION] == 1.0


@pytest.mark.parametrize(
    ("payload", "source", "model", "reason"),
    [
        ("", SERVICE, None, "not a contact, motion or leak sensor: no bytes"),
        ("770064", SERVICE, None, "not a contact, motion or leak sensor: 770064"),
        ("7340e20038", SERVICE, None, "at least 6 bytes, got 7340e20038"),
        ("2600", SERVICE, None, "at least 3 bytes"),
        ("6440da0200170051", SERVICE, None, "at least 9 bytes"),
        ("cb39cdc43d46849c0017005144", COMPANY, None, "stands in the other part of the advert"),
        ("", COMPANY, Model.MOTION, "at least 8 bytes, got none"),
        ("cb39cdc43d46849c00170051", COMPANY, Model.CONTACT, "at least 13 bytes"),
        ("c43430374c7a4764", COMPANY, Model.LEAK, "at least 9 bytes"),
        ("7340e2003801", SERVICE, Model.LEAK, "it says that it is a motion sensor"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(
    payload: str, source: str, model: Model | None, reason: str
) -> None:
    decode = make(SETUP) if model is None else maker_of(model)(SETUP)
    with pytest.raises(DecodeError, match=reason):
        decode(frame(payload, source))


@given(battery=st.integers(0, 100), wet=st.booleans(), tampered=st.booleans(), number=st.integers(0, 300))
def test_what_the_simulated_sensor_sends_is_read_back(battery: int, wet: bool, tampered: bool, number: int) -> None:
    parts = leak(MAC, wet=wet, tampered=tampered, battery=battery, number=number)
    said = values(read(make(SETUP), parts))
    assert said == {
        Quantity.WET: wet,
        Quantity.TAMPERED: tampered,
        Quantity.BATTERY_PERCENT: battery,
        Quantity.BATTERY_LOW: battery < 10,
    }

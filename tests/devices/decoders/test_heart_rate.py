import pytest

from devices.decoders.heart_rate import decode
from devices.model import DecodeError, Quantity
from devices.simulated.frames_gatt import heart_rate
from tests.devices.builders import frame, qualities, readings, values


def beats(payload: str) -> list[float]:
    return [r.value for r in readings(decode("strap", frame(payload))) if r.quantity is Quantity.BEAT_INTERVAL_S]


def test_a_strap_on_the_skin_gives_its_rate_and_the_time_between_beats() -> None:
    rate, first, second, contact = readings(decode("strap", frame("16483a03f002", "gatt:2a37")))
    assert (rate.device, rate.quantity, rate.value, rate.quality) == ("strap", Quantity.HEART_RATE_BPM, 72.0, 1.0)
    assert first.value == pytest.approx(0.8066, abs=5e-5)
    assert second.value == pytest.approx(0.7344, abs=5e-5)
    assert {first.quantity, second.quantity} == {Quantity.BEAT_INTERVAL_S}
    assert (contact.quantity, contact.value) == (Quantity.SKIN_CONTACT, 1.0)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("06ff", {Quantity.HEART_RATE_BPM: 255.0, Quantity.SKIN_CONTACT: 1.0}),
        ("0048", {Quantity.HEART_RATE_BPM: 72.0}),
        ("010201", {Quantity.HEART_RATE_BPM: 258.0}),
        ("08500a00", {Quantity.HEART_RATE_BPM: 80.0, Quantity.ENERGY_EXPENDED_KJ: 10.0}),
        ("1048", {Quantity.HEART_RATE_BPM: 72.0}),
    ],
)
def test_the_flags_say_which_fields_there_are(payload: str, expected: dict[Quantity, float]) -> None:
    assert values(decode("strap", frame(payload))) == expected


def test_an_interval_is_kept_as_long_as_it_is() -> None:
    assert beats("1000ffff") == [65535 / 1024]


def test_a_rate_without_skin_contact_is_not_believed() -> None:
    observations = decode("strap", frame("0448"))
    assert qualities(observations) == {0.0}
    assert values(observations)[Quantity.SKIN_CONTACT] == 0.0


def test_a_rate_of_zero_is_how_a_strap_says_that_it_has_none() -> None:
    assert qualities(decode("strap", frame("0600"))) == {0.0}


@pytest.mark.parametrize("payload", ["", "00", "0148", "084800", "16483a03f0"])
def test_a_torn_notification_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="ends after"):
        decode("strap", frame(payload))


@pytest.mark.parametrize("contact", [None, False, True])
@pytest.mark.parametrize("rate", [0, 72, 255, 300])
@pytest.mark.parametrize("energy", [None, 4000])
def test_what_the_simulated_strap_sends_is_read_back(rate: int, contact: bool | None, energy: int | None) -> None:
    payload = heart_rate(rate, contact=contact, energy_kj=energy, beats_s=(0.75, 0.8125))
    found = readings(decode("strap", frame(payload)))
    said = {r.quantity: r.value for r in found}
    assert said[Quantity.HEART_RATE_BPM] == rate
    assert said.get(Quantity.SKIN_CONTACT) == contact
    assert said.get(Quantity.ENERGY_EXPENDED_KJ) == energy
    assert beats(payload.hex()) == [0.75, 0.8125]

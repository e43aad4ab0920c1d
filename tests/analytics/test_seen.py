from analytics.model import Evidence
from analytics.seen import Seen, as_evidence
from devices.model import Quantity
from tests.analytics.builders import PENDANT, STRAP, local, press, reading

NOON = local("12:00")


def test_a_reading_is_shown_with_its_value_and_number() -> None:
    seen = Seen(reading(STRAP, Quantity.HEART_RATE_BPM, 70.0, NOON), 5)
    assert seen.at == NOON
    assert seen.evidence() == Evidence(device=STRAP, what="heart_rate_bpm", value=70.0, at=NOON, id=5)


def test_a_press_has_no_value() -> None:
    assert Seen(press(NOON), None).evidence() == Evidence(device=PENDANT, what="press", value=None, at=NOON)


def test_each_is_shown_once_and_what_was_never_seen_not_at_all() -> None:
    seen = Seen(press(NOON), 1)
    assert as_evidence([seen, None, seen]) == (seen.evidence(),)
